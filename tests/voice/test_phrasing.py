"""Silence inside and after a sentence: exact in all, at the commas, and nothing else of the voice touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.voice.phrasing import MOST_ADDED_MS, SHORTEST_PAUSE_MS, Phrased, phrased

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]

RATES = (16_000, 22_050, 24_000, 44_100)
FADE_MS = 5
WINDOW_MS = 5
Phrases = list[tuple[int, int]]
"""Of each phrase, how long it sounds and how long the silence after it is, in ms; that of the last is left out."""


def voice(phrases: Phrases, rate: int, breath: int = 0) -> Samples:
    """Tones with silences between them; in those, a noise of ``breath``, as a voice has it."""
    noise = np.random.default_rng(3)
    pieces = []
    for sounding_ms, silent_ms in phrases:
        times = np.arange(rate * sounding_ms // 1000) / rate
        pieces += [9000 * np.sin(2 * np.pi * 300 * times + 0.5), np.zeros(rate * silent_ms // 1000)]
    whole = np.concatenate(pieces[:-1])
    return np.asarray(whole + noise.integers(-breath, breath + 1, len(whole)), np.int16)


def text(commas: int) -> str:
    return ", ".join(["words"] * (commas + 1)) + "."


def length_ms(samples: Samples, rate: int) -> float:
    return len(samples) * 1000 / rate


def frames(ms: float, rate: int) -> int:
    return round(ms * rate / 1000)


def between(said: Phrased, rate: int) -> list[Samples]:
    """What lies outside of its pauses, a millisecond at each of their edges left out."""
    inner = [frames(edge, rate) for start, end in said.pauses for edge in (start - 1, end + 1)]
    edges = [0, *inner, len(said.samples)]
    return [said.samples[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]


SPOKEN = st.lists(st.tuples(st.integers(80, 500), st.integers(0, 400)), min_size=1, max_size=6)
STRETCH = st.floats(1, 3)


@given(SPOKEN, st.sampled_from(RATES), st.integers(0, 5), STRETCH)
def test_all_of_it_together_is_as_long_as_was_asked_for(
    spoken: Phrases, rate: int, commas: int, stretch: float
) -> None:
    samples = voice(spoken, rate)
    said = phrased(samples, rate, text(commas), stretch)
    assert length_ms(said.samples, rate) + said.after_ms == pytest.approx(
        stretch * length_ms(samples, rate), abs=stretch
    )
    assert said.after_ms >= 0
    assert said.samples.dtype == np.int16


@given(SPOKEN, st.sampled_from(RATES), st.integers(0, 5), STRETCH)
def test_pauses_lie_in_order_inside_and_are_no_more_than_commas(
    spoken: Phrases, rate: int, commas: int, stretch: float
) -> None:
    said = phrased(voice(spoken, rate), rate, text(commas), stretch)
    assert len(said.pauses) <= commas
    edges = [edge for pause in said.pauses for edge in pause]
    assert edges == sorted(set(edges))
    assert not edges or 0 < edges[0] < edges[-1] < length_ms(said.samples, rate)


@given(SPOKEN, st.sampled_from(RATES), st.integers(0, 5), STRETCH)
def test_a_pause_is_silent_from_its_start_to_its_end(spoken: Phrases, rate: int, commas: int, stretch: float) -> None:
    said = phrased(voice(spoken, rate), rate, text(commas), stretch)
    for start, end in said.pauses:
        assert not said.samples[frames(start + 1, rate) : frames(end - 1, rate)].any()
        around = said.samples[frames(start - WINDOW_MS - 1, rate) : frames(start, rate)]
        after = said.samples[frames(end, rate) : frames(end + WINDOW_MS + 1, rate)]
        assert around.any(), "it begins where the voice ends"
        assert after.any(), "and ends where the voice begins"


@given(SPOKEN, st.sampled_from(RATES), st.integers(0, 5), STRETCH)
def test_outside_of_the_pauses_no_sample_changes(spoken: Phrases, rate: int, commas: int, stretch: float) -> None:
    samples = voice(spoken, rate, breath=20)
    said = phrased(samples, rate, text(commas), stretch)
    left = samples.tobytes()
    for piece in between(said, rate):
        before, found, left = left.partition(piece.tobytes())
        assert found
        assert before == b"" or len(before) / 2 > frames(SHORTEST_PAUSE_MS - WINDOW_MS, rate), "only a pause in between"
    assert left == b""


@given(SPOKEN, st.sampled_from(RATES), st.integers(0, 5), STRETCH)
def test_no_pause_gets_more_than_sounds_well(spoken: Phrases, rate: int, commas: int, stretch: float) -> None:
    longest = max([silent for _, silent in spoken[:-1]], default=0)
    said = phrased(voice(spoken, rate), rate, text(commas), stretch)
    assert all(end - start <= longest + MOST_ADDED_MS for start, end in said.pauses)


@given(SPOKEN, st.sampled_from(RATES), st.integers(0, 5))
def test_what_is_slow_enough_stays_as_it_is(spoken: Phrases, rate: int, commas: int) -> None:
    samples = voice(spoken, rate, breath=20)
    said = phrased(samples, rate, text(commas), 1.0)
    assert np.array_equal(said.samples, samples)
    assert (said.pauses, said.after_ms) == ((), 0)


@given(SPOKEN, st.sampled_from(RATES), st.integers(0, 5))
def test_the_same_comes_out_again(spoken: Phrases, rate: int, commas: int) -> None:
    samples = voice(spoken, rate)
    first, again = (phrased(samples, rate, text(commas), 1.3) for _ in range(2))
    assert np.array_equal(first.samples, again.samples)
    assert first[1:] == again[1:]


# Which silences are pauses


@pytest.mark.parametrize("rate", RATES)
def test_the_closure_of_a_consonant_is_no_pause(rate: int) -> None:
    closures: Phrases = [(200, SHORTEST_PAUSE_MS - WINDOW_MS - 1), (200, 30), (200, 70), (300, 0)]
    samples = voice(closures, rate)
    said = phrased(samples, rate, text(3), 1.5)
    assert np.array_equal(said.samples, samples)
    assert said.pauses == ()
    assert said.after_ms == pytest.approx(length_ms(samples, rate) / 2, abs=1)


def test_the_longest_silences_are_those_of_the_commas() -> None:
    said = phrased(voice([(300, 120), (300, 200), (300, 100), (300, 150), (300, 0)], 24_000), 24_000, text(2), 1.1)
    (first, _), (second, _) = said.pauses
    assert first == pytest.approx(300 + 120 + 300, abs=WINDOW_MS)
    assert second == pytest.approx(300 + 120 + 300 + 200 + 300 + 100 + 300 + added_ms(said, 0, 200), abs=2 * WINDOW_MS)


def added_ms(said: Phrased, place: int, silent_ms: int) -> int:
    start, end = said.pauses[place]
    return end - start - silent_ms


def test_longer_pauses_get_more() -> None:
    said = phrased(voice([(400, 100), (400, 300), (400, 0)], 24_000), 24_000, text(2), 1.2)
    assert said.after_ms <= 1
    assert added_ms(said, 1, 300) == pytest.approx(3 * added_ms(said, 0, 100), abs=4 * WINDOW_MS)


def test_what_a_pause_cannot_take_comes_after_the_sentence() -> None:
    said = phrased(voice([(1000, 200), (1000, 0)], 24_000), 24_000, text(1), 1.5)
    assert added_ms(said, 0, 200) == pytest.approx(MOST_ADDED_MS, abs=WINDOW_MS)
    assert said.after_ms == 1100 - MOST_ADDED_MS


@pytest.mark.parametrize(
    ("sentence", "places"),
    [
        ("Let go", 0),
        ("Let go.", 0),
        ("Now, let go; and rest: here — now.", 4),
        ("It takes 1,000 breaths.", 0),
        ("Atmen Sie ein, und aus ...", 1),
        ("慢慢地，吸气。", 1),
        ("In - and out", 1),
        ("a well-known word", 0),
        ("Let go,", 0),
        ("Let go, ", 0),
    ],
)
def test_only_what_makes_a_speaker_pause_inside_a_sentence_counts(sentence: str, places: int) -> None:
    samples = voice([(200, 150)] * 6, 24_000)
    assert len(phrased(samples, 24_000, sentence, 1.2).pauses) == places


def test_breath_in_a_pause_fades_at_the_silence() -> None:
    rate = 24_000
    samples = voice([(400, 200), (400, 0)], rate, breath=60)
    said = phrased(samples, rate, text(1), 1.3)
    middle, added = frames(500, rate), len(said.samples) - len(samples)
    assert not said.samples[middle : middle + added].any()
    for last in (said.samples[middle - 12 : middle], said.samples[middle + added : middle + added + 12]):
        assert np.abs(last).max() <= 8, "the half millisecond beside the silence is nearly silent"
    assert np.abs(samples[frames(450, rate) : frames(550, rate)]).max() > 50


def test_a_clip_shorter_than_a_window_is_left_alone() -> None:
    samples = np.full(10, 900, np.int16)
    said = phrased(samples, 24_000, text(1), 2.0)
    assert np.array_equal(said.samples, samples)
    assert said.pauses == ()
