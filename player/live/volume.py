"""The listener's volume: 0 dB is as exported, and the highest, because peaks have no headroom above that.

Sound at 0 dB stays bit-identical.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from player.units import gain

FULL_DB: Final = 0.0
SILENT_DB: Final = -math.inf
_STEP_DB: Final = 2.0
_LOWEST_DB: Final = -50.0
"""One step below this is silence."""


def louder(db: float) -> float:
    """A step up; the first one out of silence is the lowest."""
    return clamped(max(db, _LOWEST_DB - _STEP_DB) + _STEP_DB)


def softer(db: float) -> float:
    """A step down."""
    return clamped(db - _STEP_DB)


def clamped(db: float) -> float:
    """The nearest valid volume."""
    return SILENT_DB if not db >= _LOWEST_DB else min(db, FULL_DB)


def at_volume(sound: bytes, db: float) -> bytes:
    """16-bit samples at a volume."""
    if db == FULL_DB:
        return sound
    scaled: bytes = np.rint(np.frombuffer(sound, np.int16) * np.float32(gain(db))).astype(np.int16).tobytes()
    return scaled
