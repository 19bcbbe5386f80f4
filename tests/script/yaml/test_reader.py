from __future__ import annotations

import time
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import Position, Problem, ScriptError
from player.script import library
from player.script.yaml import encoding, reader, syntax
from player.script.yaml.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from pathlib import Path

Plain = str | list["Plain"] | dict[str, "Plain"]


def plain(node: Node) -> Plain:
    """The node without its positions."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs}


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        reader.read(text, "f")
    return [f"{problem.at.line}:{problem.at.column}: {problem.text}" for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("1:30", "1:30"),
        ("no", "no"),
        ("012", "012"),
        ("1e3", "1e3"),
        ("~", "~"),
        ("null", "null"),
        ("", ""),
        ("'1:30'", "1:30"),
        ('"a\\tb"', "a\tb"),
        ("2026-11-22", "2026-11-22"),
        ("0x10", "0x10"),
        (".inf", ".inf"),
        ("Breathe\n  in, and\n\n  out", "Breathe in, and\nout"),
        (">-\n    Breathe\n    in.\n", "Breathe in."),
        ("|\n    One\n    Two\n", "One\nTwo\n"),
        ("e\u0301", "\u00e9"),
        ("a#b  # c", "a#b"),
        ("'It''s'", "It's"),
        ("http://x.org", "http://x.org"),
    ],
)
def test_a_scalar_is_its_text(written: str, text: str) -> None:
    assert plain(reader.read(f"key: {written}\n", "f")) == {"key": text}


def test_positions_are_counted_from_one() -> None:
    node = reader.read("a:\n  - b\n  - {c: 'd'}\n", "calm.yaml")
    assert isinstance(node, Mapping)
    (key, items), *_ = node.pairs
    assert isinstance(items, Sequence)
    flow = items.items[1]
    assert isinstance(flow, Mapping)
    places = [node.at, key.at, items.at, items.items[0].at, flow.at, flow.pairs[0][0].at, flow.pairs[0][1].at]
    expected = [(1, 1), (1, 1), (2, 3), (2, 5), (3, 5), (3, 6), (3, 9)]
    assert places == [Position("calm.yaml", line, column) for line, column in expected]


def test_quotes_are_remembered_because_an_empty_text_is_not_a_missing_one() -> None:
    node = reader.read("a: ''\nb:\nc: x\n", "f")
    assert isinstance(node, Mapping)
    values = [value for _, value in node.pairs]
    assert [isinstance(value, Scalar) and (value.quoted, value.empty) for value in values] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_repeated_keys_are_kept_for_the_binding_to_tell() -> None:
    node = reader.read("a: 1\na: 2\n", "f")
    assert isinstance(node, Mapping)
    assert [key.text for key, _ in node.pairs] == ["a", "a"]


def test_an_alias_is_the_node_itself() -> None:
    assert plain(reader.read("a: &x {b: c}\nd: *x\n", "f")) == {"a": {"b": "c"}, "d": {"b": "c"}}


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbfa: b", "\ufeffa: b", b"a: b\r\n", "a: b\r\n", "--- \na: b\n...\n", "%YAML 1.1\n---\na: b"]
)
def test_other_ways_to_write_the_same_file(data: str | bytes) -> None:
    assert plain(reader.read(data, "f")) == {"a": "b"}


SYNTAX = [
    ("a: b\n  c: d", "2:3: this line is indented too far; the keys of one mapping begin in one column"),
    ("a: b: c", "1:5: a colon stands in the middle of a text; put the text in quotes"),
    ("a: and so:\n  b", "1:10: a colon stands in the middle of a text; put the text in quotes"),
    ("a:\n\t- b", "2:1: a tab stands here; indent with spaces"),
    ("a:\n  - b: c\n \td: e", "3:2: a tab stands here; indent with spaces"),
    ("a:\tb", "1:3: a tab stands here; use spaces"),
    ("a: 'b\nc: d", "1:4: this quote is never closed; close it where the text ends"),
    (
        'a: "b\nc: "d"',
        "1:4: this quote is closed only in line 2, and more text follows there; close it in its line",
    ),
    ("a: 'It's fine'", "1:8: the text goes on after its closing quote; put all of it in quotes of the other kind"),
    ('a: "b" c', "1:7: the text goes on after its closing quote; put all of it in quotes of the other kind"),
    ('a: "\\q"', "1:6: this escape is not known; in double quotes a backslash must be doubled"),
    ('a: "\\xZZ"', "1:7: this escape is not known; in double quotes a backslash must be doubled"),
    ('a: "\\UFFFFFFFF"', "1:7: this escape names no character; in double quotes a backslash must be doubled"),
    ("a: @b", "1:4: a text that begins with '@' must be in quotes"),
    ("a: `b`", "1:4: a text that begins with '`' must be in quotes"),
    ("a: %b", "1:4: a text that begins with '%' must be in quotes"),
    ("%b\na: c", "1:1: a line that begins with '%' must be in quotes"),
    ("a: *b*", "1:4: a text that begins with '*' must be in quotes"),
    ("a: *b c", "1:4: '*b' stands for nothing above it; put a text that begins with '*' in quotes"),
    ("a: &b* c", "1:4: a text that begins with '&' must be in quotes"),
    ("a: !<b c", "1:4: a text that begins with '!' must be in quotes"),
    ("a: !x!b c", "1:4: a text that begins with '!' must be in quotes"),
    ("a: > b", "1:4: a text behind '>' or '|' begins on the next line; if the sign is text, put it in quotes"),
    ("a: - b", "1:4: a list begins on a line of its own; put a text that begins with '-' in quotes"),
    ("a: ? b", "1:4: a text that begins with '?' must be in quotes"),
    ("a: [b] c", "1:8: the text goes on after ']'; put all of it in quotes"),
    ("a: [b, c]]", "1:10: the text goes on after ']'; put all of it in quotes"),
    ("a: &b c\nd: *b e", "2:7: this cannot stand here; put a text with special characters in quotes"),
    ("a: [b,\nc: d", "1:4: this '[' is not closed; close it with ']'"),
    ("a: {b: c\nd: e", "1:4: this '{' is not closed; close it with '}'"),
    ("a: {b: c d: e}", "1:11: a comma or '}' is missing here; put a text with special characters in quotes"),
    ("a: {b: to ${c} d}", "1:11: a text with ${name} must be in quotes here"),
    ("a: [b,, c]", "1:7: a value is missing here; put a text that is only a sign in quotes"),
    ("a: , b", "1:4: a value is missing here; put a text that is only a sign in quotes"),
    ("a: [", "1:5: a value is missing here; put a text that is only a sign in quotes"),
    ("a:b\nc: d", "1:2: a space is missing after this colon"),
    ("a: b\nc:d", "2:2: a space is missing after this colon"),
    ("a: b\nc", "2:1: this line has no colon; write a key, a colon, a space and a value"),
    (
        "a:\n    - b\n   - c",
        "3:4: the indentation of this line fits no line above it; begin equal things in one column",
    ),
    ("  a: b\nc: d", "1:3: this line is indented too far; the first key of a script begins in column 1"),
    ("a: b\n---\nc: d", "2:1: begins a second document; keep one script in a file"),
    ("", "1:1: there is nothing in this file"),
    ("# a comment\n", "1:1: there is nothing in this file"),
    ("---\n", "1:1: there is nothing in this file"),
    ("a: b\x07", "1:5: has the invisible character U+0007; delete it"),
    ("a: b\nc: d\u2028e", "2:5: has the invisible character U+2028; delete it"),
]


@pytest.mark.parametrize(("text", "problem"), SYNTAX, ids=[repr(text) for text, _ in SYNTAX])
def test_what_is_not_yaml_is_reported_in_an_authors_words(text: str, problem: str) -> None:
    assert problems(text) == [problem]


def test_problems_that_leave_the_rest_readable_come_together() -> None:
    text = "a: !x b\n? [c]\n: d\n<<: e\n'<<': f\n"
    assert problems(text) == [
        "1:4: the tag '!x' is not allowed; put a text that begins with '!' in quotes",
        "2:3: a key must be a word; put a text with braces or brackets in quotes",
        "4:1: merge keys ('<<') are not allowed; write the keys out, or use params and ${name}",
    ]


def test_a_byte_that_is_not_utf_8_is_found_in_its_line() -> None:
    assert problems("a: b\nc: é".encode("latin-1")) == [
        "2:4: must be UTF-8 text, but has the byte 0xe9; save the file as UTF-8"
    ]
    assert problems("a: b".encode("utf-16"))[0].startswith("1:1: must be UTF-8 text, but has the byte 0xff")


def test_a_line_may_end_with_a_carriage_return_alone() -> None:
    assert problems(b"a: b\rc: d\r\ne: \xe9")[0].startswith("3:4: must be UTF-8 text")
    assert problems("a: b\rc: \x1b") == ["2:4: has the invisible character U+001B; delete it"]


def test_a_large_file_is_refused_unread() -> None:
    assert problems("#" * (encoding.LARGEST + 1)) == ["1:1: a script must be at most 256 KiB"]
    assert problems(b"\xff" * (encoding.LARGEST + 1)) == ["1:1: a script must be at most 256 KiB"]
    assert plain(reader.read("a: b\n" + "#" * (encoding.LARGEST - 5), "f")) == {"a": "b"}


@pytest.mark.parametrize(
    "text", ["[" * 5000, "{a: " * 5000, "- " * 5000, "? " * 5000, "".join(" " * n + "a:\n" for n in range(99))]
)
def test_depth_is_limited(text: str) -> None:
    (problem,) = problems(text)
    assert problem.endswith(": is nested too deep: at most 32 levels are allowed")


def test_aliases_count_towards_the_depth() -> None:
    deep = "[" * 20 + "]" * 20
    (problem,) = problems(f"a: &a {deep}\nb: {'[' * 15}*a{']' * 15}")
    assert problem.startswith("2:19: is nested too deep")


def test_an_exploding_alias_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    start = time.process_time()
    (problem,) = problems("\n".join(lines))
    assert problem.startswith("5:")
    assert problem.endswith("a script has at most 20000 values, with aliases counted in full")
    assert time.process_time() - start < 5


def test_an_alias_cannot_hold_itself() -> None:
    assert problems("a: &a [*a]") == [
        "1:8: '*a' stands for nothing above it; put a text that begins with '*' in quotes"
    ]


def test_the_number_of_nodes_is_limited() -> None:
    many = "\n".join(["- x"] * reader.MOST_NODES)
    assert problems(many) == ["20000:3: is too much: a script has at most 20000 values, with aliases counted in full"]


def test_the_length_of_a_text_is_limited() -> None:
    assert problems(f"a: {'x' * 10_001}") == ["1:4: must be at most 10000 characters long, not 10001"]


def test_a_tag_never_makes_an_object() -> None:
    (problem,) = problems("a: !!python/object/apply:os.system [ls]")
    assert problem.startswith("1:4: the tag 'tag:yaml.org,2002:python/object/apply:os.system' is not allowed")


def _read(text: str | bytes) -> Node | ScriptError:
    try:
        return reader.read(text, "f")
    except ScriptError as error:
        return error


@given(st.one_of(st.text(), st.binary(), st.text(alphabet="ab:-[]{}'\"&*!|>%@`#?,~\\ \t\n$0")))
def test_any_text_is_nodes_or_problems(text: str | bytes) -> None:
    read = _read(text)
    assert read.problems if isinstance(read, ScriptError) else read.at.path == "f"


@given(
    st.lists(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1), min_size=1)
)
def test_quoted_text_comes_back(texts: list[str]) -> None:
    lines = "".join("- '{}'\n".format(text.replace("'", "''")) for text in texts)
    node = reader.read(lines, "f")
    assert plain(node) == [unicodedata.normalize("NFC", text) for text in texts]


BUNDLED = sorted(library.bundled("scripts").rglob("*.yaml"))


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_the_quick_way_gives_the_same_nodes_at_the_same_places(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert reader.compose(text, "f", exact=False) == reader.compose(text, "f")


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: [1:30, 'no', \"x\\n\"], c: |\n  t\n}",
        "a: >-\n  folded\n  text\n\n  more\nb: &x [1]\nc: *x\n",
        "- - a\n  - b: c\n    d: é — ü\n",
        "a: b # c\n# d\n'e f': 'it''s'\n",
    ],
)
def test_the_quick_way_reads_every_form(text: str) -> None:
    try:
        wanted = reader.compose(text, "f")
    except ScriptError:
        with pytest.raises(ScriptError):
            reader.compose(text, "f", exact=False)
    else:
        assert reader.compose(text, "f", exact=False) == wanted


def test_a_tab_never_goes_the_quick_way() -> None:
    with pytest.raises(ScriptError, match="tab"):
        reader.compose("a:\tb\n\tc: d", "f", exact=False)


@pytest.mark.parametrize("text", ["a: #1\n", "a:   # 1\n"])
def test_a_value_that_is_a_comment_is_told_at_its_sign(text: str) -> None:
    with pytest.raises(ScriptError) as caught:
        reader.read(text, "f")
    (problem,) = caught.value.problems
    assert problem == Problem(Position("f", 1, text.index("#") + 1), syntax.ONLY_A_COMMENT)
