"""What a message shows of texts that would steer a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import printable, printable_lines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("a\x1b]0;x\x07", r"a\x1b]0;x\x07"),
        ("a\x9b2Jb", r"a\x9b2Jb"),
        ("a\u202eb", r"a\u202eb"),
        ("a\nb\r\t", r"a\nb\r\t"),
        ("a\u2028b", r"a\u2028b"),
        ("caf\udce9", r"caf\udce9"),
        (r"a\x1b", r"a\x1b"),
        ("क्‍ष", "क्‍ष"),  # a joiner
        ("Deux\u00a0: un\u202f!", "Deux\u00a0: un\u202f!"),
        ("深\u3000呼吸", "深\u3000呼吸"),
    ],
)
def test_what_would_steer_a_terminal_is_an_escape(text: str, told: str) -> None:
    assert printable(text) == told


@given(st.text())
def test_what_is_escaped_is_not_escaped_twice(text: str) -> None:
    assert printable(printable(text)) == printable(text)
    assert printable_lines(printable_lines(text)) == printable_lines(text)


def test_only_the_ends_of_lines_are_lines() -> None:
    assert printable_lines("one\ntwo\x0bthree\u2028four\r\n") == "one\ntwo\\x0bthree\\u2028four\\r\n"
