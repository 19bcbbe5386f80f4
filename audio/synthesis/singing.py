"""Sounds with a pitch: a drone, and singing bowls.

The rule: nothing beats faster than one would breathe, and nothing begins in less than a fifth of a second. Tones that
never end are tuned so that the loop's end fades into its beginning without a swell (`Material.tuned`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from audio.synthesis.material import balanced, hump, lay, placed, rise
from player.units import RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from audio.synthesis.material import Material

    Array: TypeAlias = NDArray[np.float64]

_GONE: Final = np.log(1000)
"""A factor of a thousand: 60 dB."""
_ROOT_HZ: Final = 55.0
OCTAVES: Final = (2, 8, 16)
OTHERS: Final = (3, 4, 5, 6, 9, 10, 12, 15, 18)
"""Harmonics of the root, which itself no small loudspeaker plays: octaves, fifths, a third, a ninth, so that no two lie
close. Both groups are equally strong, and each tone is in one only: the same in two loops would beat."""


class _Partial(NamedTuple):
    """A partial of a bowl: its ratio to the lowest, its strength, the seconds until it has fallen by 60 dB."""

    ratio: float
    strength: float
    gone_s: float


# Ratios after Inacio, Henrique & Antunes, The dynamics of Tibetan singing bowls (Acta Acustica 92, 2006): about
# 1 : 2.8 : 5.2 : 8. No bowl is quite round, so every partial is a pair; these beat once in one to four seconds.
_PARTIALS: Final = (
    _Partial(1.0, 1.0, 60.0),
    _Partial(2.78, 0.42, 30.0),
    _Partial(5.18, 0.14, 15.0),
    _Partial(8.05, 0.03, 8.0),
)
BOWLS_HZ: Final = (92.9, 110.6, 124.2, 139.0, 165.3, 186.1, 207.9, 220.8, 247.4, 277.2, 331.4)
"""Eleven bowls, tuned by hand and not by a piano; the lowest partials of any two go together."""
_UNEVEN: Final = 0.12
"""Of the time from one strike to the next, at most."""
_ONSET_S: Final = (0.22, 0.36)
_RINGING_S: Final = 55.0
_END_S: Final = 4


def drone(material: Material, harmonics: Sequence[int]) -> Array:
    """A soft warm chord of one root's harmonics; each comes and goes by itself, in ten seconds or longer."""
    chord = np.zeros((material.frames, 2))
    for number in harmonics:
        turn = 2 * np.pi * material.tuned(number * _ROOT_HZ) / RATE * np.arange(material.frames)
        angle, apart = material.rng.uniform(0, 2 * np.pi), material.rng.uniform(0.5, 1.1)
        for side, sign in enumerate((-0.5, 0.5)):
            level = (2 / number) * material.over_time(_slow(material, 4.0 if number > 4 else 2.0))
            chord[:, side] += level * np.sin(turn + angle + sign * apart)
    breath = material.stereo(lambda hz: hump(hz, 330, 1.3), 0.6)
    return balanced(chord / chord.std() + 0.06 * breath / breath.std())


def bowls(material: Material, bowls_hz: Sequence[float]) -> Array:
    """Singing bowls, struck softly every twenty seconds or so, over a hum that is hardly there."""
    ringing = np.zeros((material.frames, 2))
    for start_s, bowl in _strikes(material, bowls_hz):
        _strike(material, ringing, start_s, bowl)
    hum = material.stereo(lambda hz: hump(hz, 150, 0.9), 0.5)
    hum *= material.over_time(material.wander(1.0, 0.05))[:, None]
    return balanced(ringing / ringing.std() + 0.05 * hum / hum.std())


def _slow(material: Material, db: float) -> Array:
    """Levels that come and go, never by more than twice what they mostly do."""
    levels: Array = 2 * db * np.tanh(material.wander(db, 0.05) / (2 * db))
    return levels


def _strikes(material: Material, bowls_hz: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Moment and lowest pitch of every strike of a loop: each bowl once, in an order that is drawn."""
    rng = material.rng
    gaps = rng.uniform(1 - _UNEVEN, 1 + _UNEVEN, len(bowls_hz))
    gaps *= material.loop_s / gaps.sum()
    starts = np.cumsum(gaps) - gaps[-1] / 2  # none near the join
    for start_s, hz in zip(starts, rng.permutation(bowls_hz), strict=True):
        yield float(start_s), float(hz)


def _strike(material: Material, canvas: Array, start_s: float, hz: float) -> None:
    """One strike: of its own strength, place and onset; the softer, the darker."""
    rng = material.rng
    strength, place, onset_s = rng.uniform(0.6, 1.0), rng.uniform(0.2, 0.8), rng.uniform(*_ONSET_S)
    for partial in _PARTIALS:
        length_s = min(_RINGING_S, 1.2 * partial.gone_s)
        seconds = np.arange(round(length_s * RATE)) / RATE
        envelope = np.exp(-_GONE / partial.gone_s * seconds) * partial.strength * strength ** (1 + partial.ratio / 4)
        envelope[: round(onset_s * RATE)] *= rise(round(onset_s * RATE))
        envelope[-_END_S * RATE :] *= rise(_END_S * RATE)[::-1]
        beat_hz, share, aside = rng.uniform(0.25, 0.9), rng.uniform(0.2, 0.35), place + rng.uniform(-0.15, 0.15)
        angles = rng.uniform(0, 2 * np.pi, 2)
        for start, phase in material.rounds(start_s, length_s):
            turn = 2 * np.pi * hz * partial.ratio * seconds + phase
            lay(canvas, start, placed(envelope * np.sin(turn + angles[0]), aside))
            turn += 2 * np.pi * beat_hz * seconds
            lay(canvas, start, placed(share * envelope * np.sin(turn + angles[1]), 1 - aside))
