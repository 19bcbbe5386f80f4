"""How loud speech is: each voice by the stem of its sentences, each counted word by itself; measured once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.sound import conform, stem
from player.sound.loudness import integrated_lufs, loudest_lufs, true_peak_dbtp
from player.storage.store import Store
from player.techniques.cue import Utterance
from player.units import RATE as SESSION_RATE
from tests.fakes_sound import judged, written

if TYPE_CHECKING:
    from pydub import AudioSegment

    from player.voice.clips import Clip

RATE = 22_050


@dataclass(frozen=True)
class Hum:
    """A clip that hums at a level; 0 dB is full scale, ``reads`` counts how often it was read.

    ``click`` is the height of a millisecond in its middle, against the hum's: a peak that is not loud.
    """

    level_db: float
    seconds: float = 3.0
    rate: int = RATE
    voice: str = "fake one"
    manner: Literal["sentence", "count"] = "sentence"
    click: float = 0.0
    reads: list[int] = field(default_factory=list, compare=False)

    @property
    def name(self) -> str:
        return f"{self.voice} {self.level_db} dB {self.seconds} s {self.click}"

    @property
    def utterance(self) -> Utterance:
        return Utterance(self.name, manner=self.manner)

    @property
    def entry(self) -> SimpleNamespace:
        return SimpleNamespace(path=Path(self.name))

    def samples(self) -> np.ndarray:
        self.reads.append(1)
        wave = np.sin(2 * np.pi * 997 * np.arange(int(self.seconds * RATE)) / RATE)
        wave[len(wave) // 2 :][:21] += self.click * np.hanning(21)
        return np.asarray(wave * 32_767 * 10 ** (self.level_db / 20), np.int16)


def gains_db(hums: list[Hum], store: Store) -> list[float]:
    gains = stem.gains_db(cast("list[Clip]", hums), store)
    return [gains[hum.utterance] for hum in hums]


def count(level_db: float, seconds: float = 0.5, click: float = 0.0, voice: str = "fake one") -> Hum:
    return Hum(level_db, seconds, voice=voice, manner="count", click=click)


def heard(hum: Hum, gain_db: float) -> np.ndarray:
    """As it leaves for the mixdown: floats, shape (frames, 2), with silence around it."""
    made: AudioSegment = conform.speech(hum.samples(), hum.rate, gain_db)
    sound = np.frombuffer(made.raw_data, "<i2").reshape(-1, 2) / 32_768
    return np.pad(sound, ((SESSION_RATE // 2, SESSION_RATE // 2), (0, 0)))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


# Sentences


def test_a_tone_of_known_loudness_is_brought_to_the_target(store: Store) -> None:
    # BS.1770: 997 Hz at 0 dBFS in one channel reads -3.01 LUFS; in both of them 0.00.
    assert gains_db([Hum(-20.0)], store) == [pytest.approx(-18.0 + 20.0, abs=0.1)]


def test_a_voice_keeps_its_own_balance(store: Store) -> None:
    firm, soft = gains_db([Hum(-20.0), Hum(-26.0)], store)
    assert firm == soft


def test_clips_count_as_long_as_they_are_heard(store: Store) -> None:
    often, once = gains_db([Hum(-10.0)] + [Hum(-13.0)] * 9, store)[0], gains_db([Hum(-10.0), Hum(-13.0)], store)[0]
    assert once < often < gains_db([Hum(-13.0)], store)[0]


def test_a_long_stem_is_measured_in_stretches_like_a_short_one(store: Store) -> None:
    assert gains_db([Hum(-20.0)] * 50, store)[0] == pytest.approx(gains_db([Hum(-20.0)], store)[0], abs=0.05)


def test_two_voices_in_one_session_are_equally_loud(store: Store) -> None:
    loud = [Hum(-9.0), Hum(-15.0, seconds=2.0)]
    soft = [Hum(-25.0, voice="fake two"), Hum(-31.0, seconds=2.0, voice="fake two")]
    gains = gains_db([loud[0], soft[0], loud[1], soft[1]], store)
    for hums, its_gains in ((loud, gains[::2]), (soft, gains[1::2])):
        levelled = [
            hum.samples()[:, None] / 32_768 * 10 ** (gain / 20) for hum, gain in zip(hums, its_gains, strict=True)
        ]
        lufs = integrated_lufs(np.repeat(np.concatenate(levelled), 2, axis=1), RATE)
        assert lufs == pytest.approx(stem.TARGET_LUFS, abs=0.01)


def test_a_voice_is_as_loud_as_if_it_were_alone(store: Store) -> None:
    alone = gains_db([Hum(-20.0), Hum(-24.0)], store)
    beside = gains_db([Hum(-20.0), Hum(-5.0, voice="fake two"), Hum(-24.0), count(-3.0)], store)
    assert [beside[0], beside[2]] == alone


def test_silence_and_the_shortest_word_do_no_harm(store: Store) -> None:
    assert gains_db([Hum(-200.0)], store) == [pytest.approx(0.0)]
    assert abs(gains_db([Hum(-18.0, seconds=0.2)], store)[0]) < 6


def test_no_speech_needs_no_gain(store: Store) -> None:
    assert gains_db([], store) == []


# Counted words


def test_a_word_among_sentences_has_a_gain_of_its_own(store: Store) -> None:
    sentence, word = gains_db([Hum(-20.0), count(-30.0)], store)
    assert sentence == pytest.approx(2.0, abs=0.1)
    assert word == pytest.approx(stem.COUNT_LUFS + 30.0, abs=0.1)


def test_what_is_a_word_and_a_sentence_in_one_session_has_both_levels(store: Store) -> None:
    sentence, word = gains_db([Hum(-20.0), Hum(-20.0, manner="count")], store)
    assert word - sentence == pytest.approx(stem.COUNT_LUFS - stem.TARGET_LUFS, abs=0.1)


def test_how_often_a_word_is_heard_changes_nothing(store: Store) -> None:
    words = [count(-12.0), count(-19.0, 0.3)]
    assert gains_db([words[0], *[words[1]] * 9], store)[:2] == gains_db(words, store)


@given(
    levels=st.lists(st.tuples(st.floats(-50, -12), st.floats(0.15, 1.5), st.floats(0, 3)), min_size=1, max_size=5),
)
def test_counts_are_even_as_they_are_heard_and_the_limiter_leaves_them(
    levels: list[tuple[float, float, float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    words = [count(*level) for level in levels]
    sounds = list(map(heard, words, gains_db(words, Store(tmp_path_factory.mktemp("store")))))
    loudness = [loudest_lufs(sound, SESSION_RATE) for sound in sounds]
    assert max(loudness) - min(loudness) < 0.5
    assert stem.COUNT_LUFS - stem.MOST_LOWERED_LU - 0.5 < min(loudness) <= stem.COUNT_LUFS + 0.1
    assert max(true_peak_dbtp(sound, SESSION_RATE) for sound in sounds) < stem.COUNT_PEAK_DBTP + 0.1


def test_a_word_with_high_peaks_lowers_the_counts_of_its_voice_alone(store: Store) -> None:
    words = [count(-20.0), count(-20.0, click=7.5), count(-20.0, voice="fake two")]
    plain, peaky, other = gains_db(words, store)
    assert other == pytest.approx(stem.COUNT_LUFS + 20.0, abs=0.1)
    assert other - stem.MOST_LOWERED_LU < peaky < other - 0.3
    assert plain == pytest.approx(peaky, abs=0.3)
    assert true_peak_dbtp(heard(words[1], peaky), SESSION_RATE) == pytest.approx(stem.COUNT_PEAK_DBTP, abs=0.2)


def test_a_click_never_lowers_counts_by_more_than_can_be_heard_as_softer(store: Store) -> None:
    plain, _ = gains_db([count(-40.0), count(-40.0, click=9.0)], store)
    assert plain == pytest.approx(stem.COUNT_LUFS - stem.MOST_LOWERED_LU + 40.0, abs=0.1)


def test_a_silent_word_does_no_harm(store: Store) -> None:
    silent, word = gains_db([count(-200.0), count(-20.0)], store)
    assert silent == 0.0
    assert word == pytest.approx(stem.COUNT_LUFS + 20.0, abs=0.1)


@pytest.mark.tools
@pytest.mark.parametrize("seconds", [0.2, 0.4, 0.8])
def test_another_meter_shows_the_level_of_a_word(tmp_path: Path, store: Store, seconds: float) -> None:
    word = count(-12.0, seconds)
    (gain_db,) = gains_db([word], store)
    path = written(tmp_path / "word.wav", heard(word, gain_db).astype(np.float32))
    assert judged(path).momentary == pytest.approx(stem.COUNT_LUFS, abs=0.2)


# Stored


def test_the_measurement_is_stored(store: Store) -> None:
    first, second = [Hum(-20.0), count(-9.0)], [Hum(-20.0), count(-9.0)]
    assert gains_db(first, store) == gains_db(second, store)
    assert all(hum.reads for hum in first)
    assert not any(hum.reads for hum in second)


def test_one_sentence_more_is_the_only_one_that_is_measured(store: Store) -> None:
    known, new = [Hum(-20), Hum(-23)], Hum(-26)
    gains_db(known, store)
    for clip in known:
        clip.reads.clear()
    gains_db([*known, new, known[0]], store)
    assert [len(clip.reads) for clip in (*known, new)] == [0, 0, 1]


def test_another_word_leaves_the_sentences_measured(store: Store) -> None:
    gains_db([Hum(-20.0), count(-9.0)], store)
    sentence = Hum(-20.0)
    gains_db([sentence, count(-9.0), count(-10.0)], store)
    assert not sentence.reads
