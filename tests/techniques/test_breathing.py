"""Breathing: phases keep their length, words and numbers their beats, and the guide steps back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.errors import Position, ScriptError
from player.script.yaml.types import FieldError
from player.techniques.breathing import Breathe, PhaseWords
from player.techniques.breaths import ListedPhase, Pattern, Ramp
from player.techniques.cue import Slot, Sounding, Speech, Utterance
from player.techniques.guidance import GuidanceStage, StageKind
from player.techniques.planning import Planner
from player.timeline.fit import settle

AT = Position("a.yaml", 1, 1)
PLANNER = Planner("en-GB", None, 105, 50)
BOX = Pattern(in_=4000, hold=4000, out=4000, rest=4000, cycles=2)


def slots(step: Breathe, planner: Planner = PLANNER) -> list[Slot]:
    found = settle(step.parts(AT, planner))
    assert all(isinstance(part, Slot) for part in found)
    return [part for part in found if isinstance(part, Slot)]


def said(slot: Slot) -> list[tuple[str, int | None]]:
    return [(cue.said.text, cue.beat_ms) for cue in slot.cues if isinstance(cue, Speech)]


def test_a_counted_phase_has_its_word_then_the_numbers_on_their_seconds() -> None:
    first = slots(Breathe(BOX))[0]
    assert first.length_ms == 4000
    assert said(first) == [("Breathe in", 0), ("two", 1000), ("three", 2000), ("four", 3000)]


def test_counting_down_ends_on_one() -> None:
    assert said(slots(Breathe(BOX, count="down"))[1]) == [("Hold", 0), ("three", 1000), ("two", 2000), ("one", 3000)]


def test_half_seconds_at_the_end_of_a_phase_are_not_counted() -> None:
    step = Breathe(Pattern(in_=5500, out=5500, cycles=1))
    assert [beat for _, beat in said(slots(step)[0])] == [0, 1000, 2000, 3000, 4000]


def test_a_phase_under_two_seconds_gets_the_word_alone() -> None:
    step = Breathe(Pattern(in_=1900, out=4000, cycles=1))
    assert said(slots(step)[0]) == [("Breathe in", 0)]


def test_the_guide_steps_back_over_the_cycles_and_the_last_lasts() -> None:
    step = Breathe(
        Pattern(in_=4000, out=6000, cycles=6),
        guide=(GuidanceStage("count", 1), GuidanceStage("words", 2), GuidanceStage("tones")),
    )
    helps = ["count" if len(s.cues) > 1 else "words" if s.ducked else "tones" for s in slots(step)[::2]]
    assert helps == ["count", "words", "words", "tones", "tones", "tones"]


def test_more_guide_than_cycles_is_cut_off() -> None:
    assert len(slots(Breathe(BOX, guide=(GuidanceStage("words", 9), GuidanceStage("silent"))))) == 8


def test_silence_is_silent_and_tones_last_their_phase() -> None:
    silent, tones = (slots(Breathe(BOX, guide=(GuidanceStage(help_),)))[2] for help_ in ("silent", "tones"))
    assert silent.cues == ()
    (cue,) = tones.cues
    assert isinstance(cue, Sounding)
    assert (cue.tone.name, cue.tone.length_ms, tones.ducked) == ("out", 4000, False)


@pytest.mark.parametrize(("wanted", "cycles"), [(304_000, 19), (311_999, 19), (312_000, 20), (1, 1)])
def test_a_time_means_the_nearest_whole_number_of_cycles(wanted: int, cycles: int) -> None:
    assert Pattern(in_=4000, hold=4000, out=4000, rest=4000, for_=wanted).count() == cycles


@pytest.mark.parametrize("options", [{}, {"cycles": 2, "for_": 5000}])
def test_cycles_are_given_in_exactly_one_way(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either cycles or for"):
        Pattern(in_=4000, out=4000, **options)


def test_every_help_but_the_last_needs_its_cycles() -> None:
    with pytest.raises(FieldError, match="but the last"):
        Breathe(BOX, guide=(GuidanceStage("count"), GuidanceStage("silent")))


@pytest.mark.parametrize("text", ["sing", "count 0", "count -1", "count 1.5", "", "count 2 3"])
def test_a_stage_is_one_of_four_words_with_a_whole_number(text: str) -> None:
    with pytest.raises(ValueError, match="must be count, words, tones or silent"):
        StageKind().parse(text)


@pytest.mark.parametrize(("session", "counting"), [(60, 75), (105, 131), (200, 250)])
def test_a_count_is_faster_than_a_sentence_is_marked_as_one_and_has_to_fit_its_second(
    session: int, counting: int
) -> None:
    """How slow one may be is a matter of who says it, see ``count_rate`` of the drivers' table."""
    counted = slots(Breathe(BOX), Planner("en", None, session, 50))[0]
    said_ = [cue.said for cue in counted.cues if isinstance(cue, Speech)]
    told = {(each.manner, each.rate, each.room_ms) for each in said_ if isinstance(each, Utterance)}
    assert told == {("count", counting, 1000 - 160)}


def test_a_word_without_counts_has_its_whole_phase() -> None:
    alone = slots(Breathe(BOX, guide=(GuidanceStage("words"),)), Planner("en", None, 105, 50))[0]
    told = {(cue.said.manner, cue.said.room_ms) for cue in alone.cues if isinstance(cue, Speech)}  # type: ignore[union-attr]
    assert told == {("count", 4000 - 160)}


def test_another_language_needs_its_own_words() -> None:
    planner = Planner("is", None, 105, 50)
    with pytest.raises(ScriptError, match="no guiding words for language 'is'"):
        slots(Breathe(BOX), planner)
    own = PhaseWords(in_="inn", hold="halda", out="út", rest="hvíld")
    assert said(slots(Breathe(BOX, words=own, count="none"), planner)[0]) == [("inn", 0)]


SIGH = Pattern(
    phases=(
        ListedPhase("in", "In", for_=3000),
        ListedPhase("in", "And a little more", for_=1000),
        ListedPhase("out", for_=6000),
    ),
    cycles=2,
)


def test_listed_phases_have_their_own_order_and_words() -> None:
    found = slots(Breathe(SIGH, guide=(GuidanceStage("words"),)))
    assert [slot.length_ms for slot in found] == [3000, 1000, 6000] * 2
    assert [said(slot) for slot in found[:3]] == [[("In", 0)], [("And a little more", 0)], [("Breathe out", 0)]]
    assert [slot.guide for slot in found[:3]] == ["in", "in", "out"]
    assert [slot.opens for slot in found] == [True, False, False] * 2


def test_a_ramp_grows_evenly_from_the_first_cycle_to_the_last() -> None:
    found = slots(Breathe(Pattern(in_=Ramp(4000, 6000), out=4000, cycles=5)))
    assert [slot.length_ms for slot in found[::2]] == [4000, 4500, 5000, 5500, 6000]
    assert [slot.length_ms for slot in slots(Breathe(Pattern(in_=Ramp(6000, 4000), out=4000, cycles=3)))[::2]] == [
        6000,
        5000,
        4000,
    ]


@settings(deadline=None)
@given(first=st.integers(500, 60_000), last=st.integers(500, 60_000), cycles=st.integers(1, 300))
def test_a_ramp_keeps_its_ends_its_direction_and_its_total(first: int, last: int, cycles: int) -> None:
    pattern = Pattern(in_=Ramp(first, last), out=1000, cycles=cycles)
    (phase, _) = pattern.order
    lengths = [phase.length_ms(cycle, cycles) for cycle in range(cycles)]
    assert lengths[0] == first
    assert cycles == 1 or lengths[-1] == last
    assert lengths == sorted(lengths, reverse=last < first)
    assert abs(sum(lengths) - cycles * (first + last) / 2) <= cycles / 2 or cycles == 1
    assert pattern.length_ms(cycles) == sum(lengths) + 1000 * cycles


def test_a_time_counts_a_ramp_by_its_mean() -> None:
    assert Pattern(in_=Ramp(3000, 5000), out=Ramp(3000, 5000), for_=80_000).count() == 10


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "must have in and out"),
        ({"in_": 4000}, "must have out"),
        ({"phases": (ListedPhase("in", for_=4000),), "hold": 4000}, "must stand alone, without hold"),
        ({"in_": 4000, "out": 4000, "at_most": 1}, "at least the cycles that there are, 2"),
    ],
)
def test_a_pattern_has_both_breaths_or_a_list(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Pattern(**options, cycles=2)


@pytest.mark.parametrize("lengths", [{}, {"for_": 1000, "from_": 500}, {"from_": 500}, {"to": 500}])
def test_a_listed_phase_has_one_length_or_two_ends(lengths: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="either for, or from and to"):
        ListedPhase("in", **lengths)  # type: ignore[arg-type]


def test_cycles_that_are_alike_share_their_slots_and_those_of_a_ramp_do_not() -> None:
    steady, ramp = slots(Breathe(BOX)), slots(Breathe(Pattern(in_=Ramp(4000, 5000), out=4000, cycles=3)))
    assert [id(slot) for slot in steady[4:]] == [id(slot) for slot in steady[:4]]
    assert [slot.length_ms for slot in ramp[::2]] == [4000, 4500, 5000]


@given(first=st.integers(500, 700), last=st.integers(500, 700), cycles=st.integers(1, 60))
def test_the_length_of_a_ramp_is_the_sum_of_its_cycles(first: int, last: int, cycles: int) -> None:
    pattern = Pattern(in_=Ramp(first, last), out=1000, cycles=cycles)
    (phase, _) = pattern.order
    assert pattern.length_ms(cycles) == 1000 * cycles + sum(phase.length_ms(cycle, cycles) for cycle in range(cycles))
