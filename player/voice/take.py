"""Takes: reading what an engine wrote to a file, and cutting away the silence around it.

The rule: a file whose header promises more than is there is no take, and nothing louder than -60 dBFS is ever cut.
Which engine wrote the file is not known here: espeak-ng and Windows write WAV, macOS AIFF whatever the name says.
"""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING, Final

import numpy as np

from player.units import gain
from player.voice.engine import Take

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MARGIN_MS: Final = 5
"""Left before the first and after the last audible sample; made up of silence where the engine left less."""
SILENCE_DB: Final = -60.0
"""Anything quieter at both ends is silence; decibels below full scale."""

_LOWEST_RATE: Final = 4000
_FULL_SCALE: Final = 2**15


class BadTakeError(Exception):
    """The file holds no speech; the text says why."""


def read_take(path: Path) -> Take:
    """The sound in a file: int16, all channels averaged into one.

    Raises
    ------
    BadTakeError
        If the file is missing, empty, cut short or no sound file.
    """
    try:
        with path.open("rb") as file:
            is_wav = file.read(4) == b"RIFF"
        rate, samples = _read_wav(path) if is_wav else _read_other(path)
    except FileNotFoundError:
        raise BadTakeError("it wrote no file") from None
    except (OSError, EOFError, RuntimeError, wave.Error) as error:
        raise BadTakeError(f"its file cannot be read ({error})") from error
    if rate < _LOWEST_RATE or not len(samples):
        raise BadTakeError("its file is empty")
    return Take(rate, samples)


def trimmed(take: Take) -> NDArray[np.int16]:
    """The samples from `MARGIN_MS` before the first audible one to as long after the last; empty if there is none."""
    audible = np.flatnonzero(np.abs(take.samples.astype(np.int32)) >= _FULL_SCALE * gain(SILENCE_DB))
    if not len(audible):
        return np.empty(0, np.int16)
    margin = -(-take.rate * MARGIN_MS // 1000)
    start, stop = int(audible[0]) - margin, int(audible[-1]) + 1 + margin
    missing = max(-start, 0), max(stop - len(take.samples), 0)
    return np.pad(take.samples[max(start, 0) : stop], missing)


def _read_wav(path: Path) -> tuple[int, NDArray[np.int16]]:
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            return _read_other(path)
        frames, channels, rate = file.getnframes(), file.getnchannels(), file.getframerate()
        content = file.readframes(frames)
    if len(content) != frames * channels * 2:
        raise BadTakeError(f"its file was cut short, at {len(content) // (2 * channels)} of {frames} frames")
    return rate, _mono(np.frombuffer(content, "<i2").reshape(-1, channels))


def _read_other(path: Path) -> tuple[int, NDArray[np.int16]]:
    import soundfile  # noqa: PLC0415  (not needed where the engine writes 16-bit WAV)

    samples, rate = soundfile.read(str(path), dtype="int16", always_2d=True)
    return int(rate), _mono(samples)


def _mono(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    mixed: NDArray[np.int16] = np.rint(samples.mean(axis=1)).astype(np.int16)
    return mixed
