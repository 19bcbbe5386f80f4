"""Shapes that breathe: a disc, or a bar if there is too little room, drawn in dots finer than a character.

Pure. A shape is rows of cells. Every row is as wide as the shape at its largest, so that only its edge moves. The
largest size is always visible as a thin outline, which shows how far the breath still goes.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, floor, hypot, sqrt
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Part = Literal["shape", "outline"]
Pieces = tuple[tuple[str, Part], ...]
"""A row: its texts from left to right, and the part that each belongs to."""

SMALLEST: Final = 0.2
"""The share of the largest size at level 0: still visible as a dot."""

_DOWN: Final = 4
_ACROSS: Final = 2
_BITS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""What each dot of a braille character adds to its code, by row and column."""
_FULL: Final = 0xFF
_BRAILLE: Final = " " + "".join(map(chr, range(0x2801, 0x2900)))


def size(level: float) -> float:
    """The share of the largest size that a level has."""
    return SMALLEST + (1 - SMALLEST) * min(1.0, max(0.0, level))


def disc(level: float, rows: int) -> tuple[Pieces, ...]:
    """A disc that is ``rows`` high when it is full, and twice as wide."""
    return _disc(size(level), rows)


def bar(level: float, columns: int, *, dotted: bool = True) -> Pieces:
    """A bar in one row that grows from its middle; without ``dotted``, in plain ASCII."""
    if columns < 3:
        return (("=" * columns, "shape"),)
    inner = columns - 2
    share = size(level)
    if dotted:
        gap = round(inner * _ACROSS * (1 - share) / 2)
        line = range(gap, inner * _ACROSS - gap)
        return (("⢸", "outline"), *_filled([line] * _DOWN, [0] * inner), ("⡇", "outline"))
    gap = round(inner * (1 - share) / 2)
    return (("(" + " " * gap, "outline"), ("=" * (inner - 2 * gap), "shape"), (" " * gap + ")", "outline"))


@lru_cache(maxsize=2048)
def _disc(share: float, rows: int) -> tuple[Pieces, ...]:
    dots = rows * _DOWN
    middle, radius = (dots - 1) / 2, dots / 2 * share
    lines = [_chord(y - middle, radius, middle) for y in range(dots)]
    edges = _outline(rows)
    return tuple(_filled(lines[row * _DOWN : (row + 1) * _DOWN], edges[row]) for row in range(rows))


def _chord(off: float, radius: float, middle: float) -> range:
    """The dots of one line that are in the disc; ``off`` is the line's distance from the middle."""
    if abs(off) > radius:
        return range(0)
    half = sqrt(radius * radius - off * off)
    return range(ceil(middle - half), floor(middle + half) + 1)


@lru_cache(maxsize=32)
def _outline(rows: int) -> tuple[tuple[int, ...], ...]:
    """The edge of the largest disc, as codes of braille characters."""
    dots = rows * _DOWN
    middle = radius = (dots - 1) / 2
    codes = [[0] * rows * 2 for _ in range(rows)]
    for y in range(dots):
        for x in range(dots):
            if abs(hypot(y - middle, x - middle) - radius) < 0.5:
                codes[y // _DOWN][x // _ACROSS] |= _BITS[y % _DOWN][x % _ACROSS]
    return tuple(map(tuple, codes))


def _filled(lines: Sequence[range], edge: Sequence[int]) -> Pieces:
    """A row of cells: an outline, and inside it four lines of filled dots."""
    there = [line for line in lines if line]
    if not there:
        return ((_drawn(edge), "outline"),)
    first = min(line.start for line in there) // _ACROSS
    last = -(-max(line.stop for line in there) // _ACROSS)
    full = range(-(-max(line.start for line in lines) // _ACROSS), min(line.stop for line in lines) // _ACROSS)
    shape = [_FULL if column in full else _code(lines, column) | edge[column] for column in range(first, last)]
    pieces: Pieces = ((_drawn(edge[:first]), "outline"), (_drawn(shape), "shape"), (_drawn(edge[last:]), "outline"))
    return tuple(piece for piece in pieces if piece[0])


def _code(lines: Sequence[range], column: int) -> int:
    left = column * _ACROSS
    code = 0
    for line, (one, two) in zip(lines, _BITS, strict=True):
        code |= (one if left in line else 0) | (two if left + 1 in line else 0)
    return code


def _drawn(codes: Sequence[int]) -> str:
    return "".join(_BRAILLE[code] for code in codes)
