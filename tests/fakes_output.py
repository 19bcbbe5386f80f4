"""What export tests share: programmes to export, and independent tools that read the files."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydub import AudioSegment

from player.export.formats.bitrates import Quality
from player.export.formats.table import export_sink
from player.export.tags import Tags
from player.timeline.model import Section

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TAGS = Tags(
    title="Ruhe für den Rücken",
    summary="Four equal sides, to steady the breath.",
    technique="breathing",
    language="en-GB",
    chapters=(Section("Settle", 0), Section("Atmen", 1_500), Section("Return", 2_250)),
    total_ms=3_000,
)


def chirp(frames: int, seed: int = 0) -> NDArray[np.int16]:
    """A tone that rises under a little noise: each moment of it is like no other."""
    at = np.arange(frames) / 48_000
    noise = np.random.default_rng(seed).normal(0, 300, (frames, 2))
    sound: NDArray[np.int16] = (noise + 6000 * np.sin(2 * np.pi * (200 + 40 * at) * at)[:, None]).astype(np.int16)
    return sound


def exported(
    path: Path,
    sound: NDArray[np.int16],
    tags: Tags = TAGS,
    *,
    piece: int = 96_000,
    bitrate: int | None = None,
    one_channel: bool = False,
    rate: int = 48_000,
) -> Path:
    """The sound, which has the file's rate, as a file of the format that its name ends in."""
    quality = Quality(bitrate, 1 if one_channel else 2, rate)
    with export_sink(path, path.suffix[1:], tags=tags, quality=quality) as sink:
        for at in range(0, len(sound), piece):
            sink.write(segment(sound[at : at + piece]))
    return path


def lag(one: NDArray[Any], other: NDArray[Any]) -> int:
    """By how many samples the other is late, where both are most alike; each is one channel."""
    size = 2 * len(one)
    likeness = np.fft.irfft(np.conj(np.fft.rfft(one, size)) * np.fft.rfft(other, size))
    at = int(np.argmax(likeness))
    return at if at < len(one) else at - size


def segment(sound: NDArray[np.int16]) -> AudioSegment:
    return AudioSegment(sound.tobytes(), sample_width=2, frame_rate=48_000, channels=2)


def needs(*tools: str) -> None:
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"install {tool}, an independent reader of files")


def needs_for(form: str) -> None:
    """Skip if the program that makes a format is missing."""
    if form in {"m4a", "m4b"}:
        needs("ffmpeg")


def decoded_by_ffmpeg(path: Path, channels: int = 2) -> NDArray[np.int16]:
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, np.int16).reshape(-1, channels)


def probed(path: Path) -> tuple[dict[str, str], list[tuple[str, int, int]]]:
    """Tags by lower-case names, and chapters as title, start and end in ms, as ffprobe sees them."""
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    pairs = {**found["streams"][0].get("tags", {}), **found["format"].get("tags", {})}
    chapters = [
        (each["tags"]["title"], round(float(each["start_time"]) * 1000), round(float(each["end_time"]) * 1000))
        for each in found["chapters"]
    ]
    return {name.lower(): text for name, text in pairs.items()}, chapters
