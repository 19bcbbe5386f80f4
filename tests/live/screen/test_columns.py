from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from player.live.screen.columns import clipped, width, wrapped


@given(st.text(), st.integers(0, 30))
def test_nothing_takes_more_columns_than_it_is_given(text: str, columns: int) -> None:
    assert width(clipped(text, columns)) <= columns


@given(st.text(), st.integers(1, 30))
def test_no_line_takes_more_columns_than_it_is_given(text: str, columns: int) -> None:
    assert all(width(line) <= columns for line in wrapped(text, columns))


def test_what_is_cut_off_is_marked() -> None:
    assert clipped("Breathe out", 11) == "Breathe out"
    assert clipped("Breathe out", 9) == "Breathe…"
    assert clipped("深呼吸", 5) == "深呼…"
    assert clipped("深呼吸", 4) == "深…"
    assert clipped("e\u0301e\u0301e\u0301", 2) == "e\u0301…"
    assert clipped("abc", 1) == "a"


def test_a_script_cannot_steer_the_terminal() -> None:
    assert clipped("a\x1b[2Jb", 20) == "a\\x1b[2Jb"
    assert wrapped("a\x1b[2Jb\x07", 20) == ("a\\x1b[2Jb\\x07",)
