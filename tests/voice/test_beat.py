"""The beat: on signals whose beat is known, against scipy's filters, and on the words that people count with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfiltfilt

from player.techniques.cue import Utterance
from player.voice.beat import BAND_HZ, SMOOTHING_HZ, beat_ms
from player.voice.beat import _envelope as envelope
from player.voice.take import MARGIN_MS, trimmed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from player.voice.engine import SpeechRequest
    from player.voice.pyttsx3_engine import Pyttsx3Engine

    Samples = NDArray[np.int16]

RATE = 22_050


def tone(ms: float, hertz: float = 500, rise_ms: float = 0, rate: int = RATE, level: float = 8000) -> Samples:
    """A tone that rises evenly over ``rise_ms`` and then goes on."""
    t = np.arange(round(ms * rate / 1000)) / rate
    rise = np.clip(t * 1000 / rise_ms, 0, 1) if rise_ms else 1.0
    return np.asarray(level * rise * np.sin(2 * np.pi * hertz * t), np.int16)


def silence(ms: float, rate: int = RATE) -> Samples:
    return np.zeros(round(ms * rate / 1000), np.int16)


def joined(*pieces: Samples) -> Samples:
    return np.concatenate(pieces)


@pytest.mark.parametrize("rise_ms", [40, 80, 120, 200])
def test_the_beat_is_in_the_middle_of_a_rise(rise_ms: int) -> None:
    assert beat_ms(joined(tone(500, rise_ms=rise_ms), silence(100)), RATE) == pytest.approx(rise_ms / 2, abs=4)


def test_a_sudden_tone_has_its_beat_at_its_start() -> None:
    assert beat_ms(joined(silence(100), tone(300), silence(100)), RATE) == pytest.approx(100, abs=4)


@settings(deadline=None)
@given(st.integers(0, 5000))
def test_silence_in_front_shifts_the_beat_by_exactly_as_much(frames: int) -> None:
    word = joined(tone(300, rise_ms=60), silence(50))
    later = joined(np.zeros(frames, np.int16), word)
    assert beat_ms(later, RATE) == pytest.approx(beat_ms(word, RATE) + frames * 1000 / RATE, abs=0.5)


def test_silence_behind_changes_nothing() -> None:
    word = joined(tone(300, rise_ms=60), silence(50))
    assert beat_ms(joined(word, silence(700)), RATE) == pytest.approx(beat_ms(word, RATE), abs=0.01)


@pytest.mark.parametrize("level", [100, 1000, 30_000])
def test_loudness_does_not_count(level: float) -> None:
    word = joined(tone(300, rise_ms=100), silence(50))
    other = joined(tone(300, rise_ms=100, level=level), silence(50))
    assert beat_ms(other, RATE) == pytest.approx(beat_ms(word, RATE), abs=1)


@pytest.mark.parametrize("rate", [8000, 16_000, 24_000, 44_100, 48_000])
def test_every_rate_of_an_engine_gives_the_same_beat(rate: int) -> None:
    word = joined(silence(80, rate), tone(300, rise_ms=100, rate=rate), silence(50, rate))
    assert beat_ms(word, rate) == pytest.approx(130, abs=4)


def test_the_noise_of_an_s_does_not_count() -> None:
    hiss = np.random.default_rng(7).normal(0, 6000, RATE // 10)
    steep = sosfiltfilt(butter(8, 4000, "highpass", fs=RATE, output="sos"), hiss)
    word = joined(np.asarray(steep, np.int16), tone(300), silence(50))
    assert beat_ms(word, RATE) == pytest.approx(100, abs=6)


def test_the_first_of_two_words_counts() -> None:
    words = joined(tone(200, rise_ms=40, level=6000), silence(200), tone(200, rise_ms=40), silence(50))
    assert beat_ms(words, RATE) == pytest.approx(20, abs=4)


def test_a_murmur_before_the_word_does_not_count() -> None:
    word = joined(tone(150, level=1500), silence(50), tone(300), silence(50))
    assert beat_ms(word, RATE) == pytest.approx(200, abs=5)


def test_silence_has_no_beat_but_0() -> None:
    assert beat_ms(silence(100), RATE) == 0


@settings(deadline=None)
@given(st.lists(st.integers(-32_768, 32_767), min_size=1, max_size=300))
def test_the_beat_lies_within_the_clip(numbers: list[int]) -> None:
    assert 0 <= beat_ms(np.array(numbers, np.int16), RATE) <= len(numbers) * 1000 / RATE


@pytest.mark.parametrize(("rate", "tolerance"), [(8000, 1e-6), (11_025, 0.01), (22_050, 0.01), (48_000, 0.01)])
def test_the_envelope_is_that_of_scipys_zero_phase_filters(rate: int, tolerance: float) -> None:
    signal = np.pad(np.random.default_rng(3).normal(0, 3000, rate // 2), rate // 4)
    band = sosfiltfilt(butter(2, BAND_HZ, "bandpass", fs=rate, output="sos"), signal)
    expected = sosfiltfilt(butter(2, SMOOTHING_HZ, fs=rate, output="sos"), np.abs(band))
    found, step = envelope(signal, rate)
    assert rate / step >= 5000
    assert np.abs(found - expected[::step]).max() < tolerance * expected.max()


# Another program measured these with espeak-ng at 130 words a minute: ms from the first sound to the beat.
MEASURED = {
    "gmw/en": {
        "one": 119,
        "two": 66,
        "three": 114,
        "four": 124,
        "five": 124,
        "six": 113,
        "seven": 113,
        "eight": 14,
        "nine": 144,
        "ten": 67,
        "in": 21,
        "out": 23,
        "hold": 82,
        "breathe": 31,
        "relax": 63,
    },
    "gmw/en-us": {
        "one": 56,
        "two": 63,
        "three": 115,
        "four": 129,
        "five": 128,
        "six": 116,
        "seven": 113,
        "eight": 12,
        "nine": 156,
        "ten": 68,
        "in": 22,
        "out": 25,
        "hold": 73,
        "breathe": 31,
        "relax": 27,
    },
}


def at_130(engine: Pyttsx3Engine, word: str, voice: str) -> SpeechRequest:
    return replace(engine.request(Utterance(word, voice=voice)), rate=130)


@pytest.mark.engine
@pytest.mark.parametrize("voice", MEASURED)
def test_the_beats_of_spoken_words_are_those_measured_before(real_engine: Pyttsx3Engine, voice: str) -> None:
    found = {}
    for word in MEASURED[voice]:
        take = real_engine.speak(at_130(real_engine, word, voice))
        found[word] = round(beat_ms(trimmed(take), take.rate)) - MARGIN_MS
    far = {word: (ms, MEASURED[voice][word]) for word, ms in found.items() if abs(ms - MEASURED[voice][word]) > 6}
    assert not far
