from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.techniques.cue import Tone, Utterance
from player.timeline.model import BedState, Cue, Section, Stretch, Timeline
from player.timeline.steps import LEAD_MS, WORD_MS, Steps, TimelineStep

BREATH = [(4000, "in", True), (4000, "hold", False), (4000, "out", False)]
TENSION = [(10_000, "", False), (6000, "tense", False), (30_000, "release", False)]


def timeline(
    slots: list[tuple[int, str, bool]], words: dict[int, tuple[int, int]] | None = None, sections: tuple[int, ...] = ()
) -> Timeline:
    """``words``: by the start of its slot, from when to when a word sounds."""
    starts = list(accumulate((length for length, _, _ in slots), initial=0))
    stretches = tuple(Stretch(at, *slot) for at, slot in zip(starts, slots, strict=False))
    lengths = {stretch.start_ms: stretch.length_ms for stretch in stretches}
    cues = tuple(
        Cue(start, end, at, lengths[at], "word", Utterance("In."), "In.", at)
        for at, (start, end) in (words or {}).items()
    )
    beds = (BedState(0, 0, None, -20, -16),)
    marks = tuple(Section(str(at), at) for at in sections)
    return Timeline("Test", starts[-1], marks, cues, (), beds, stretches)


def starts(steps: Steps) -> list[int]:
    found = [steps.at(0)]
    while following := steps.after(found[-1].entry_ms):
        found.append(following)
    return [step.start_ms for step in found]


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ([(2000, "", False), (5000, "", False), (1000, "", False)], [0, 2000, 7000]),
        (BREATH * 3, [0, 12_000, 24_000]),
        ([(5000, "", False), *BREATH, (5000, "", False)], [0, 5000, 17_000]),
        ([(2000, "in", True), (1000, "in", False), (6000, "out", False)] * 2, [0, 9000]),
        ([*TENSION, (4000, "", False), *TENSION[1:]], [0, 46_000]),
        ([(10_000, "", False), (35_000, "release", False)] * 2, [0, 45_000]),
        ([*BREATH, *TENSION[1:]], [0, 12_000]),
        ([(0, "", False), *BREATH, (0, "", False), (3000, "", False)], [0, 12_000]),
        ([], [0]),
    ],
    ids=["slots", "breaths", "words and breath", "double breath", "tensions", "releases", "no words", "empty", "none"],
)
def test_steps_are_what_a_listener_takes_for_one(slots: list[tuple[int, str, bool]], expected: list[int]) -> None:
    assert starts(Steps(timeline(slots))) == expected


def test_playing_begins_before_the_first_word_and_never_in_the_word_before() -> None:
    words = {0: (0, 2500), 12_000: (11_900, 12_500), 24_000: (23_950, 24_100)}
    slots = [(12_000, "in", True)] * 3
    assert Steps(timeline(slots, words)).at(11_900) == TimelineStep(12_000, 11_900 - LEAD_MS)
    words[0] = (0, 11_870)
    assert Steps(timeline(slots, words)).at(11_900) == TimelineStep(12_000, 11_870)
    assert Steps(timeline(slots, words)).at(12_100) == TimelineStep(12_000, 11_870)
    assert Steps(timeline(slots)).at(12_000) == TimelineStep(12_000, 12_000 - LEAD_MS)
    assert Steps(timeline(slots)).at(0) == TimelineStep(0, 0)


def test_a_tone_that_rings_on_does_not_hold_a_step_up() -> None:
    slots = [(2000, "", False), (3000, "", False)]
    plain = timeline(slots)
    chime = Cue(0, 2500, 0, 2000, "chime", Tone("bell", 2500))
    rings = Timeline("Test", plain.total_ms, (), (chime,), (), plain.beds, plain.slots)
    assert Steps(rings).at(2000).entry_ms == 2000 - LEAD_MS


def test_a_step_begins_with_its_first_sound_and_no_two_begin_at_once() -> None:
    slots = [(4000, "", False), (4000, "in", True)]
    tone = Cue(4000, 8000, 4000, 4000, "tone", Tone("in", 4000))
    word = Cue(3850, 4300, 4000, 4000, "word", Utterance("In."), "In.", 4000)
    for cues in ((tone, word), (word, tone)):
        assert Steps(replace(timeline(slots), cues=cues)).at(4000).entry_ms == 3850 - LEAD_MS
    assert Steps(timeline([(1, "", False)] * 4)).entries == (0, 1, 2, 3)


def test_back_and_back_again_goes_one_further_each_time() -> None:
    steps = Steps(timeline(BREATH * 3))
    at, seen = 30_000, []
    for _ in range(4):
        at = steps.before(at).entry_ms
        seen.append(at)
    assert seen == [12_000 - LEAD_MS, 0, 0, 0]


def test_behind_the_last_step_there_is_none() -> None:
    steps = Steps(timeline(BREATH * 2))
    assert steps.after(12_000) is None
    assert steps.after(500) == TimelineStep(12_000, 12_000 - LEAD_MS)


def test_sections_begin_at_their_first_step() -> None:
    steps = Steps(timeline([(5000, "", False), *BREATH, *BREATH, (5000, "", False)], sections=(0, 5000, 29_000)))
    assert [each and each.start_ms for each in map(steps.section_after, (0, 6000, 20_000, 30_000))] == [
        5000,
        29_000,
        29_000,
        None,
    ]


@given(st.lists(st.integers(1, 400), min_size=1, max_size=30), st.data())
def test_the_entry_of_a_step_is_in_it(lengths: list[int], data: st.DataObject) -> None:
    steps = Steps(timeline([(length, "", False) for length in lengths]))
    at = data.draw(st.integers(0, sum(lengths)))
    for step in (steps.at(at), steps.before(at), steps.after(at)):
        assert step is None or steps.at(step.entry_ms) == step
        assert step is None or step.entry_ms <= step.start_ms
    assert len(steps) == len(lengths)


@pytest.mark.parametrize(
    ("asked_ms", "entry_ms"),
    [
        (0, 0),
        (5000, 5000),
        (12_000, 11_800),  # a step begins with the word before it
        (11_850, 11_800),
        (16_000, 15_850),  # so does a phase within a step
        (16_300, 15_850),
        (17_100, 17_100),  # the word began too long ago
        (23_999, 23_850),
        (24_000, 23_850),
        (24_600, 24_600),
    ],
)
def test_who_asks_for_a_position_hears_the_word_around_it_from_its_beginning(asked_ms: int, entry_ms: int) -> None:
    words = {12_000: (11_900, 12_500), 16_000: (15_950, 18_000), 24_000: (23_950, 24_500)}
    steps = Steps(timeline(BREATH * 3, words))
    assert steps.beginning(asked_ms).entry_ms == entry_ms
    assert steps.is_within_sound(entry_ms) is (asked_ms == 17_100)


@pytest.mark.parametrize(
    ("asked_ms", "begins"),
    [
        (500, TimelineStep(500, 0)),  # nothing is before the session
        (11_870, TimelineStep(12_000, 11_870)),  # the word before it is over
        (12_000, TimelineStep(12_000, 11_870)),
        (12_500, TimelineStep(12_500, 12_500)),  # the word is just over
        (16_950, TimelineStep(16_950, 15_850)),  # it began a second ago
        (16_951, TimelineStep(16_951, 16_951)),
        (24_000, TimelineStep(24_000, 23_900)),
    ],
)
def test_a_beginning_lies_between_the_words_to_the_millisecond(asked_ms: int, begins: TimelineStep) -> None:
    words = {0: (0, 3000), 4000: (4000, 11_870), 12_000: (11_900, 12_500), 16_000: (15_950, 18_000)}
    assert Steps(timeline(BREATH * 3, words)).beginning(asked_ms) == begins


def test_a_word_that_follows_another_at_once_begins_where_that_ends() -> None:
    words = {12_000: (11_900, 15_950), 16_000: (15_950, 18_000)}
    assert Steps(timeline(BREATH * 3, words)).beginning(16_300) == TimelineStep(16_300, 15_950)


@pytest.mark.parametrize(("ms", "within"), [(11_900, False), (11_901, True), (12_499, True), (12_500, False)])
def test_a_sound_is_cut_only_between_its_first_and_its_last_moment(ms: int, *, within: bool) -> None:
    assert Steps(timeline(BREATH * 3, {12_000: (11_900, 12_500)})).is_within_sound(ms) is within


def test_all_entries_and_those_of_sections_are_known() -> None:
    steps = Steps(timeline([(5000, "", False), *BREATH, *BREATH], sections=(0, 5000, 17_000, 29_000)))
    assert steps.entries == (0, 5000 - LEAD_MS, 17_000 - LEAD_MS)
    assert steps.section_entries == steps.entries


@given(st.integers(0, 36_000))
def test_a_beginning_is_never_later_than_what_was_asked_for_and_never_much_earlier(asked_ms: int) -> None:
    words = {0: (0, 3000), 12_000: (11_900, 12_500), 16_000: (13_000, 18_000)}
    step = Steps(timeline(BREATH * 3, words)).beginning(asked_ms)
    assert asked_ms - WORD_MS - LEAD_MS <= step.entry_ms <= asked_ms <= step.start_ms
