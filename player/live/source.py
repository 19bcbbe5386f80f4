"""The source of sound: a programme with the listener's settings, from any position on.

At full volume and with the background on, it is bit-identical to the export; other settings only scale that or omit the
background. It knows neither devices nor time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from player.live.entrance import FADE_IN_MS, Entrance
from player.units import gain

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydub import AudioSegment

    from player.sound.mixdown import Layer

FULL_DB: Final = 0.0
"""As exported, bit-identical, and the highest, because peaks have no headroom above it."""
SILENT_DB: Final = -math.inf
_STEP_DB: Final = 2.0
_LOWEST_DB: Final = -50.0
"""One step below this is silence."""
_ALL: Final[tuple[Layer, ...]] = ("bed", "voice", "tones")
_BACKGROUND: Final[tuple[Layer, ...]] = ("bed",)
_NO_BACKGROUND: Final[tuple[Layer, ...]] = ("voice", "tones")


class SeekableMix(Protocol):
    """A mix that can render any block at any time, such as `player.sound.mixdown.Mix`."""

    def block(self, start_ms: int, end_ms: int, layers: Collection[Layer]) -> AudioSegment:
        """The sound between two positions."""


@dataclass(frozen=True)
class ListenerSettings:
    """The volume, and whether the background is on."""

    volume_db: float = FULL_DB
    has_background: bool = True


class MixSource:
    """A programme of ``total_ms``; ``settings`` may be changed at any time."""

    def __init__(self, mix: SeekableMix, total_ms: int, settings: ListenerSettings) -> None:
        self.total_ms = total_ms
        self.settings = settings
        self._mix = mix
        self._whole = mix

    @property
    def is_whole(self) -> bool:
        """Whether what is heard from here on is also what is heard from any other position on."""
        return self._mix is self._whole

    def exchange(self, mix: SeekableMix, whole: SeekableMix) -> None:
        """Take another mix of the same programme from here on, and ``whole`` from any other position on."""
        self._mix, self._whole = mix, whole

    def leave_place(self) -> None:
        """Sound is asked for from another position on."""
        self._mix = self._whole

    def sound(self, start_ms: int, ms: int, entrance: Entrance | None = None) -> bytes:
        """The sound of ``ms`` from ``start_ms`` on, as 16-bit stereo frames; less at the end.

        The parts of it that lie before the end of an ``entrance`` are heard as that says.
        """
        end_ms = min(start_ms + ms, self.total_ms)
        if start_ms >= end_ms:
            return b""
        layers = _ALL if self.settings.has_background else _NO_BACKGROUND
        if entrance is None or start_ms >= entrance.end_ms:
            return self._heard(start_ms, end_ms, layers)
        bed = self._heard(start_ms, end_ms, _BACKGROUND if self.settings.has_background else ())
        is_alone = end_ms <= entrance.at_ms  # then no clip must be opened
        return entrance.mixed(start_ms, bed, bed if is_alone else self._heard(start_ms, end_ms, layers))

    def entrance(self, at_ms: int, join_ms: int) -> Entrance:
        """The entrance at a position; its other sounds join over ``join_ms``."""
        lead_ms = min(at_ms, FADE_IN_MS)
        has_bed = self.settings.has_background and lead_ms and any(self._heard(at_ms - lead_ms, at_ms, _BACKGROUND))
        return Entrance(at_ms, lead_ms if has_bed else 0, join_ms)

    def _heard(self, start_ms: int, end_ms: int, layers: tuple[Layer, ...]) -> bytes:
        return at_volume(self._mix.block(start_ms, end_ms, layers).raw_data, self.settings.volume_db)

    def warm(self, start_ms: int, ms: int) -> None:
        """Load what sounds there, so that it can start at once."""
        if start_ms < self.total_ms:
            self._whole.block(start_ms, min(start_ms + ms, self.total_ms), _NO_BACKGROUND)


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
