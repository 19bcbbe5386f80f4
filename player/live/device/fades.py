"""Lead-in, fade-out and cross-fade. None of them is part of the programme, and none has an audible edge.

numpy is loaded only by the fades, so that the lead-in is ready at once.
"""

from __future__ import annotations

import random
from array import array
from typing import TYPE_CHECKING, Final

from player.units import CHANNELS, FRAMES_PER_MS, SAMPLE_WIDTH

if TYPE_CHECKING:
    from numpy import int16
    from numpy.typing import NDArray

LEAD_IN_MS: Final = 500
"""Bluetooth and sleeping outputs lose half a second while they wake; digital silence does not wake all of them."""
FADE_OUT_MS: Final = 300

_PEAK: Final = 5  # evenly spread over -5..5 of 32768: 80.3 dB under full scale


def lead_in() -> bytes:
    """Half a second of noise at -80 dBFS, 16-bit stereo, always the same."""
    values = array("b", (byte % (2 * _PEAK + 1) - _PEAK for byte in range(256)))
    noise = random.Random(1).randbytes(LEAD_IN_MS * FRAMES_PER_MS * CHANNELS).translate(values.tobytes())
    return array("h", array("b", noise)).tobytes()


def faded_out(sound: bytes) -> bytes:
    """These 16-bit stereo frames, faded to silence over their whole length by a raised cosine."""
    import numpy as np  # noqa: PLC0415 (loading it takes as long as opening a device)

    samples = _samples(sound)
    phase = np.linspace(0.0, np.pi, len(samples))[:, None]
    return np.rint(samples * (0.5 + 0.5 * np.cos(phase))).astype(np.int16).tobytes()


def crossfaded(old: bytes, new: bytes, frames: int) -> bytes:
    """The sound ``new`` with a cross-fade from ``old`` in its first ``frames``.

    Both are 16-bit stereo; if the old sound is shorter than that, silence follows it. The weights add up to 1 and
    start and end level (a raised cosine), so that no sample jumps; where both are equal the result is bit-identical.
    """
    import numpy as np  # noqa: PLC0415 (see above)

    after, before = _samples(new), _samples(old)
    frames = min(frames, len(after))
    mixed = np.zeros((frames, CHANNELS))
    mixed[: len(before)] = before[:frames]
    weight = 0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / max(frames, 1))[:, None]
    mixed += (after[:frames] - mixed) * weight
    return np.rint(mixed).astype(np.int16).tobytes() + new[frames * CHANNELS * SAMPLE_WIDTH :]


def _samples(sound: bytes) -> NDArray[int16]:
    import numpy as np  # noqa: PLC0415 (see above)

    return np.frombuffer(sound, np.int16).reshape(-1, CHANNELS)
