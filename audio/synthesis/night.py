"""A calm summer night: quiet air, and crickets far away in it.

The rule: nothing is near. Every cricket is soft, begins slowly and sings in a bout of its own, and what is heard of it
is mostly what the meadow gives back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from audio.synthesis.material import balanced, hump, lay, placed
from player.units import RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from audio.synthesis.material import Material

    Array: TypeAlias = NDArray[np.float64]


class _Cricket(NamedTuple):
    """One singer: pitch, chirps a second, pulses a chirp, place between left and right, and how loud it is here."""

    hz: float
    chirps: float
    pulses: int
    place: float
    level: float


# Field crickets sing at 4 to 5 kHz (scienceinsights.org/what-sound-do-crickets-make-and-why), tree crickets lower, at
# about 3 kHz; a chirp is three to five pulses, some 30 ms apart.
_CRICKETS: Final = (
    _Cricket(3050, 1.55, 6, 0.30, 1.0),
    _Cricket(3190, 1.72, 5, 0.72, 0.8),
    _Cricket(3380, 1.38, 6, 0.50, 0.55),
    _Cricket(3960, 2.15, 4, 0.15, 0.5),
    _Cricket(4120, 1.93, 3, 0.88, 0.5),
    _Cricket(4310, 2.37, 4, 0.60, 0.35),
    _Cricket(4480, 2.06, 3, 0.38, 0.3),
)
_PULSE_S: Final = 0.034
_UNEVEN: Final = 0.09
"""Of the time from one chirp to the next, as a standard deviation: kept in time, two crickets would beat."""
_BOUT_S: Final = (7.0, 16.0)
_REST_S: Final = (3.0, 9.0)
_MEADOW_S: Final = 0.35
"""Until what the meadow gives back has fallen by 60 dB."""


def night(material: Material, first: int = 0, every: int = 1) -> Array:
    """A quiet air that hardly moves, with crickets far away, now these and now those.

    Of the crickets, one in ``every`` sings, from the ``first`` on.
    """
    air = material.stereo(lambda hz: hump(hz, 170, 1.5) + 0.12 * hump(hz, 900, 1.2), 0.6)
    for side in (0, 1):
        air[:, side] *= material.over_time(material.wander(0.8, 0.06) + material.wander(0.4, 0.3))
    singing = np.zeros_like(air)
    for cricket in _CRICKETS[first::every]:
        for start_s, level in _chirps(material, cricket):
            _sing(material, singing, cricket, start_s, level)
    singing = _in_the_open(material, singing)
    return balanced(air / air.std() + 0.22 * singing / singing.std())


def _chirps(material: Material, cricket: _Cricket) -> Iterator[tuple[float, float]]:
    """Moment and level of every chirp of a loop: bouts that swell and fade, with rests between them."""
    rng, end_s = material.rng, 0.0
    offset_s = rng.uniform(0, material.loop_s)
    while end_s + _BOUT_S[1] < material.loop_s:
        start_s, length_s = end_s + rng.uniform(*_REST_S), rng.uniform(*_BOUT_S)
        at_s = 0.0
        while at_s < length_s:
            swell = np.sin(np.pi * (at_s + 0.3) / (length_s + 0.6)) ** 1.5
            yield (start_s + at_s + offset_s) % material.loop_s, swell * rng.uniform(0.7, 1.0)
            at_s += rng.normal(1, _UNEVEN) / cricket.chirps
        end_s = start_s + length_s


def _sing(material: Material, canvas: Array, cricket: _Cricket, start_s: float, level: float) -> None:
    """One chirp: pulses that grow, all of one breath, with no edge anywhere."""
    length_s = cricket.pulses * _PULSE_S
    seconds = np.arange(round(length_s * RATE)) / RATE
    pulses = 0.35 + 0.65 * np.sin(np.pi * seconds / _PULSE_S) ** 2
    breath = np.sin(np.pi * (seconds / length_s) ** 1.3) ** 2
    angle = material.rng.uniform(0, 2 * np.pi)
    hz = cricket.hz * material.rng.normal(1, 0.002)
    for start, phase in material.rounds(start_s, length_s):
        tone = np.sin(2 * np.pi * hz * seconds + angle + phase)
        lay(canvas, start, placed(cricket.level * level * pulses * breath * tone, cricket.place))


def _in_the_open(material: Material, dry: Array) -> Array:
    """Mostly what comes back from grass and trees, a little differently to each ear."""
    frames = round(_MEADOW_S * RATE)
    tail = material.rng.standard_normal((frames, 2)) * np.exp(-6.9 * np.arange(frames) / frames)[:, None]
    tail *= np.minimum(1, np.arange(frames) / (0.012 * RATE))[:, None]
    tail /= np.sqrt(np.square(tail).sum(axis=0))
    size = len(dry)
    wet = [np.fft.irfft(np.fft.rfft(dry[:, side]) * np.fft.rfft(tail[:, side], size), size) for side in (0, 1)]
    return 0.4 * dry + np.stack(wet, axis=1)
