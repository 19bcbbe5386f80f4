"""Characters that look like YAML's own: each is told by its name, at its place, with the key to press."""

from __future__ import annotations

import time

import pytest

from player.errors import Position, Problem, ScriptError
from player.script.programme import parse as parse_programme
from player.script.session import parse
from player.script.yaml import look_alikes
from player.techniques import TECHNIQUES

HEAD = "title: T\nsteps:\n"


def told(text: str) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        parse(text, "f", TECHNIQUES)
    return [str(each) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "place", "name", "remedy"),
    [
        ("title:\u00a0T\nsteps: [{pause: 1s}]\n", "1:7", "U+00A0, no-break space", "press the space bar alone"),
        (f"{HEAD}  - say:\u00a0Hi there\n", "3:9", "U+00A0, no-break space", "press the space bar alone"),
        (f"{HEAD}\u00a0 - pause: 1s\n", "3:1", "U+00A0, no-break space", "press the space bar alone"),
        (f"{HEAD}  -\u00a0pause: 1s\n", "3:4", "U+00A0, no-break space", "press the space bar alone"),
        (f"{HEAD}  - say:\u3000Hi\n", "3:9", "U+3000, ideographic space", "press the space bar alone"),
        ("title: T\nbackground:\n  in\u00a0pauses: 3\n", "3:5", "U+00A0, no-break space", "press the space bar alone"),
        ("title：T\nsteps: []\n", "1:6", "U+FF1A, fullwidth colon", "type a colon and a space"),
        ("title: T\nsteps：\n  - pause: 1s\n", "2:6", "U+FF1A, fullwidth colon", "type a colon and a space"),
        (f"{HEAD}  – pause: 1s\n", "3:3", "U+2013, en dash", "type a hyphen (-) and a space"),
        (f"{HEAD}  - pause: 1s\n  • say: Hi\n", "4:3", "U+2022, bullet", "type a hyphen (-) and a space"),
        (f"{HEAD}  - say: “Hi: there”\n", "3:10", "U+201C, left double quotation mark", 'type straight quotes (")'),
        (f"{HEAD}  - pause: ‘4s’\n", "3:12", "U+2018, left single quotation mark", 'type straight quotes (")'),
        (f"{HEAD}  - “say”: Hi\n", "3:5", "U+201C, left double quotation mark", 'type straight quotes (")'),
        (f"{HEAD}  - bed: {{under_voice: −20 dB}}\n", "3:24", "U+2212, minus sign", "type a hyphen (-)"),
        (f"{HEAD}  - breathe: {{in: 4s， out: 4s}}\n", "3:21", "U+FF0C, fullwidth comma", "type the sign"),
        (f"{HEAD}  - say\u200b: Hi\n", "3:8", "U+200B, zero width space", "delete it"),
    ],
)
def test_it_is_told_at_its_place_and_alone(text: str, place: str, name: str, remedy: str) -> None:
    (problem,) = told(text)
    assert problem.startswith(f"f:{place}: the character ")
    assert name in problem
    assert remedy in problem


def test_each_mark_of_a_list_is_told() -> None:
    assert [each.split(" ")[0] for each in told(f"{HEAD}  • pause: 1s\n  • say: Hi\n")] == ["f:3:3:", "f:4:3:"]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}  - say: “Hi there” he said\n",
        f"{HEAD}  - say: >-\n      • pause: that is a text\n      title:\u00a0too\n",
        f"{HEAD}  - say: Bonjour\u00a0! Ça va\u00a0?\n",
        "title: “T”\nsteps: [{pause: 1s}]\n",
    ],
)
def test_in_a_text_they_are_letters(text: str) -> None:
    parse(text, "f", TECHNIQUES)
    problems = told(f"{text}nonsense: 1\n")
    assert problems
    assert not [each for each in problems if "looks like" in each]


def test_a_programme_is_searched_too() -> None:
    with pytest.raises(ScriptError, match=r"f:3:3: the character – \(U\+2013, en dash\)"):
        parse_programme("title: P\nsessions:\n  – session: box-breathing\n", "f")


@pytest.mark.parametrize(
    "line",
    ["- " * 20_000, "x: [" + "[" * 20_000, "x: " + " " * 20_000 + "y", "\u00a0" + "-" * 20_000, "x: " + ": |" * 20_000],
    ids=["dashes", "brackets", "spaces", "a no-break space and dashes", "block signs"],
)
def test_a_line_as_long_as_a_script_is_searched_in_a_moment(line: str) -> None:
    start = time.process_time()
    with pytest.raises(ScriptError), look_alikes.explaining(line, "f"):
        raise ScriptError([Problem(Position("f", 1, column), "is wrong") for column in range(1, 200)])
    assert time.process_time() - start < 1.0  # 8 to 35 s before, and 0.01 s as it is


def test_two_problems_in_a_line_with_a_look_alike_are_told_as_the_one_that_it_is() -> None:
    line = "x: {a: “b, c: d}"
    with pytest.raises(ScriptError) as caught, look_alikes.explaining(line, "f"):
        raise ScriptError([Problem(Position("f", 1, 4), "one"), Problem(Position("f", 1, 9), "two")])
    (problem,) = caught.value.problems
    assert str(problem).startswith("f:1:8: the character “ (U+201C")


@pytest.mark.parametrize("between", ["\u2028", "\x85", "\x0c", "\x1e"])
def test_lines_are_those_that_editors_count(between: str) -> None:
    """These end a line for Python, and for no editor."""
    (problem,) = told(f"title: T{between}x\nsteps:{between}\n  - say\u200b: Hi\n")
    assert problem.startswith("f:3:8: the character (U+200B, zero width space)")
