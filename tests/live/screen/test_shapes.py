from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.live.screen.columns import width
from player.live.screen.shapes import Pieces, bar, disc

LEVELS = st.integers(0, 256).map(lambda steps: steps / 256)


def dots(rows: tuple[Pieces, ...]) -> int:
    """How many dots the shape itself has."""
    chars = (char for row in rows for text, part in row if part == "shape" for char in text)
    return sum((ord(char) - 0x2800).bit_count() for char in chars)


def text(row: Pieces) -> str:
    return "".join(piece for piece, _ in row)


@given(LEVELS, st.integers(1, 24))
def test_a_disc_is_as_wide_and_high_at_every_level(level: float, rows: int) -> None:
    drawn = disc(level, rows)
    assert [width(text(row)) for row in drawn] == [2 * rows] * rows


@given(LEVELS, LEVELS, st.integers(1, 24))
def test_a_disc_grows_with_its_level(one: float, other: float, rows: int) -> None:
    small, large = sorted((one, other))
    assert dots(disc(small, rows)) <= dots(disc(large, rows))


@pytest.mark.parametrize("rows", [5, 9, 19])
def test_an_empty_disc_is_still_there_and_a_full_one_fills_its_outline(rows: int) -> None:
    assert 0 < dots(disc(0, rows)) < dots(disc(1, rows)) / 10
    assert all(part == "shape" for row in disc(1, rows) for piece, part in row if piece.strip())
    round_ = 3.14159 / 4 * (4 * rows) ** 2
    assert dots(disc(1, rows)) == pytest.approx(round_, rel=0.06)


def test_a_disc_is_round_and_the_same_on_either_side() -> None:
    rows = disc(0.5, 9)
    mirrored = dict(zip("⡇⢸⣿⡀⢀⠁⠈ ", "⢸⡇⣿⢀⡀⠈⠁ ", strict=True))
    middle = text(rows[4])
    assert middle == "".join(mirrored[char] for char in reversed(middle))
    assert [len(text(row).strip()) for row in rows] == [len(text(row).strip()) for row in reversed(rows)]


@given(LEVELS, LEVELS, st.integers(3, 60), st.booleans())
def test_a_bar_grows_from_its_middle_and_keeps_its_width(one: float, other: float, columns: int, dotted: bool) -> None:
    small, large = (bar(level, columns, dotted=dotted) for level in sorted((one, other)))
    assert width(text(small)) == width(text(large)) == columns
    lengths = [sum(len(piece) for piece, part in row if part == "shape") for row in (small, large)]
    assert lengths[0] <= lengths[1]


def test_bars_in_dots_and_in_ascii() -> None:
    assert text(bar(0, 12)) == "⢸    ⣿⣿    ⡇"
    assert text(bar(1, 12)) == "⢸⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡇"
    assert text(bar(0.35, 12)) == "⢸  ⢸⣿⣿⣿⣿⡇  ⡇"
    assert text(bar(0.5, 12, dotted=False)) == "(  ======  )"
