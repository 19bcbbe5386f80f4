"""Coach lines: over which breath each is said, and what else is heard in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import Position, ScriptError
from player.script.session import parse
from player.script.yaml.types import FieldError
from player.techniques import TECHNIQUES, guidance
from player.techniques.breathing import Breathe
from player.techniques.breaths import Pattern
from player.techniques.coach import CoachLine, by_cycle
from player.techniques.cue import Elastic, Slot, Sounding, Speech
from player.techniques.guidance import GuidanceStage, Help
from player.techniques.planning import Planner
from player.timeline.fit import settle

AT = Position("a.yaml", 1, 1)
PLANNER = Planner("en-US", None, 105, 50)
HALF, LAST = CoachLine(("Halfway.",), after="half"), CoachLine(("Two more.",), before_end=2)
TWELFTH = CoachLine(("Small breaths.", "Soft jaw."), every=12)
STILL = CoachLine(("Still here.",), after=4)


def slots(step: Breathe) -> list[Slot]:
    return [part for part in settle(step.parts(AT, PLANNER)) if isinstance(part, Slot)]


@pytest.mark.parametrize(
    ("line", "cycles", "said"),
    [
        (CoachLine(("Fine.",), after=6), 7, {6: "Fine."}),
        (CoachLine(("Fine.",), after=6), 6, {}),
        (HALF, 19, {9: "Halfway."}),
        (HALF, 20, {10: "Halfway."}),
        (HALF, 1, {}),
        (LAST, 19, {17: "Two more."}),
        (LAST, 2, {}),
        (LAST, 1, {}),
        (TWELFTH, 12, {}),
        (TWELFTH, 40, {12: "Small breaths.", 24: "Soft jaw.", 36: "Small breaths."}),
    ],
)
def test_a_line_is_said_over_the_cycle_that_follows(line: CoachLine, cycles: int, said: dict[int, str]) -> None:
    assert by_cycle([line], cycles) == said


def test_of_two_lines_for_one_cycle_the_first_in_the_list_is_said() -> None:
    assert by_cycle([HALF, CoachLine(("Still here.",), every=5)], 20) == {
        5: "Still here.",
        10: "Halfway.",
        15: "Still here.",
    }


@given(st.integers(1, 300))
def test_nothing_is_said_over_the_first_breath_or_after_the_last(cycles: int) -> None:
    assert all(0 < cycle < cycles for cycle in by_cycle([HALF, LAST, TWELFTH], cycles))


def test_a_line_says_when_in_one_way_and_only_what_comes_again_has_several_texts() -> None:
    with pytest.raises(ValueError, match="one of after, before_end and every"):
        CoachLine(("A.",))
    with pytest.raises(ValueError, match="one of after, before_end and every"):
        CoachLine(("A.",), after=2, every=3)
    with pytest.raises(FieldError, match="several in turn need every"):
        CoachLine(("A.", "B."), after=2)
    with pytest.raises(ValueError, match="several texts"):
        CoachLine(("A.",), after=2, shuffle=True)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{after: halv, say: A.}", "5:18: after must be a whole number, 1 to 1000, or half, not 'halv'"),
        ("{after: 0, say: A.}", "5:18: after must be 1 to 1000, not 0"),
        ("[{after: 2, say: [A., B.]}]", "5:27: say must be one text"),
        ("[]", "5:10: coach must not be empty"),
        ("{after: 2, say: Small breaths, always.}", "5:41: unknown key 'always.' in coach; put a text with a comma in"),
    ],
)
def test_a_mistake_in_a_line_is_told_at_its_place(written: str, problem: str) -> None:
    text = f"title: T\nsteps:\n- pause: 1s\n- breathe: {{in: 4s, out: 4s, cycles: 9}}\n  coach: {written}\n"
    with pytest.raises(ScriptError) as caught:
        parse(text, "a.yaml", TECHNIQUES)
    assert problem in str(caught.value.problems[0])


def test_one_line_needs_no_list() -> None:
    text = "title: T\nsteps:\n- breathe: {in: 4s, out: 4s, cycles: 9}\n  coach: {after: half, say: Halfway.}\n"
    said = [cue.said.text for slot in written(text) for cue in slot.cues if isinstance(cue, Speech)]
    assert [each for each in said if each.endswith(".")] == ["Halfway."]


def written(text: str) -> list[Slot]:
    """The slots of a script that is one step of breathing."""
    (step,) = parse(text, "a.yaml", TECHNIQUES).steps
    assert isinstance(step.fields, Breathe)
    return slots(step.fields)


@pytest.mark.parametrize("help_", ["count", "words", "tones"])
def test_under_a_line_the_beat_goes_on_in_softer_tones_and_the_bed_stays_down(help_: Help) -> None:
    pattern = Pattern(in_=4000, hold=3000, out=6000, cycles=4)
    plain = slots(Breathe(pattern, guide=(GuidanceStage(help_),)))
    coached = slots(
        Breathe(pattern, guide=(GuidanceStage(help_),), coach=CoachLine(("Halfway. Go on.",), after="half"))
    )
    assert [(slot.length_ms, slot.guide, slot.opens) for slot in coached] == [
        (slot.length_ms, slot.guide, slot.opens) for slot in plain
    ]
    assert coached[:6] + coached[9:] == plain[:6] + plain[9:]
    tones = [cue.tone for slot in coached[6:9] for cue in slot.cues if isinstance(cue, Sounding)]
    assert [(tone.name, tone.length_ms) for tone in tones] == [("in", 4000), ("hold", 3000), ("out", 6000)]
    assert all(tone.level_db < -8 for tone in tones)
    assert [slot.ducked for slot in coached[6:9]] == [True] * 3
    line = [cue for cue in coached[6].cues if isinstance(cue, Speech)]
    assert [(cue.kind, cue.beat_ms, cue.gap_ms) for cue in line] == [("speech", None, 250), ("speech", None, 1200)]


def test_a_line_over_silent_breaths_has_no_tones_beside_it() -> None:
    found = slots(Breathe(Pattern(in_=4000, out=4000, cycles=4), guide=(GuidanceStage("silent"),), coach=HALF))
    assert [len(slot.cues) for slot in found] == [0, 0, 0, 0, 1, 0, 0, 0]


def test_a_line_has_its_whole_breath_but_half_a_second_also_where_breaths_grow() -> None:
    breathe = "breathe: {in: 4s, out: {from: 4s, to: 8s}, cycles: 5}"
    found = written(f"title: T\nsteps:\n- {breathe}\n  coach: {{before_end: 1, say: A.}}\n")
    assert [slot.room_ms for slot in found if slot.room_ms] == [4000 + 8000 - 500]


def test_lines_change_no_length_whatever_the_cycles() -> None:
    (part,) = Breathe(Pattern(in_=4000, out=6000, cycles=30), coach=(HALF, LAST, TWELFTH)).parts(AT, PLANNER)
    assert isinstance(part, Elastic)
    for cycles in range(1, 80):
        assert sum(slot.length_ms or 0 for slot in part.slots(cycles)) == 10_000 * cycles


def test_lines_in_turn_come_in_the_order_that_the_seed_draws() -> None:
    lines = CoachLine(("A.", "B.", "C.", "D."), every=2, shuffle=True)
    step = Breathe(Pattern(in_=4000, out=4000, cycles=9), guide=(GuidanceStage("tones"),), coach=lines)
    orders = {tuple(line.said.text for line in _lines(step, seed)) for seed in range(20)}
    assert {tuple(sorted(order)) for order in orders} == {("A.", "B.", "C.", "D.")}
    assert len(orders) > 5


def _lines(step: Breathe, seed: int) -> list[Speech]:
    (part,) = step.parts(AT, replace(PLANNER, seed=seed))
    assert isinstance(part, Elastic)
    return [cue for slot in part.slots(9) for cue in slot.cues if isinstance(cue, Speech)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), {"Only tones now.", "Still here."}),
        (guidance.stages("count 2, tones"), {"Only tones now.", "Still here."}),
        (guidance.stages("count"), {"Still here."}),
        (guidance.stages("tones"), {"Still here."}),
        (guidance.stages("count 3, tones"), {"Still here."}),
    ],
)
def test_a_line_about_the_guidance_is_said_with_the_scripts_own_alone(
    asked: tuple[GuidanceStage, ...], said: set[str]
) -> None:
    announces = CoachLine(("Only tones now.",), after=2, about="guide")
    guide = (GuidanceStage("count", 2), GuidanceStage("tones"))
    step = Breathe(Pattern(in_=4000, out=4000, cycles=6), guide=guide, coach=(announces, TWELFTH, STILL))
    parts = settle(step.parts(AT, Planner("en-US", None, 105, 50, guide=asked)))
    heard = [part for part in parts if isinstance(part, Slot)]
    lines = {cue.said.text for slot in heard for cue in slot.cues if isinstance(cue, Speech) and cue.kind == "speech"}
    assert lines == said
    assert [slot.length_ms for slot in heard] == [4000] * 12
