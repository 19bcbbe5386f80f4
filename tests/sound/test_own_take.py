"""A person's own take: trimmed in any room, levelled by itself, its beat where it is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from player.errors import MediaError
from player.sound import own_take
from player.sound.conform import speech
from player.sound.loudness import integrated_lufs
from player.sound.own_take import LEAD_MS, MOST_GAIN_DB, TAIL_MS, missing_db, open_take
from player.sound.stem import momentary_lufs
from player.storage.store import Store
from player.techniques.cue import Utterance
from tests.fakes_sound import BLOCKS, RATE, sine

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from player.voice.clips import Clip

SAID = Utterance("Let your shoulders drop.")
MARGINS_MS = LEAD_MS + TAIL_MS


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def hum(seconds: float, peak: float = 0.3) -> NDArray[np.float32]:
    """A tone that is as even as a vowel."""
    return sine(300, seconds, peak=peak)


def still(seconds: float) -> NDArray[np.float32]:
    return np.zeros(round(seconds * RATE), np.float32)


def room(samples: NDArray[np.float32], below_db: float, seed: int = 1) -> NDArray[np.float32]:
    """The same with a room's noise, so far under a hum of peak 0.3."""
    level = 0.3 / np.sqrt(2) * 10 ** (-below_db / 20)
    return samples + np.random.default_rng(seed).normal(0, level, len(samples)).astype(np.float32)


def click() -> NDArray[np.float32]:
    """What a key or a button adds: 8 ms, louder than the voice."""
    return sine(2000, 0.008, peak=0.8)


def trimmed(samples: NDArray[np.float32], block: int = 4096) -> NDArray[np.float32]:
    return own_take.trimmed(lambda: (samples[at : at + block] for at in range(0, len(samples), block)))


def length_ms(samples: NDArray[np.float32]) -> float:
    return len(samples) * 1000 / RATE


def opened(path: Path, samples: NDArray[np.float32], store: Store, rate: int = RATE) -> Clip:
    soundfile.write(path, samples, rate)
    return open_take(path, SAID, store)


def heard(clip: Clip) -> NDArray[np.float64]:
    """As it comes out of the mixdown, both sides."""
    assert clip.level_db is not None
    segment = speech(clip.samples(), clip.rate, clip.level_db)
    return np.frombuffer(segment.raw_data, "<i2").reshape(-1, 2) / 32_768


# Trimming


@pytest.mark.parametrize("below_db", [90, 60, 40, 30, 20])
@pytest.mark.parametrize(("before", "after"), [(0.4, 0.6), (5.0, 0.2), (0.1, 20.0)])
def test_silence_goes_in_a_quiet_room_and_in_a_noisy_one(below_db: float, before: float, after: float) -> None:
    said = trimmed(room(np.concatenate((still(before), hum(1.0), still(after))), below_db))
    assert length_ms(said) == pytest.approx(1000 + MARGINS_MS, abs=20)


def test_a_take_that_was_cut_by_hand_keeps_all_of_itself() -> None:
    said = trimmed(hum(0.7))
    np.testing.assert_allclose(said, hum(0.7), atol=1e-6)


def test_soft_beginnings_are_kept() -> None:
    """The weakest consonant is 28 dB under the vowel after it."""
    consonant = np.random.default_rng(2).normal(0, 0.3 / np.sqrt(2) * 10 ** (-28 / 20), RATE // 10)
    take = np.concatenate((still(1), consonant.astype(np.float32), hum(0.4), still(1)))
    assert length_ms(trimmed(room(take, 50))) == pytest.approx(500 + MARGINS_MS, abs=20)


def test_pauses_inside_stay_however_long_they_are() -> None:
    take = np.concatenate((still(1), hum(0.5), still(2.5), hum(0.5), still(1)))
    assert length_ms(trimmed(room(take, 45))) == pytest.approx(3500 + MARGINS_MS, abs=20)


def test_the_clicks_of_a_button_are_no_speech() -> None:
    take = np.concatenate((still(0.1), click(), still(0.8), hum(0.6), still(0.7), click(), still(0.05)))
    assert length_ms(trimmed(room(take, 45))) == pytest.approx(600 + MARGINS_MS, abs=20)


def test_a_burst_that_ends_a_word_is_speech() -> None:
    """A t is released up to 0.15 s after its vowel, for 20 ms."""
    take = np.concatenate((still(1), hum(0.4), still(0.15), sine(4000, 0.02, peak=0.1), still(1)))
    assert length_ms(trimmed(room(take, 50))) == pytest.approx(570 + MARGINS_MS, abs=20)


def test_the_margins_are_faded_so_that_the_rooms_noise_does_not_click() -> None:
    said = trimmed(room(np.concatenate((still(1), hum(0.5), still(1))), 25))
    step, usual = np.abs(said[[0, -1]]), 0.3 / np.sqrt(2) * 10 ** (-25 / 20)
    assert (step < usual / 100).all()
    early, late = (float(np.sqrt(np.mean(part**2))) for part in np.split(said[: LEAD_MS * RATE // 1000 // 2], 2))
    assert early < late < usual


@given(data=st.binary(min_size=0, max_size=3000), scale=st.sampled_from([0.0, 1e-4, 0.01, 1.0]))
def test_whatever_it_is_given_it_gives_a_part_of_it_without_its_offset(data: bytes, scale: float) -> None:
    samples = (np.frombuffer(data, np.int8) * (scale / 128)).astype(np.float32)
    said = trimmed(samples)
    assert len(said) <= len(samples)
    assert np.abs(said).max(initial=0) <= 1.001 * np.abs(samples - samples.mean() if len(samples) else 0).max(initial=0)


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS)
def test_it_does_not_matter_in_which_blocks_a_take_comes(block: int) -> None:
    take = room(np.concatenate((still(0.2), hum(0.3), still(0.107), hum(0.1), still(0.1))), 40)
    np.testing.assert_array_equal(trimmed(take, block), trimmed(take, len(take)))


# Levelling


@pytest.mark.parametrize("peak", [0.006, 0.02, 0.3, 1.0])
@pytest.mark.parametrize(("form", "rate", "sides"), [("wav", 44_100, 1), ("flac", 16_000, 2), ("ogg", RATE, 2)])
def test_every_take_is_as_loud_as_speech(
    tmp_path: Path, store: Store, peak: float, form: str, rate: int, sides: int
) -> None:
    take = np.concatenate((np.zeros(rate), sine(300, 2.0, rate, peak), np.zeros(rate)))
    clip = opened(tmp_path / f"a.{form}", np.stack((take,) * sides, axis=1), store, rate)
    assert integrated_lufs(heard(clip)[RATE // 10 : RATE], RATE) == pytest.approx(-18, abs=0.2)
    assert missing_db(clip) == 0


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1.5])
def test_a_take_of_a_count_is_as_loud_as_counts_are(tmp_path: Path, store: Store, seconds: float) -> None:
    soundfile.write(tmp_path / "two.wav", np.concatenate((still(0.3), hum(seconds, 0.05), still(0.3))), RATE)
    count, sentence = (
        open_take(tmp_path / "two.wav", utterance, store)
        for utterance in (Utterance("two", manner="count"), Utterance("Two."))
    )
    assert momentary_lufs(heard(count)[:, 0], RATE) == pytest.approx(-17, abs=0.1)
    assert count.entry == sentence.entry
    assert count.level_db != sentence.level_db


def test_an_mp3_is_a_take_too(tmp_path: Path, store: Store) -> None:
    clip = opened(tmp_path / "a.mp3", np.concatenate((still(0.5), hum(1.0), still(0.5))), store)
    assert clip.length_ms == pytest.approx(1000 + MARGINS_MS, abs=40)
    assert integrated_lufs(heard(clip), RATE) == pytest.approx(-18, abs=0.5)


def test_long_silences_do_not_make_it_louder(tmp_path: Path, store: Store) -> None:
    """All of it together would read 5 LU less than what is said."""
    clip = opened(tmp_path / "a.wav", np.concatenate((hum(1.0), still(6), hum(1.0))), store)
    assert integrated_lufs(heard(clip)[:RATE], RATE) == pytest.approx(-18, abs=1)


def test_a_take_from_far_away_is_not_raised_without_end(tmp_path: Path, store: Store) -> None:
    clip = opened(tmp_path / "a.wav", hum(2.0, peak=0.0015), store)
    level = integrated_lufs(heard(clip), RATE)
    assert level is not None
    assert missing_db(clip) == pytest.approx(-18 - level, abs=0.2)
    assert missing_db(clip) > 5
    assert integrated_lufs(np.stack((hum(2.0, peak=0.0015),) * 2, axis=1), RATE) == pytest.approx(
        level - MOST_GAIN_DB, abs=0.2
    )


def test_peaks_stay_under_the_ceiling(tmp_path: Path, store: Store) -> None:
    take = hum(2.0, peak=0.02)
    take[:: RATE // 5] = 0.9
    assert np.abs(heard(opened(tmp_path / "a.wav", take, store))).max() <= 10 ** (-1.5 / 20)


def test_the_offset_of_a_cheap_sound_card_is_no_sound(tmp_path: Path, store: Store) -> None:
    clip = opened(tmp_path / "a.wav", np.concatenate((still(1), hum(0.5, 0.05), still(1))) + np.float32(0.2), store)
    assert clip.length_ms == pytest.approx(500 + MARGINS_MS, abs=20)
    assert abs(heard(clip).mean()) < 0.001


# The clip


def test_a_clip_of_a_take_is_its_own_and_has_its_beat(tmp_path: Path, store: Store) -> None:
    clip = opened(tmp_path / "a.wav", room(np.concatenate((still(1.3), hum(0.5), still(0.2))), 50), store)
    assert (clip.utterance, clip.rate, clip.after_ms, clip.pauses, clip.is_own) == (SAID, RATE, 0, (), True)
    assert clip.frames == len(clip.samples())
    assert clip.beat_ms == pytest.approx(LEAD_MS + 5, abs=8)


def test_a_file_is_read_once_whatever_it_is_called(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(tmp_path / "a.wav", hum(1.0), store)
    (tmp_path / "a.wav").rename(tmp_path / "002-b.wav")
    monkeypatch.setattr(own_take, "decode", None)
    again = open_take(tmp_path / "002-b.wav", Utterance("Other words"), store)
    assert again.entry == first.entry
    assert again.utterance.text == "Other words"


def test_a_take_that_was_spoken_again_is_another(tmp_path: Path, store: Store) -> None:
    first = opened(tmp_path / "a.wav", hum(1.0), store)
    assert opened(tmp_path / "a.wav", hum(2.0), store).length_ms == first.length_ms + 1000


# What is no take


@pytest.mark.parametrize("samples", [still(2), hum(2.0, peak=3e-5)], ids=["silent", "nearly silent"])
def test_silence_is_no_take(tmp_path: Path, store: Store, samples: NDArray[np.float32]) -> None:
    with pytest.raises(MediaError, match=r"a\.wav: nothing can be heard in it; speak it again, or remove it"):
        opened(tmp_path / "a.wav", samples, store)


def test_an_empty_file_is_no_take(tmp_path: Path, store: Store) -> None:
    with pytest.raises(MediaError, match=r"a\.wav: it is a sound file without sound"):
        opened(tmp_path / "a.wav", still(0), store)


@pytest.mark.parametrize("content", [b"", b"no sound at all", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_cannot_be_read_is_reported_with_its_name(tmp_path: Path, store: Store, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(MediaError, match=r"a\.wav: "):
        open_take(tmp_path / "a.wav", SAID, store)
    with pytest.raises(MediaError, match="there is no such sound file"):
        open_take(tmp_path / "b.wav", SAID, store)


def test_a_take_may_be_only_so_long_and_so_large(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_take, "LONGEST_S", 60)
    with pytest.raises(MediaError, match=r"a\.flac: a take may last 1 minutes, and it lasts longer; cut it"):
        opened(tmp_path / "a.flac", hum(60.1), store)
    monkeypatch.setattr(own_take, "LARGEST", 2_000_000)
    with pytest.raises(MediaError, match=r"b\.wav: a take may have 2 MB, and it has 5; cut it"):
        opened(tmp_path / "b.wav", hum(55), store)
    assert not any(path.is_file() for path in store.root.rglob("*"))
