from __future__ import annotations

import os
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player.export.formats.wav import WavWriter
from tests.fakes_output import TAGS, chirp, decoded_by_ffmpeg, exported, needs, probed

if TYPE_CHECKING:
    from pathlib import Path

HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("hours", "channels", "container"),
    [(6.2, 2, b"RIFF"), (6.3, 2, b"RF64"), (8, 2, b"RF64"), (8, 1, b"RIFF"), (12.5, 1, b"RF64")],
)
def test_what_wav_cannot_count_is_rf64(tmp_path: Path, hours: float, channels: int, container: bytes) -> None:
    path = tmp_path / "night.wav"
    WavWriter(path, replace(TAGS, total_ms=round(hours * HOUR_MS)), channels).finish()
    assert path.read_bytes()[:4] == container


@pytest.mark.tools
def test_rf64_has_chapters_too(tmp_path: Path) -> None:
    needs("ffmpeg", "ffprobe")
    sound = chirp(50_000)
    path = exported(tmp_path / "night.wav", sound, replace(TAGS, total_ms=8 * HOUR_MS))
    assert [title for title, _, _ in probed(path)[1]] == ["Settle", "Atmen", "Return"]
    assert np.array_equal(decoded_by_ffmpeg(path), sound)


@pytest.mark.parametrize(("hours", "one_channel"), [(8, False), (13, True)])
def test_rf64_holds_sound_and_title(tmp_path: Path, hours: int, one_channel: bool) -> None:
    sound = np.repeat(chirp(50_000)[:, :1], 2, axis=1)
    long = replace(TAGS, total_ms=hours * HOUR_MS)
    path = exported(tmp_path / "night.wav", sound, long, one_channel=one_channel)
    assert path.read_bytes()[:4] == b"RF64"
    assert struct.unpack("<Q", path.read_bytes()[20:28]) == (path.stat().st_size - 8,)
    with soundfile.SoundFile(path) as file:
        assert file.title == TAGS.title
        assert np.array_equal(file.read(dtype="int16", always_2d=True), sound[:, : file.channels])


def test_the_head_byte_by_byte(tmp_path: Path) -> None:
    path = tmp_path / "calm.wav"
    writer = WavWriter(path, replace(TAGS, summary="", technique="", title="Tief"), 1)
    writer.write(b"\1\0\2\0")
    writer.finish()
    head, _, rest = path.read_bytes().partition(b"ISFT")
    info = len(rest.partition(b"data")[0]) + 4 + len(b"INFOINAM....Tief\0\0")
    assert head[4:8] == struct.pack("<L", path.stat().st_size - 8)
    assert head[8:] == (
        b"WAVEfmt \x10\0\0\0\1\0\1\0" + struct.pack("<LLHH", 48_000, 96_000, 2, 16)
        + b"LIST" + struct.pack("<L", info) + b"INFOINAM\x05\0\0\0Tief\0\0"
    )  # fmt: skip
    assert rest.partition(b"data")[2][:8] == b"\4\0\0\0\1\0\2\0"


def test_one_channel_and_two_are_read_by_others(tmp_path: Path) -> None:
    sound = np.repeat(chirp(4_801)[:, :1], 2, axis=1)
    for one_channel in (False, True):
        read, rate = soundfile.read(
            exported(tmp_path / f"{one_channel}.wav", sound, one_channel=one_channel), dtype="int16", always_2d=True
        )
        assert rate == 48_000
        assert np.array_equal(read, sound[:, : read.shape[1]])


@pytest.mark.parametrize("hours", [0, 8])
def test_a_file_that_lost_its_end_does_not_count_as_written(tmp_path: Path, hours: int) -> None:
    path = tmp_path / "calm"
    writer = WavWriter(path, replace(TAGS, total_ms=hours * HOUR_MS))
    writer.write(chirp(96_000).tobytes())
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(OSError, match=r"only \d+ of 96000 frames arrived"):
        writer.finish()
