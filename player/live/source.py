"""The reel: a programme as the listener wants it just now, from any moment on.

The rule: at full volume and with the background on, it is what is exported, bit for bit; anything else is made of that
by the volume alone, or by leaving the background away. It knows nothing of tapes and time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from player.live.volume import FULL_DB, at_volume

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydub import AudioSegment

    from player.sound.mixdown import Layer

_ALL: Final[tuple[Layer, ...]] = ("bed", "voice", "tones")
_NO_BACKGROUND: Final[tuple[Layer, ...]] = ("voice", "tones")


class SeekableMix(Protocol):
    """A programme of which any block can be had at any time, such as `player.sound.mixdown.Mix`."""

    def block(self, start_ms: int, end_ms: int, layers: Collection[Layer]) -> AudioSegment:
        """What lies between two moments."""


@dataclass(frozen=True)
class ListenerSettings:
    """How the listener wants it."""

    volume_db: float = FULL_DB
    has_background: bool = True


class MixSource:
    """A programme of a length; ``taste`` may be changed at any time."""

    def __init__(self, mix: SeekableMix, total_ms: int, taste: ListenerSettings) -> None:
        self.total_ms = total_ms
        self.taste = taste
        self._mix = mix

    def sound(self, start_ms: int, ms: int) -> bytes:
        """So much of it, 16-bit stereo frames; less at its end."""
        end_ms = min(start_ms + ms, self.total_ms)
        if start_ms >= end_ms:
            return b""
        layers = _ALL if self.taste.has_background else _NO_BACKGROUND
        return at_volume(self._mix.block(start_ms, end_ms, layers).raw_data, self.taste.volume_db)

    def warm(self, start_ms: int, ms: int) -> None:
        """Have what sounds there at hand, so that it can begin at once."""
        if start_ms < self.total_ms:
            self._mix.block(start_ms, min(start_ms + ms, self.total_ms), _NO_BACKGROUND)
