"""Sample rates of files: the mixed blocks at another rate, to the frame.

The rule: nothing is delayed (see `player.sound.resample`), and a file has as many frames as its milliseconds ask for:
``total_ms * rate / 1000``, rounded to the nearest. At the session's own rate the blocks are passed on as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydub import AudioSegment

from player.sound.resample import resampled
from player.units import CHANNELS, RATE, SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from numpy.typing import NDArray

_FULL_SCALE = 32_768


def frames_of(ms: int, rate: int) -> int:
    """How many frames a time is."""
    return (ms * rate + 500) // 1000


def at_rate(blocks: Iterable[AudioSegment], rate: int) -> Generator[AudioSegment]:
    """Blocks of 48 kHz, 16 bit, stereo at another rate, as they come; their lengths are not those that went in."""
    if rate == RATE:
        yield from blocks
        return
    taken = 0

    def floats() -> Iterator[NDArray[np.float32]]:
        nonlocal taken
        for block in blocks:
            samples = np.frombuffer(block.raw_data, "<i2").reshape(-1, CHANNELS)
            taken += len(samples)
            yield samples.astype(np.float32) / np.float32(_FULL_SCALE)

    given = 0
    for samples in resampled(floats(), RATE, rate):
        wanted = (taken * rate + RATE // 2) // RATE - given
        given += len(samples[:wanted])
        yield _segment(samples[:wanted], rate)
    if missing := (taken * rate + RATE // 2) // RATE - given:
        yield _segment(np.zeros((missing, CHANNELS), np.float32), rate)


def _segment(samples: NDArray[np.float32], rate: int) -> AudioSegment:
    whole = np.clip(np.rint(samples * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype("<i2")
    return AudioSegment(whole.tobytes(), sample_width=SAMPLE_WIDTH, frame_rate=rate, channels=CHANNELS)
