"""The limiter: brings the rare loud peak of a clip under the ceiling, and touches nothing else.

Method: the gain that every frame needs comes from its true peak (four times oversampled). Each frame then takes the
least gain needed within 10 ms on either side, and a Hann window of the same width smooths that. The smoothed gain is an
average of values none of which is above what the frame needs, so no peak is left over; it looks ahead, because the
whole clip is there; and it moves too slowly to be heard as distortion. It knows no files and no loudness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from player.sound.resample import resample
from player.units import FRAMES_PER_MS, RATE, gain

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OVERSAMPLING: Final = 4
_REACH: Final = 10 * FRAMES_PER_MS
_SURE_DB: Final = 3.0
"""Under a quarter of the rate (12 kHz, above all speech) a true peak is at most this much over the highest sample."""
_MARGIN_DB: Final = 0.05
"""For what the moving gain and the rounding to 16 bits add."""


def limit(samples: NDArray[np.float32], ceiling_dbtp: float) -> NDArray[np.float32]:
    """Samples at 48 kHz, shape ``(frames,)`` or ``(frames, channels)``, with no true peak over the ceiling.

    All channels get the same gain, so that nothing moves from side to side.
    """
    if np.abs(samples).max(initial=0.0) <= gain(ceiling_dbtp - _SURE_DB):
        return samples
    channels = samples.reshape(len(samples), -1).T
    peaks = np.max([_true_peaks(channel) for channel in channels], axis=0)
    ceiling = gain(ceiling_dbtp - _MARGIN_DB)
    if peaks.max() <= ceiling:
        return samples
    smooth = _smooth(np.minimum(1.0, ceiling / np.maximum(peaks, ceiling)))
    limited: NDArray[np.float32] = (channels * smooth).T.reshape(samples.shape)
    return limited


def _true_peaks(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest magnitude within a frame of every frame, between the frames too."""
    fine = np.zeros((len(samples) + 2) * _OVERSAMPLING, np.float32)
    oversampled = np.abs(resample(samples, RATE, RATE * _OVERSAMPLING))[: len(samples) * _OVERSAMPLING]
    fine[_OVERSAMPLING : _OVERSAMPLING + len(oversampled)] = oversampled
    after = fine.reshape(-1, _OVERSAMPLING).max(axis=1)
    peaks: NDArray[np.float32] = np.maximum(np.maximum(after[:-2], after[1:-1]), np.abs(samples))
    return peaks


def _smooth(needed: NDArray[np.float32]) -> NDArray[np.float32]:
    window = np.hanning(2 * _REACH + 3)[1:-1]
    least = _running_least(np.pad(needed, 2 * _REACH, constant_values=1.0), 2 * _REACH + 1)
    return np.convolve(least, window / window.sum(), "valid").astype(np.float32)


def _running_least(values: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """The least of every ``width`` neighbours, by doubling: the least of 2n is the lesser of two leasts of n."""
    reach = 1
    while reach < width:
        step = min(reach, width - reach)
        values = np.minimum(values[:-step], values[step:])
        reach += step
    return values
