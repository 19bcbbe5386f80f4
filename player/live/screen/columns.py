"""The width of text in a terminal's columns, in any script.

The rule: a text never takes more columns than it is given, is never cut inside a character, and has no control
characters (tests/live/screen/test_columns.py). This is the only module that imports wcwidth.
"""

from __future__ import annotations

from functools import lru_cache

import wcwidth

from player.errors import printable


@lru_cache(maxsize=512)
def width(text: str) -> int:
    """How many columns a text takes."""
    return max(0, wcwidth.wcswidth(printable(text)))


@lru_cache(maxsize=512)
def clipped(text: str, columns: int, more: str = "…") -> str:
    """The text in at most ``columns``; ``more`` stands for the part that is cut off."""
    text = printable(text)
    if width(text) <= columns:
        return text
    room = columns - width(more)
    return f"{_head(text, room).rstrip()}{more}" if room > 0 else _head(text, columns)


def _head(text: str, columns: int) -> str:
    head, taken = "", 0
    for char in wcwidth.iter_graphemes(text):
        taken += width(char)
        if taken > columns:
            break
        head += char
    return head


@lru_cache(maxsize=256)
def wrapped(text: str, columns: int) -> tuple[str, ...]:
    """The text in lines of at most ``columns``."""
    lines = wcwidth.wrap(printable(text), max(1, columns))
    return tuple(clipped(line, columns, "") for line in lines)
