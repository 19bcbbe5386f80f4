"""The level of the voice over a session, where its script lets it sink or rise.

The rule: it is laid on the finished sum, so that voice, bed and tones go together and the script's levels between them
stay (tests/sound/test_voice_level.py). The factor on a frame depends on its time alone, is never above 1, and has no
steps. It knows no clip and no bed.

The bed goes with the voice because its levels are relative to it. If it stayed, a voice 6 dB down would be 14 dB above
it and not 20, and each duck would be 6 dB deeper. Rounding to 16 bits once more adds noise at -101 dBFS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from player.sound.bed_renderer import rounded
from player.units import FRAMES_PER_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from player.timeline.model import VoiceLevel


def apply(level: VoiceLevel, block: NDArray[np.int16], start: int) -> None:
    """Bring a block, shape ``(frames, 2)`` from frame ``start`` of the programme on, to the level, in place."""
    factors = gains(level, start, len(block))
    for side in block.T:  # a side at a time: numpy takes four times as long to stretch one gain over two
        side[:] = rounded(side * factors)


def gains(level: VoiceLevel, start: int, frames: int) -> NDArray[np.float32]:
    """The factor on each of so many frames from frame ``start`` of the programme on, shape ``(frames,)``."""
    ends = (level.start_ms * FRAMES_PER_MS, level.end_ms * FRAMES_PER_MS)
    levels_db = np.interp(np.arange(start, start + frames), ends, (level.from_db, level.to_db))
    factors: NDArray[np.float32] = (10 ** (levels_db / 20)).astype(np.float32)
    return factors
