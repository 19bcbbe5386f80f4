"""Air: even noises, and wind in trees.

The rule: noise that stands still, or moves as slowly as gusts come and go; nothing whistles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from audio.synthesis.material import CONTROL_RATE, balanced, hump

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audio.synthesis.material import Material

    Array: TypeAlias = NDArray[np.float64]

_TREES: Final = ((0.0, 1900, -4.0), (1.3, 2600, 0.0), (2.9, 3300, 4.0))
"""When a gust reaches a tree, in s; where its leaves sound, in Hz; how far it stands to one side, in dB."""
_GUST_DB: Final = 6.0
"""Two loops of the wind sound together, and their gusts fill each other's lulls: so each comes and goes more."""


def brown_noise(material: Material) -> Array:
    """Noise that falls by 6 dB an octave, as a low steady wind does.

    Under 60 Hz it falls away: there it would sway by more than 1 dB from second to second, which no small loudspeaker
    plays and good ones turn into unrest.
    """
    return material.stereo(lambda hz: 1 / (hz * (1 + (60 / hz) ** 2)), 0.6)


def pink_noise(material: Material) -> Array:
    """Noise that falls by 3 dB an octave, with as much in every octave as in the next."""
    return material.stereo(lambda hz: 1 / np.sqrt(hz), 0.6)


def wind(material: Material) -> Array:
    """Wind in trees: gusts that come and go over half a minute, low in the air and then high in the leaves."""
    gusts = _GUST_DB * np.tanh((material.wander(3.0, 0.05) + material.wander(1.3, 0.2)) / _GUST_DB)
    air = material.stereo(lambda hz: hump(hz, 130, 1.4) + 0.3 * hump(hz, 420, 1.0), 0.5)
    air *= material.over_time(0.7 * gusts)[:, None] / air.std()
    for late_s, hz, aside_db in _TREES:
        air += _leaves(material, np.roll(gusts, round(late_s * CONTROL_RATE)), hz, aside_db)
    return balanced(air)


def _leaves(material: Material, gusts: Array, centre_hz: float, aside_db: float) -> Array:
    """One tree: its leaves answer a gust more than the air does, and flutter a little, each side by itself."""
    leaves = material.stereo(lambda hz: hump(hz, centre_hz, 0.8) + 0.35 * hump(hz, centre_hz / 3.5, 0.8), 0.7)
    leaves *= 0.16 / leaves.std()
    for side, sign in enumerate((-0.5, 0.5)):
        flutter = material.wander(1.0, 1.0) + material.wander(0.8, 7.0)
        leaves[:, side] *= material.over_time(1.5 * gusts + flutter + sign * aside_db)
    return leaves
