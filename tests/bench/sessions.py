"""A session of any length in which every minute is like every other: what a minute costs can then be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_HEAD: Final = """\
title: A night of {minutes} minutes
language: en-GB
background: {{sound: night}}
steps:
"""
_MINUTE: Final = """\
  - section: Minute {number}
  - pause: 1s
  - say: {text}
    for: 11s
  - breathe: {{in: 4s, out: 6s, cycles: 3}}
    guide: [words 2, tones]
  - pause: 18s
"""
_TEXTS: Final = (
    "Let the breath come and go, and let the shoulders be heavy.",
    "Nothing has to be done now. The night is long enough.",
    "Feel how the bed carries you, from the heels up to the head.",
    "If a thought comes along, let it pass by, and come back here.",
    "The hands are warm and still. They have nothing to hold.",
    "Let the forehead be smooth, and the jaw loose.",
    "With each breath out, a little more weight goes down.",
    "There is no need to sleep. Lying here is rest, too.",
)


def night(folder: Path, minutes: int) -> Path:
    """The script of a session of so many minutes."""
    steps = (_MINUTE.format(number=each + 1, text=_TEXTS[each % len(_TEXTS)]) for each in range(minutes))
    path = folder / f"night-{minutes}.yaml"
    path.write_text(_HEAD.format(minutes=minutes) + "".join(steps), encoding="utf-8")
    return path
