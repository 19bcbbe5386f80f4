"""Rows of a screen: styled texts, aligned left, right or in the middle.

The rule: a row never takes more columns than the screen has (tests/live/screen/test_frame.py). Pure: inks are names,
and `terminal` decides how they look.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from player.live.screen.columns import clipped, width

if TYPE_CHECKING:
    from collections.abc import Iterable

Ink = Literal["plain", "faint", "strong", "breath", "tension"]


class StyledText(NamedTuple):
    """Some text in one ink."""

    text: str
    ink: Ink = "plain"


Row = tuple[StyledText, ...]
EMPTY: Final[Row] = ()

_IN_ASCII: Final = str.maketrans({"…": "~", "·": "-", "−": "-", "–": "-", "—": "-", "━": "=", "─": "-", "’": "'"})


@dataclass(frozen=True)
class Look:
    """What a terminal can show, and the keys that work.

    Attributes
    ----------
    encoding
        The terminal's encoding.
    keys
        Each key and what it does; empty if no keys are read.
    """

    encoding: str = "utf-8"
    keys: tuple[tuple[str, str], ...] = ()

    @cached_property
    def is_dotted(self) -> bool:
        """Whether the terminal can show dots and fine lines."""
        return _can_write("⣿━", self.encoding)

    def readable(self, row: Row) -> Row:
        """The row in characters that the terminal can show."""
        if self._has_all:
            return row
        return tuple(StyledText(self._readable(piece.text), piece.ink) for piece in row)

    @cached_property
    def _has_all(self) -> bool:
        return codecs.lookup(self.encoding).name == "utf-8"

    def _readable(self, text: str) -> str:
        if _can_write(text, self.encoding):
            return text
        return text.translate(_IN_ASCII).encode(self.encoding, "replace").decode(self.encoding)


def _can_write(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def length(row: Iterable[StyledText]) -> int:
    """How many columns a row takes."""
    return sum(width(piece.text) for piece in row)


def fitted(row: Row, columns: int) -> Row:
    """The row, cut to ``columns``."""
    kept: list[StyledText] = []
    for piece in row:
        text = clipped(piece.text, columns)
        columns -= width(text)
        if text:
            kept.append(StyledText(text, piece.ink))
    return tuple(kept)


def centred(row: Row, columns: int) -> Row:
    """The row in the middle of ``columns``."""
    row = fitted(row, columns)
    return _indented(row, (columns - length(row)) // 2)


def beside(left: StyledText, right: StyledText, columns: int, margin: int = 0) -> Row:
    """A row with one text at either end. If there is too little room, the left one is cut."""
    room = columns - 2 * margin
    end = StyledText(clipped(right.text, room), right.ink)
    free = room - width(end.text)
    start = StyledText(clipped(left.text, max(0, free - 2 if end.text else free)), left.ink)
    gap = StyledText(" " * (free - width(start.text)))
    return _indented(tuple(piece for piece in (start, gap, end) if piece.text), margin)


def _indented(row: Row, by: int) -> Row:
    return (StyledText(" " * by), *row) if row and by > 0 else row
