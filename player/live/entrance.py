"""How playing begins in the middle of a programme: the background fades in first, then the words and tones join it.

Pure: 16-bit stereo frames in and out. From its end on, an entrance changes nothing, sample for sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from player.units import CHANNELS, FRAMES_PER_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

FADE_IN_MS: Final = 1500
"""The background's fade-in before the position, and the other sounds' where one of them has begun before it."""


@dataclass(frozen=True)
class Entrance:
    """The entrance at a position of the programme, ms.

    Attributes
    ----------
    at_ms
        Words and tones are heard from here on.
    lead_ms
        For so long before it the background is heard alone; 0 where there is none, or nothing before.
    join_ms
        For so long after it what joins fades in.
    """

    at_ms: int
    lead_ms: int
    join_ms: int

    @property
    def start_ms(self) -> int:
        """The first position that is heard."""
        return self.at_ms - self.lead_ms

    @property
    def end_ms(self) -> int:
        """From this position on the programme is unchanged."""
        return self.at_ms + self.join_ms

    def mixed(self, start_ms: int, bed: bytes, whole: bytes) -> bytes:
        """The sound from ``start_ms`` on, of the background alone and of all sounds together, equally long."""
        below, all_of_it = (_samples(each) for each in (bed, whole))
        at = start_ms * FRAMES_PER_MS + np.arange(len(below))[:, None]
        joined = _risen(at, self.at_ms, self.join_ms)
        faded_in = _risen(at, self.start_ms, self.lead_ms) if self.lead_ms else joined
        return np.rint(below * faded_in + (all_of_it - below) * joined).astype(np.int16).tobytes()


def _samples(sound: bytes) -> NDArray[np.float64]:
    return np.frombuffer(sound, np.int16).reshape(-1, CHANNELS).astype(float)


def _risen(at: NDArray[np.int64], start_ms: int, ms: int) -> NDArray[np.float64]:
    """A raised cosine, 0 until ``start_ms`` and 1 from ``ms`` later on, at these frames of the programme."""
    share = np.clip((at + 0.5 - start_ms * FRAMES_PER_MS) / (ms * FRAMES_PER_MS), 0.0, 1.0)
    risen: NDArray[np.float64] = 0.5 - 0.5 * np.cos(np.pi * share)
    return risen
