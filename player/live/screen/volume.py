"""The volume in words, for all that show it."""

from __future__ import annotations

import math
from typing import Final

MUTED: Final = "muted"
FULL: Final = "full"


def volume(db: float) -> str:
    """``-6 dB``, `FULL`, or `MUTED` where there is no number for it: silence is minus infinity."""
    if not db > -math.inf:
        return MUTED
    return f"{db:.0f} dB" if db < 0 and round(db) else FULL
