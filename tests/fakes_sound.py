"""Signals that sound tests share, and an independent judge of loudness."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
import soundfile

from audio.synthesis.generate import samples

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 48_000
BLOCKS = (1, 64, 65, 4096, 8193)


class Judged(NamedTuple):
    """What ffmpeg's meter says: integrated loudness, range, true peak, and the loudest momentary value."""

    lufs: float
    lra: float
    dbtp: float
    momentary: float


def judged(path: Path) -> Judged:
    if shutil.which("ffmpeg") is None:
        pytest.skip("install ffmpeg, which measures loudness independently")
    command = ["ffmpeg", "-nostats", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    course, _, summary = said.rpartition("Summary:")
    found = {name: float(value) for name, value in re.findall(r"\b(I|LRA|Peak):\s+(\S+)", summary)}
    loudest = max(map(float, re.findall(r" M:\s*(-?[\d.]+)", course)))
    return Judged(found["I"], found["LRA"], found["Peak"], loudest)


def noise(
    seconds: float, channels: int = 2, rate: int = RATE, level: float = 0.1, seed: int = 1
) -> NDArray[np.float32]:
    """White noise, shape ``(frames, channels)``; ``level`` is its RMS."""
    return np.random.default_rng(seed).normal(0, level, (round(seconds * rate), channels)).astype(np.float32)


@lru_cache(maxsize=2)
def made(name: str) -> NDArray[np.float64]:
    """A bundled bed as the code makes it; making one takes seconds."""
    return samples(name).astype(np.float64)


def sine(hz: float, seconds: float, rate: int = RATE, peak: float = 0.1) -> NDArray[np.float32]:
    """One channel, shape ``(frames,)``."""
    wave: NDArray[np.float64] = peak * np.sin(2 * np.pi * hz / rate * np.arange(round(seconds * rate)))
    return wave.astype(np.float32)


def both(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    doubled: NDArray[np.float32] = np.repeat(samples[:, None], 2, axis=1)
    return doubled


def written(path: Path, samples: NDArray[np.float32], rate: int = RATE, subtype: str | None = "FLOAT") -> Path:
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def level_db(samples: NDArray[np.floating]) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64))))
