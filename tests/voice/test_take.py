"""Takes: reading and trimming."""

from __future__ import annotations

import os
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from player.voice.engine import Take
from player.voice.take import CHOPPED_DB, EASED_MS, MARGIN_MS, BadTakeError, eased, read_take, trimmed

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


# Ends


def ending(release_ms: float, end_db: float, rate: int = RATE, length_ms: int = 400) -> np.ndarray:
    """A trimmed hum that falls to so many dB over its release, and stops there."""
    frames, release = rate * length_ms // 1000, max(1, round(rate * release_ms / 1000))
    gains = np.ones(frames)
    gains[-release:] = 10 ** (np.linspace(0, end_db, release) / 20)
    return trimmed(Take(rate, np.rint(9000 * np.sin(1000 * np.arange(1, frames + 1) / rate) * gains).astype(np.int16)))


@pytest.mark.parametrize("rate", [8000, 22_050, 24_000, 48_000])
def test_a_chopped_end_falls_to_silence(rate: int) -> None:
    chopped = ending(0, 0, rate)
    soft = eased(chopped, rate)
    margin, width = -(-rate * MARGIN_MS // 1000), rate * EASED_MS // 1000
    assert len(soft) == len(chopped)
    assert soft.dtype == np.int16
    np.testing.assert_array_equal(soft[: -margin - width], chopped[: -margin - width])
    assert not soft[-margin:].any()
    last_ms, middle = soft[-margin - rate // 1000 : -margin], soft[-margin - width // 2 - rate // 200 :][: rate // 100]
    assert np.abs(last_ms).max() < 9000 * 0.01
    assert np.abs(middle).max() == pytest.approx(9000 * 0.63, rel=0.1)


@pytest.mark.parametrize("end_db", [-5.0, -12.0, -20.0])
def test_an_end_that_falls_a_little_and_is_then_chopped_is_eased(end_db: float) -> None:
    assert not np.array_equal(eased(ending(60, end_db), RATE), ending(60, end_db))


@given(release_ms=st.floats(20, 300), end_db=st.floats(-60, CHOPPED_DB - 3))
def test_a_word_that_dies_away_stays_as_it_is(release_ms: float, end_db: float) -> None:
    natural = ending(release_ms, end_db - 20)
    np.testing.assert_array_equal(eased(natural, RATE), natural)


@given(samples=st.lists(st.integers(-32_768, 32_767), max_size=400), rate=st.sampled_from([4000, 8000, 22_050]))
def test_whatever_a_clip_holds_it_keeps_its_length_and_grows_nowhere(samples: list[int], rate: int) -> None:
    clip = trimmed(Take(rate, np.array(samples, np.int16)))
    soft = eased(clip, rate)
    assert len(soft) == len(clip)
    assert (np.abs(soft.astype(int)) <= np.abs(clip.astype(int))).all()
