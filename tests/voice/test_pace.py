"""Pace: the measured rates, and which lengths are to be believed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.techniques.cue import Utterance
from player.voice.clips import speak_all
from player.voice.drivers.table import BY_NAME, DRIVERS, Driver
from player.voice.pace import LEAST_STRETCH, for_count, for_sentence, is_impossible, is_odd

if TYPE_CHECKING:
    from player.storage.store import Store
    from player.voice.pyttsx3_engine import Pyttsx3Engine

ESPEAK, HIBARI, PIPER = (BY_NAME[name] for name in ("espeak", "hibari", "piper"))
MEASURED = [driver for driver in DRIVERS if driver.measured]

SENTENCES = (
    "Let your shoulders drop a little, and let your hands rest.",
    "Breathe in slowly through your nose.",
    "Now breathe out, as if you were cooling a cup of tea.",
    "Notice where your back touches the floor, and let it become heavy.",
    "If a thought comes, let it pass, and come back to your breath.",
    "Gently tense the muscles of your right hand, and hold.",
)
GAP_S = 1.2
WORDS = sum(len(sentence.split()) for sentence in SENTENCES)


@pytest.mark.parametrize(
    ("heard", "told"), [(105, 96), (100, 90), (135, 130), (60, 84), (94, 84), (300, 435), (400, 450)]
)
def test_espeak_gets_the_measured_rate_for_what_is_heard(heard: int, told: int) -> None:
    assert for_sentence(heard, ESPEAK).rate == told


def test_espeak_gets_no_silence_it_drags_as_far_as_it_can_and_no_further() -> None:
    assert {for_sentence(heard, ESPEAK).stretch for heard in (60, 80, 94, 95, 105, 140, 300)} == {1}


@pytest.mark.parametrize("driver", [HIBARI, PIPER])
def test_a_natural_voice_gets_only_measured_rates_and_none_that_drags(driver: Driver) -> None:
    told = {for_sentence(heard, driver).rate for heard in range(60, 300)}
    assert told < {rate for rate, _ in driver.measured}
    assert driver.slowest - 0.5 <= min(told) < driver.slowest + 10
    assert for_sentence(60, driver).rate == for_sentence(105, driver).rate == min(told)


@settings(deadline=None)
@given(st.sampled_from(MEASURED), st.integers(60, 300), st.integers(60, 300))
def test_a_faster_rate_never_gives_a_slower_one(driver: Driver, one: int, other: int) -> None:
    assert one > other or for_sentence(one, driver).rate <= for_sentence(other, driver).rate


def test_inside_phrases_it_is_faster_than_as_heard() -> None:
    for heard in range(95, 300, 5):
        assert heard < ESPEAK.within(for_sentence(heard, ESPEAK).rate) < 2 * heard


@settings(deadline=None)
@given(st.sampled_from((HIBARI, PIPER)), st.integers(60, 200))
def test_the_rate_of_a_natural_voice_and_the_silence_make_the_heard_rate(driver: Driver, heard: int) -> None:
    pace = for_sentence(heard, driver)
    assert pace.stretch == 1 or pace.stretch >= LEAST_STRETCH
    assert driver.within(pace.rate) / pace.stretch == pytest.approx(heard / (1 - heard / 640), rel=0.006)


@settings(deadline=None)
@given(st.integers(95, 300))
def test_the_rate_of_espeak_makes_the_heard_rate(heard: int) -> None:
    assert ESPEAK.within(for_sentence(heard, ESPEAK).rate) == pytest.approx(heard / (1 - heard / 640), rel=0.006)


@pytest.mark.parametrize(("driver", "slowest"), [(ESPEAK, 130), (HIBARI, 150), (PIPER, 150)])
def test_a_count_is_never_slower_than_it_is_understood_and_gets_no_silence(driver: Driver, slowest: int) -> None:
    assert for_count(60, driver) == for_count(slowest, driver) == (for_sentence(slowest, driver).rate, 1)
    assert for_count(slowest + 40, driver).rate > for_count(slowest, driver).rate


def test_a_driver_that_was_not_measured_gets_the_rate_unchanged() -> None:
    assert for_sentence(105, BY_NAME["sapi5"]) == (105, 1)
    assert for_count(105, BY_NAME["nsss"]) == (130, 1)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("one", 0.59),
        ("Breathe in.", 0.88),
        ("Let your shoulders drop a little, and let your hands rest.", 5.0),
        ("Name 5 things you can see.", 2.7),
        ("It is 12:30 on 24 December 2024.", 6.5),
        ("Spüren Sie, wie Ihr Rücken den Boden berührt.", 4.0),
        ("慢慢地吸气", 2.3),
    ],
)
def test_lengths_that_espeak_takes_are_not_odd(text: str, seconds: float) -> None:
    within = ESPEAK.within(100)
    assert not is_odd(text, within, seconds)
    assert is_odd(text, within, seconds * 2.2)
    assert is_odd(text, within, seconds / 2.2)
    assert not is_impossible(text, within, seconds * 2.2)


def test_an_address_is_odd_but_possible() -> None:
    assert is_odd("www.example.com", ESPEAK.within(100), 4.21)
    assert not is_impossible("www.example.com", ESPEAK.within(100), 4.21)


@pytest.mark.parametrize("seconds", [0, 0.1, 60])
def test_a_sentence_cannot_take_no_time_or_a_minute(seconds: float) -> None:
    assert is_impossible("Let your shoulders drop.", 130, seconds)


def test_twice_the_rate_is_half_the_length() -> None:
    assert not is_odd("Let your shoulders drop a little.", 130, 2.6)
    assert not is_odd("Let your shoulders drop a little.", 260, 1.3)
    assert is_odd("Let your shoulders drop a little.", 260, 2.6)


ASKED = (
    *(("gmw/en", rate) for rate in (95, 105, 120, 150, 180, 220, 260, 300)),
    *(("gmw/en-us", rate) for rate in (95, 105, 120, 150, 180, 220, 260, 300)),
    *(("heart", rate) for rate in (90, 97, 105, 113, 120, 135, 150, 165, 180)),
    *(("piper:en_US-joe-medium", rate) for rate in (90, 105, 120, 135, 150, 165, 180)),
)


@pytest.mark.engine
@pytest.mark.parametrize(("voice", "rate"), ASKED)
def test_a_rate_is_heard_as_it_was_asked_for(whole_engine: Pyttsx3Engine, store: Store, voice: str, rate: int) -> None:
    utterances = [Utterance(text, voice=voice, rate=rate) for text in SENTENCES]
    clips = speak_all(utterances, whole_engine, store).values()
    spoken_s = sum(clip.frames / clip.rate + clip.after_ms / 1000 for clip in clips)
    heard = 60 * WORDS / (spoken_s + GAP_S * (len(SENTENCES) - 1))
    assert heard == pytest.approx(rate, rel=0.03)


@pytest.mark.engine
def test_below_84_espeak_slows_down_no_further(whole_engine: Pyttsx3Engine) -> None:
    slow = whole_engine.request(Utterance(SENTENCES[0], voice="gmw/en", rate=60))
    lengths = [len(whole_engine.speak(dataclasses.replace(slow, rate=rate)).samples) for rate in (80, 84, 90)]
    assert lengths[0] == lengths[1] > lengths[2]
