"""What every bed is made on: noise of any spectrum, levels that move slowly, and places in a loop.

The rule: whatever moves comes round after the loop's length. Noise itself does not: that of the end and that of the
beginning are unrelated, and so fade into each other evenly. It knows no sound by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from player.units import RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

JOIN_S: Final = 4
CONTROL_RATE: Final = 100
"""Points a second of whatever moves slowly."""


@dataclass(frozen=True)
class Material:
    """Dice, and room for so many seconds of sound at 48 kHz."""

    rng: np.random.Generator
    seconds: int

    @property
    def frames(self) -> int:
        """Of the whole material."""
        return self.seconds * RATE

    @property
    def loop_s(self) -> int:
        """Seconds until everything comes round."""
        return self.seconds - JOIN_S

    @property
    def moments(self) -> Array:
        """The seconds of a loop, at the control rate."""
        return np.arange(self.loop_s * CONTROL_RATE) / CONTROL_RATE

    def stereo(self, shape: Callable[[Array], Array], width: float) -> Array:
        """Noise of a spectrum, from 30 Hz to 8 kHz; ``width`` is the share that differs by side, less under 200 Hz."""
        hz = np.maximum(np.fft.rfftfreq(self.frames, 1 / RATE), 1.0)
        squared = np.square(hz)
        spectrum = shape(hz) / np.sqrt((1 + np.square(np.square(1024 / squared))) * (1 + (squared / 8000**2) ** 3))
        middle = self._noise(spectrum)
        side = self._noise(spectrum * (width * (0.25 + 0.75 / (1 + 200**2 / squared))))
        return np.stack((middle + side, middle - side)).T

    def _noise(self, spectrum: Array) -> Array:
        """Noise of the spectrum: that of white noise is white noise too, so it is drawn there at once."""
        white = self.rng.normal(0, (self.frames / 2) ** 0.5, 2 * len(spectrum)).view(np.complex128)
        return np.fft.irfft(white * spectrum, self.frames)

    def wander(self, db: float, hz: float) -> Array:
        """Levels that wander around 0 dB by ``db`` (standard deviation), no faster than about ``hz``."""
        count = self.loop_s * CONTROL_RATE
        spectrum = np.fft.rfft(self.rng.standard_normal(count))
        spectrum *= np.exp(-0.5 * (np.fft.rfftfreq(count, 1 / CONTROL_RATE) / hz) ** 2)
        path = np.fft.irfft(spectrum, count)
        levels: Array = (path - path.mean()) * (db / path.std())
        return levels

    def over_time(self, levels_db: Array) -> Array:
        """Factors for every frame, from levels at the control rate that come round after the loop's length."""
        at = np.arange(self.frames) * (CONTROL_RATE / RATE) % len(levels_db)
        factors: Array = np.interp(at, np.arange(len(levels_db) + 1), 10 ** (np.append(levels_db, levels_db[0]) / 20))
        return factors

    def rounds(self, start_s: float, length_s: float) -> Iterator[tuple[int, float]]:
        """First frame and phase of an event that comes round with the loop, wherever it reaches into the material.

        The phase turns back by a quarter from round to round: at the join the end of one round fades into the beginning
        of the next by cosine and sine, and of equal tones only those a quarter apart keep their level there.
        """
        for number in (-1, 0, 1):
            start = start_s + number * self.loop_s
            if start < self.seconds and start + length_s > 0:
                yield round(start * RATE), -number * np.pi / 2

    def tuned(self, hz: float) -> float:
        """The nearest frequency at which a tone that never ends is a quarter of a turn behind after the loop."""
        return (round(hz * self.loop_s + 0.25) - 0.25) / self.loop_s


def lay(canvas: Array, start: int, sound: Array) -> None:
    """Add a sound of shape ``(frames, 2)`` from a frame on, cut to the canvas."""
    first, last = max(start, 0), min(start + len(sound), len(canvas))
    if first < last:
        canvas[first:last] += sound[first - start : last - start]


def placed(sound: Array, angle: float) -> Array:
    """One channel put between left (0) and right (1), equally loud everywhere."""
    sides: Array = sound[:, None] * np.array((np.cos(angle * np.pi / 2), np.sin(angle * np.pi / 2)))
    return sides


def balanced(sound: Array) -> Array:
    """Both sides equally strong."""
    strength = np.sqrt(np.square(sound).mean(axis=0))
    level: Array = sound * (strength.mean() / strength)
    return level


def rise(frames: int) -> Array:
    """From 0 to 1 along a raised cosine."""
    soft: Array = 0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / max(1, frames))
    return soft


def hump(hz: Array, centre_hz: float, octaves: float) -> Array:
    """A spectrum around a centre, down by 4.3 dB so many octaves from it, and then quickly down."""
    shape: Array = np.exp(-0.5 * (np.log2(hz / centre_hz) / octaves) ** 2)
    return shape
