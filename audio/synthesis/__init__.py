"""Sea, rain, wind and the rest, made by code: the material of the bundled beds.

The rule: one seed, one sound. Nothing in it is a recording, nothing begins suddenly, nothing stands out, and no event
comes back within a minute. Left and right share a middle, so that one loudspeaker plays the same as two. Under 30 Hz
and above 8 kHz there is little: the first only moves cones, the second is what hisses.

Every bed is two loops that sound together, of lengths without a common measure; the second lies in ``second``. So two
minutes of sound do not come round for an hour.

Slow movements and events come round after the loop's own length, which is the material's less the join: so where `bed`
fades the end into the beginning, both are at the same point of the same wave. This package knows no files.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from audio.synthesis.air import brown_noise, pink_noise, wind
from audio.synthesis.material import JOIN_S, Material
from audio.synthesis.night import night
from audio.synthesis.singing import BOWLS_HZ, OCTAVES, OTHERS, bowls, drone
from audio.synthesis.water import ocean, rain, stream

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

PACK: Final = 0.8
"""About 85 kbit/s: 1.3 MB a bed; it adds 0.8 dB above 8 kHz, where there is little."""
FIRST_S: Final = JOIN_S + 61
SECOND_S: Final = JOIN_S + 67
"""Both loops are at the same place of themselves again after 68 minutes."""


class Recipe(NamedTuple):
    """How a loop is made.

    ``make`` makes of material of so many ``seconds`` samples of shape ``(frames, 2)``, not yet levelled; ``pack`` is
    how hard Vorbis may press them, from 0 to 1.
    """

    seed: int
    make: Callable[[Material], NDArray[np.float64]]
    seconds: int
    pack: float = PACK


def _alike(seed: int, make: Callable[[Material], NDArray[np.float64]]) -> tuple[Recipe, Recipe]:
    """Two loops of the same, with other dice."""
    return Recipe(seed, make, FIRST_S), Recipe(20 + seed, make, SECOND_S)


_BEDS: Final = {
    "ocean": _alike(1, ocean),
    "rain": _alike(2, rain),
    "brown-noise": _alike(3, brown_noise),
    "pink-noise": _alike(4, pink_noise),
    "stream": _alike(5, stream),
    "wind": _alike(6, wind),
    # Where single events are heard, the loops are longer: nobody is to wait for one that he knows.
    "night": (
        Recipe(7, partial(night, first=0, every=2), JOIN_S + 67),
        Recipe(27, partial(night, first=1, every=2), JOIN_S + 79),
    ),
    "drone": (
        Recipe(8, partial(drone, harmonics=OCTAVES), FIRST_S),
        Recipe(28, partial(drone, harmonics=OTHERS), SECOND_S),
    ),
    "bowls": (
        Recipe(16, partial(bowls, bowls_hz=BOWLS_HZ[::2]), JOIN_S + 121),
        Recipe(50, partial(bowls, bowls_hz=BOWLS_HZ[1::2]), JOIN_S + 97),
    ),
}
RECIPES: Final = {name: first for name, (first, _) in _BEDS.items()} | {
    f"second/{name}": second for name, (_, second) in _BEDS.items()
}
"""By the name of the file, without its ending."""
