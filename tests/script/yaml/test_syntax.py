from __future__ import annotations

import pytest

from player.errors import ScriptError
from player.script.yaml.reader import read
from player.script.yaml.syntax import Trouble, explain


def test_what_no_rule_knows_is_reported_in_the_parsers_words() -> None:
    trouble = Trouble(": something quite new", (1, 2), None, ("a", "b"))
    assert explain(trouble) == (2, 3, "this is not YAML: something quite new")


def test_a_place_beyond_the_end_is_a_place() -> None:
    trouble = Trouble(": mapping values are not allowed here", (7, 0), None, ("a: b",))
    assert explain(trouble) == (8, 1, "a colon stands in the middle of a text; put the text in quotes")


def test_a_file_without_lines_has_no_line_before() -> None:
    assert Trouble("", (0, 0), None, ()).filled_line_before(0) == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [b] c\n", (1, 8, "the text goes on after ']'; put all of it in quotes")),
        ("a: {b: c} d\n", (1, 11, "the text goes on after '}'; put all of it in quotes")),
    ],
)
def test_a_text_that_goes_on_behind_brackets_is_told_as_that(text: str, told: tuple[int, int, str]) -> None:
    with pytest.raises(ScriptError) as caught:
        read(text, "f")
    (problem,) = caught.value.problems
    assert (problem.at.line, problem.at.column, problem.text) == told


def test_what_stands_behind_a_value_is_told_as_that() -> None:
    trouble = Trouble("while parsing a block mapping: expected <block end>, but found 'x'", (0, 5), None, ("a: b c",))
    assert explain(trouble)[2] == "this cannot stand here; put a text with special characters in quotes"
