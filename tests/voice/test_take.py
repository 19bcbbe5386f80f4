"""Takes: reading and trimming."""

from __future__ import annotations

import os
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player.voice.engine import Take
from player.voice.take import BadTakeError, read_take, trimmed

if TYPE_CHECKING:
    from pathlib import Path

RATE = 22_050
MARGIN = 111  # 5 ms, rounded up


def write_wav(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    frames = samples if samples.ndim == 2 else samples[:, None]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(frames.shape[1])
        file.setsampwidth(frames.itemsize)
        file.setframerate(rate)
        file.writeframes(frames.tobytes())
    return path


def take(*samples: int) -> Take:
    return Take(RATE, np.array(samples, np.int16))


RAMP = np.arange(-1000, 1000, dtype=np.int16)


def test_a_wav_comes_back_as_it_was_written(tmp_path: Path) -> None:
    found = read_take(write_wav(tmp_path / "a.wav", RAMP, 16_000))
    assert found.rate == 16_000
    assert np.array_equal(found.samples, RAMP)
    assert found.samples.dtype == np.int16


def test_two_channels_become_their_mean(tmp_path: Path) -> None:
    found = read_take(write_wav(tmp_path / "a.wav", np.stack([RAMP, -RAMP + 4], axis=1)))
    assert np.array_equal(found.samples, np.full(2000, 2))


@pytest.mark.parametrize(
    ("kind", "subtype"), [("AIFF", "PCM_16"), ("AIFF", "FLOAT"), ("WAV", "PCM_24"), ("WAV", "PCM_U8")]
)
def test_what_other_engines_write_is_read_too(tmp_path: Path, kind: str, subtype: str) -> None:
    path = tmp_path / "speech.wav"
    soundfile.write(path, RAMP * 16, RATE, format=kind, subtype=subtype)
    found = read_take(path)
    assert found.rate == RATE
    assert np.abs(found.samples.astype(int) - RAMP * 16).max() <= 256


def test_a_missing_file_is_no_take(tmp_path: Path) -> None:
    with pytest.raises(BadTakeError, match="wrote no file"):
        read_take(tmp_path / "a.wav")


@pytest.mark.parametrize("size", [0, 3, 20, 43])
def test_a_file_without_a_whole_header_is_no_take(tmp_path: Path, size: int) -> None:
    path = write_wav(tmp_path / "a.wav", RAMP)
    os.truncate(path, size)
    with pytest.raises(BadTakeError, match="cannot be read"):
        read_take(path)


@pytest.mark.parametrize("size", [45, 1001, 4042])
def test_a_file_shorter_than_its_header_says_is_no_take(tmp_path: Path, size: int) -> None:
    path = write_wav(tmp_path / "a.wav", RAMP)
    os.truncate(path, size)
    with pytest.raises(BadTakeError, match=rf"cut short, at {(size - 44) // 2} of 2000 frames"):
        read_take(path)


def test_a_file_without_frames_is_no_take(tmp_path: Path) -> None:
    with pytest.raises(BadTakeError, match="empty"):
        read_take(write_wav(tmp_path / "a.wav", np.empty(0, np.int16)))


def test_garbage_is_no_take(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"Audio saved to a.wav" * 100)
    with pytest.raises(BadTakeError, match="cannot be read"):
        read_take(path)


def test_silence_is_cut_up_to_the_margin() -> None:
    silence = np.zeros(5000, np.int16)
    speech = np.full(300, 900, np.int16)
    left = trimmed(Take(RATE, np.concatenate([silence, speech, silence])))
    assert np.flatnonzero(left).tolist() == list(range(MARGIN, MARGIN + 300))
    assert len(left) == MARGIN + 300 + MARGIN


def test_a_margin_that_is_missing_is_made_of_silence() -> None:
    assert trimmed(take(900, 0, 900)).tolist() == [0] * MARGIN + [900, 0, 900] + [0] * MARGIN


def test_what_lies_in_the_margin_stays_as_it_was() -> None:
    quiet = [7] * 500
    left = trimmed(take(*quiet, 900, *quiet))
    assert left.tolist() == [7] * MARGIN + [900] + [7] * MARGIN


@pytest.mark.parametrize(("level", "kept"), [(33, True), (-33, True), (32, False), (-32, False)])
def test_the_border_of_silence_is_minus_60_db(level: int, kept: bool) -> None:
    samples = [level] + [0] * 1000 + [900] + [0] * 1000
    assert (level in trimmed(take(*samples)).tolist()) is kept


def test_silence_inside_is_never_cut() -> None:
    assert len(trimmed(take(900, *[0] * RATE, 900))) == RATE + 2 + 2 * MARGIN


def test_the_lowest_sample_is_loud() -> None:
    assert trimmed(take(-32_768)).tolist() == [0] * MARGIN + [-32_768] + [0] * MARGIN


def test_silence_alone_leaves_nothing() -> None:
    assert len(trimmed(take(*[5] * 1000))) == 0


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 44_100, 48_000])
def test_the_margin_is_5_ms_at_every_rate(rate: int) -> None:
    left = trimmed(Take(rate, np.array([900], np.int16)))
    assert 5 <= (len(left) - 1) / 2 / rate * 1000 < 5 + 1000 / rate
