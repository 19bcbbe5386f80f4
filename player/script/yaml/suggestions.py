"""Suggestions for misspelt names.

The rule: a suggestion is made only if it is likely; otherwise the message says what is allowed.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_SAME: Final = {
    "inhale": "in",
    "exhale": "out",
    "silence": "pause",
    "wait": "pause",
    "text": "say",
    "speak": "say",
    "duration": "for",
    "seconds": "for",
    "music": "background",
    "speed": "rate",
    "volume": "level",
}
"""Words that mean a known name and do not look like it."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that is most like the word or means the same, upper and lower case alike, or None."""
    by_lower = {name.lower(): name for name in known}
    wanted = word[:80].lower()
    if (same := _SAME.get(wanted)) in by_lower:
        return by_lower[str(same)]
    found = difflib.get_close_matches(wanted, by_lower, n=1)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean 'side'?``, or empty."""
    found = nearest(word, known)
    return f"did you mean {found!r}?" if found else ""
