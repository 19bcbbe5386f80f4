"""Pace: the measured rates, and which lengths are to be believed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.techniques.cue import Utterance
from player.voice.pace import espeak_rate, espeak_within, is_impossible, is_odd
from player.voice.take import trimmed

if TYPE_CHECKING:
    from player.voice.pyttsx3_engine import Pyttsx3Engine

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
    ("heard", "told"), [(105, 96), (100, 90), (135, 130), (60, 84), (94, 84), (300, 436), (400, 450)]
)
def test_what_is_heard_is_told_as_measured(heard: int, told: int) -> None:
    assert espeak_rate(heard) == told


@settings(deadline=None)
@given(st.integers(60, 300), st.integers(60, 300))
def test_a_faster_rate_is_never_told_as_a_slower_one(one: int, other: int) -> None:
    assert one > other or espeak_rate(one) <= espeak_rate(other)


def test_inside_phrases_it_is_faster_than_as_heard() -> None:
    for heard in range(95, 300, 5):
        assert heard < espeak_within(espeak_rate(heard)) < 2 * heard


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
    within = espeak_within(100)
    assert not is_odd(text, within, seconds)
    assert is_odd(text, within, seconds * 2.2)
    assert is_odd(text, within, seconds / 2.2)
    assert not is_impossible(text, within, seconds * 2.2)


def test_an_address_is_odd_but_possible() -> None:
    assert is_odd("www.example.com", espeak_within(100), 4.21)
    assert not is_impossible("www.example.com", espeak_within(100), 4.21)


@pytest.mark.parametrize("seconds", [0, 0.1, 60])
def test_a_sentence_cannot_take_no_time_or_a_minute(seconds: float) -> None:
    assert is_impossible("Let your shoulders drop.", 130, seconds)


def test_twice_the_rate_is_half_the_length() -> None:
    assert not is_odd("Let your shoulders drop a little.", 130, 2.6)
    assert not is_odd("Let your shoulders drop a little.", 260, 1.3)
    assert is_odd("Let your shoulders drop a little.", 260, 2.6)


@pytest.mark.engine
@pytest.mark.parametrize("voice", ["gmw/en", "gmw/en-us"])
@pytest.mark.parametrize("rate", [95, 105, 120, 150, 180, 220, 260, 300])
def test_a_rate_is_heard_as_it_was_asked_for(real_engine: Pyttsx3Engine, voice: str, rate: int) -> None:
    takes = [real_engine.speak(real_engine.request(Utterance(text, voice=voice, rate=rate))) for text in SENTENCES]
    spoken_s = sum(len(trimmed(take)) / take.rate for take in takes)
    heard = 60 * WORDS / (spoken_s + GAP_S * (len(SENTENCES) - 1))
    assert heard == pytest.approx(rate, rel=0.03)


@pytest.mark.engine
def test_below_84_espeak_slows_down_no_further(real_engine: Pyttsx3Engine) -> None:
    slow = real_engine.request(Utterance(SENTENCES[0], rate=60))
    lengths = [len(real_engine.speak(dataclasses.replace(slow, rate=rate)).samples) for rate in (80, 84, 90)]
    assert lengths[0] == lengths[1] > lengths[2]
