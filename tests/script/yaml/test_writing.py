"""Values as a person would write them, which are read as they were."""

from __future__ import annotations

import pytest

from player.script.yaml.nodes import Mapping, Node, Scalar
from player.script.yaml.reader import read
from player.script.yaml.writing import Nested, lines, scalar


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Sit down, and rest", "Sit down, and rest"),
        ("No", '"No"'),
        ("a: b", '"a: b"'),
        ("4s", '"4s"'),
        ("#1", '"#1"'),
        ("a", '"a"'),
        ('say "hi"', '"say \\"hi\\""'),
    ],
)
def test_a_text_has_quotes_only_where_yaml_needs_them(text: str, written: str) -> None:
    assert scalar(text) == written


def test_lists_and_mappings_stand_on_lines_of_their_own() -> None:
    value: Nested = {"title": "Week", "parts": [{"title": "a: b", "sessions": ["one", "two"]}, "last"]}
    written = [*lines(value)]
    assert written == [
        "title: Week",
        "parts:",
        "  -",
        '    title: "a: b"',
        "    sessions:",
        "      - one",
        "      - two",
        "  - last",
    ]
    assert _plain(read("\n".join(written), "f")) == value


def _plain(node: Node) -> Nested:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return {key.text: _plain(value) for key, value in node.pairs}
    return [_plain(item) for item in node.items]
