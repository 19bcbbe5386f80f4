"""Takes: reads the file that an engine wrote, trims the silence around it, and eases an end that is chopped.

The rule: a file with less sound than its header says is refused, nothing louder than -60 dBFS is ever cut, and a word
that dies away by itself stays as it is (tests/voice/test_take.py). The format is found from the file: espeak-ng and
Windows write WAV, macOS writes AIFF whatever the name says.
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
"""Left before the first and after the last audible sample; filled with silence if the engine left less.

It is enough for a breathy onset: in 1,091 clips of heart the 10 ms before it hold -70 dBFS in the median and never more
than -66, 46 dB under the voice; before words that begin with an h -73. A margin of 10 ms would keep half of that."""
SILENCE_DB: Final = -60.0
"""Anything quieter at both ends is silence; in decibels relative to full scale."""
CHOPPED_DB: Final = -30.0
"""Louder than this, the last 5 ms of a clip show that it was chopped; against its loud parts (the 95th percentile of
its power).

Words that die away end at -46 dB in the median, and never above -36 (heart) and -33 (joe), in 1,091 clips of each. Of
gmw/en 88 % end above this, at -24 dB in the median; the others die away too, or are too soft there to click."""
EASED_MS: Final = 30
"""The end of a chopped clip falls to silence over so long. A t of espeak-ng lasts 55 ms, so half of it stays; a d lasts
35, and is never loud enough to be eased."""

_WINDOW_MS: Final = 5
_LOWEST_RATE: Final = 4000
_FULL_SCALE: Final = 2**15


class BadTakeError(Exception):
    """The file holds no speech; the message says why."""


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
    """The samples from `MARGIN_MS` before the first audible one to `MARGIN_MS` after the last; empty if none is."""
    audible = np.flatnonzero(np.abs(take.samples.astype(np.int32)) >= _FULL_SCALE * gain(SILENCE_DB))
    if not len(audible):
        return np.empty(0, np.int16)
    margin = _margin(take.rate)
    start, stop = int(audible[0]) - margin, int(audible[-1]) + 1 + margin
    missing = max(-start, 0), max(stop - len(take.samples), 0)
    return np.pad(take.samples[max(start, 0) : stop], missing)


def eased(samples: NDArray[np.int16], rate: int) -> NDArray[np.int16]:
    """A trimmed clip of the same length. If its end is chopped, the last `EASED_MS` of sound fall to silence."""
    stop = len(samples) - _margin(rate)
    if not _is_chopped(samples[:stop], rate):
        return samples
    width = min(rate * EASED_MS // 1000, stop)
    gains = np.ones(len(samples))
    gains[stop - width : stop] = 0.5 + 0.5 * np.cos(np.pi * (np.arange(width) + 0.5) / width)
    gains[stop:] = 0
    return np.rint(samples * gains).astype(np.int16)


def _is_chopped(heard: NDArray[np.int16], rate: int) -> bool:
    """Whether a sound is still loud at its last audible sample."""
    window = rate * _WINDOW_MS // 1000
    count = len(heard) // window
    powers = np.mean(heard[len(heard) - count * window :].reshape(count, window).astype(np.float64) ** 2, axis=1)
    return count > 0 and bool(powers[-1] > np.percentile(powers, 95) * gain(CHOPPED_DB) ** 2)


def _margin(rate: int) -> int:
    return -(-rate * MARGIN_MS // 1000)


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
