"""The limiter: brings the rare loud peak of a clip under the ceiling, and touches nothing else.

Method: the gain that every frame needs comes from its true peak (four times oversampled). Each frame then takes the
least gain needed within 10 ms on either side, and a Hann window of the same width smooths that. The smoothed gain is an
average of values none of which is above what the frame needs, so no peak is left over; it looks ahead, because the
whole clip is there; and it moves too slowly to be heard as distortion. It knows no files and no loudness.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import numpy as np

from player.sound.resample import resample
from player.units import FRAMES_PER_MS, RATE, gain

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OVERSAMPLING: Final = 4
_LOOKAHEAD: Final = 10 * FRAMES_PER_MS
_SURE_DB: Final = 3.0
"""Under a quarter of the rate (12 kHz, above all speech) a true peak is at most this much over the highest sample."""
_AROUND: Final = 4 * _LOOKAHEAD
"""Frames around a loud one that are processed: the gain changes within 20 ms of it, and the filter for true peaks needs
as many to settle."""
_MARGIN_DB: Final = 0.05
"""For what the moving gain and the rounding to 16 bits add."""


def limit(samples: NDArray[np.float32], ceiling_dbtp: float) -> NDArray[np.float32]:
    """Samples at 48 kHz, shape ``(frames,)`` or ``(frames, channels)``, with no true peak over the ceiling.

    All channels get the same gain, so that nothing moves from side to side.
    """
    limited, ceiling = samples, gain(ceiling_dbtp - _MARGIN_DB)
    for run in _runs(np.flatnonzero(_heights(samples) > gain(ceiling_dbtp - _SURE_DB)), len(samples)):
        peaks = functools.reduce(np.maximum, map(_true_peaks, _channels(samples[run])))
        if peaks.max() > ceiling:
            limited = samples.copy() if limited is samples else limited
            limited[run].T[...] *= _smooth(np.minimum(1.0, ceiling / np.maximum(peaks, ceiling)))
    return limited


def _channels(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return samples.reshape(len(samples), -1 if samples.size else 1).T


def _heights(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest magnitude of every frame."""
    return functools.reduce(np.maximum, map(np.abs, _channels(samples)))


def _runs(loud: NDArray[np.intp], frames: int) -> list[slice]:
    """The frames around those that are loud, in runs: all else is sure to stay, and is most of any speech."""
    if not loud.size:
        return []
    gaps = np.flatnonzero(np.diff(loud) > 2 * _AROUND)
    firsts, lasts = loud[np.concatenate(([0], gaps + 1))], loud[np.concatenate((gaps, [-1]))]
    return [
        slice(max(0, first - _AROUND), min(frames, last + _AROUND + 1))
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    ]


def _true_peaks(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest magnitude within a frame of every frame, between the frames too."""
    fine = np.zeros((len(samples) + 2) * _OVERSAMPLING, np.float32)
    oversampled = np.abs(resample(np.ascontiguousarray(samples), RATE, RATE * _OVERSAMPLING))
    oversampled = oversampled[: len(samples) * _OVERSAMPLING]
    fine[_OVERSAMPLING : _OVERSAMPLING + len(oversampled)] = oversampled
    after = functools.reduce(np.maximum, fine.reshape(-1, _OVERSAMPLING).T)
    peaks: NDArray[np.float32] = np.maximum(np.maximum(after[:-2], after[1:-1]), np.abs(samples))
    return peaks


def _smooth(needed: NDArray[np.float32]) -> NDArray[np.float32]:
    window = np.hanning(2 * _LOOKAHEAD + 3)[1:-1]
    least = _running_least(np.pad(needed, 2 * _LOOKAHEAD, constant_values=1.0), 2 * _LOOKAHEAD + 1)
    return np.convolve(least, window / window.sum(), "valid").astype(np.float32)


def _running_least(values: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """The least of every ``width`` neighbours, by doubling: the least of 2n is the lesser of two leasts of n."""
    covered = 1
    while covered < width:
        step = min(covered, width - covered)
        values = np.minimum(values[:-step], values[step:])
        covered += step
    return values
