"""How the loudspeaker's sound begins, is broken off and goes over into another; none of it is part of the programme.

The rule: nothing here can be heard as an event of its own, and nothing heavy is loaded before the lead-in is there.
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
"""Bluetooth and sleeping outputs swallow half a second while they wake; digital silence does not wake them all."""
FADE_OUT_MS: Final = 300

_PEAK: Final = 5  # evenly spread over -5..5 of 32768: 80.3 dB under full scale


def lead_in() -> bytes:
    """Half a second of noise at -80 dBFS, 16-bit stereo, always the same."""
    values = array("b", (byte % (2 * _PEAK + 1) - _PEAK for byte in range(256)))
    noise = random.Random(1).randbytes(LEAD_IN_MS * FRAMES_PER_MS * CHANNELS).translate(values.tobytes())
    return array("h", array("b", noise)).tobytes()


def faded_out(sound: bytes) -> bytes:
    """The same 16-bit stereo frames, going down to silence over their whole length in a raised cosine."""
    import numpy as np  # noqa: PLC0415 (it takes as long to load as a device to open)

    samples = _samples(sound)
    phase = np.linspace(0.0, np.pi, len(samples))[:, None]
    return np.rint(samples * (0.5 + 0.5 * np.cos(phase))).astype(np.int16).tobytes()


def crossfaded(old: bytes, new: bytes, frames: int) -> bytes:
    """What ``new`` becomes where it is laid over ``old``: the one goes into the other over so many frames.

    Both are 16-bit stereo; where the old sound ends before that, it was silence. The weights add up to 1 and begin and
    end level (a raised cosine), so that no sample jumps; what is the same in both stays the same to the last bit.
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
