"""Suggestions for misspelt names.

The rule: a suggestion is made only if it is likely; otherwise the message says what is allowed.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that is most like the word, upper and lower case alike, or None."""
    by_lower = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word[:80].lower(), by_lower, n=1)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean 'side'?``, or empty."""
    found = nearest(word, known)
    return f"did you mean {found!r}?" if found else ""
