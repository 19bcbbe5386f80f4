"""Sea, rain, wind and the rest, made by code: the material of the bundled beds.

The rule: one seed, one sound. Nothing in it is a recording, nothing begins suddenly, nothing stands out, and no event
comes back within a minute. Left and right share a middle, so that one loudspeaker plays the same as two. Under 30 Hz
and above 8 kHz there is little: the first only moves cones, the second is what hisses.

Slow movements and events come round after the loop's own length, which is the material's less the join: so where `bed`
fades the end into the beginning, both are at the same point of the same wave. This package knows no files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from audio.synthesis.air import brown_noise, pink_noise, wind
from audio.synthesis.material import MATERIAL_S, Material
from audio.synthesis.night import night
from audio.synthesis.singing import bowls, drone
from audio.synthesis.water import ocean, rain, stream

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

PACK: Final = 0.7
"""About 100 kbit/s: 1.1 MB a bed, and no octave more than 0.5 dB off; 0.8 already adds 0.8 dB above 8 kHz."""


class Recipe(NamedTuple):
    """How a bed is made.

    ``make`` makes of material of so many ``seconds`` samples of shape ``(frames, 2)``, not yet levelled; ``pack`` is
    how hard Vorbis may press them, from 0 to 1.
    """

    seed: int
    make: Callable[[Material], NDArray[np.float64]]
    seconds: int = MATERIAL_S
    pack: float = PACK


RECIPES: Final = {
    "ocean": Recipe(1, ocean),
    "rain": Recipe(2, rain),
    "brown-noise": Recipe(3, brown_noise),
    "pink-noise": Recipe(4, pink_noise),
    "stream": Recipe(5, stream),
    "wind": Recipe(6, wind),
    "night": Recipe(7, night, seconds=110, pack=0.8),  # above 8 kHz it has nothing
    "drone": Recipe(8, drone),
    "bowls": Recipe(16, bowls, seconds=150),
}
"""By name. Where single events are heard the loop is longer: nobody is to wait for one that he knows."""
