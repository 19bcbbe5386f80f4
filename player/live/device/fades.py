"""Fade-out and cross-fade. Neither is part of the programme, and neither has an audible edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from player.units import CHANNELS, FRAMES_PER_MS, SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from player.live.device.device import OutputDevice

FADE_OUT_MS: Final = 1500

_POLL_S: Final = 0.05
_POLLS: Final = 90
"""Three seconds more than the fade; after that the device will not play it at all."""


def fade_out(device: OutputDevice, sleep: Callable[[float], object], ms: int = FADE_OUT_MS) -> None:
    """Fade to silence what a device plays, and return when that was heard; soon, even if the device hangs.

    If ``sleep`` returns something true, nobody waits for the rest of the fade.

    Raises
    ------
    DeviceError
        If there is no memory even for silence.
    """
    if not device.has_begun or device.is_silent or device.is_over():
        return
    start = device.cut
    device.overwrite(start, faded_out(device.read(start, ms * FRAMES_PER_MS)))
    device.finish()
    polls = 0
    while not device.is_over() and polls < _POLLS and not sleep(_POLL_S):
        polls += 1


def faded_out(sound: bytes) -> bytes:
    """These 16-bit stereo frames, faded to silence over their whole length by a raised cosine."""
    samples = _samples(sound)
    phase = np.linspace(0.0, np.pi, len(samples))[:, None]
    return np.rint(samples * (0.5 + 0.5 * np.cos(phase))).astype(np.int16).tobytes()


def crossfaded(old: bytes, new: bytes, frames: int) -> bytes:
    """The sound ``new`` with a cross-fade from ``old`` in its first ``frames``.

    Both are 16-bit stereo; if the old sound is shorter than that, silence follows it. The weights add up to 1 and
    start and end level (a raised cosine), so that no sample jumps; where both are equal the result is bit-identical.
    """
    after, before = _samples(new), _samples(old)
    frames = min(frames, len(after))
    mixed = np.zeros((frames, CHANNELS))
    mixed[: len(before)] = before[:frames]
    weight = 0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / max(frames, 1))[:, None]
    mixed += (after[:frames] - mixed) * weight
    return np.rint(mixed).astype(np.int16).tobytes() + new[frames * CHANNELS * SAMPLE_WIDTH :]


def _samples(sound: bytes) -> NDArray[np.int16]:
    return np.frombuffer(sound, np.int16).reshape(-1, CHANNELS)
