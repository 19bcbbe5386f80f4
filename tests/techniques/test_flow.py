"""Steps in order, again, and with what stands between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from player.errors import Position, ScriptError
from player.script.session import Session, parse
from player.script.yaml.types import FieldError, Step
from player.techniques import TECHNIQUES, planning
from player.techniques.cue import BedChange, Marker, Recording, Slot, Sounding, Speech
from player.techniques.flow import Repeat, SectionStep, Times
from player.techniques.grounding import Notice, Prompts
from player.techniques.planning import Planner, plan
from player.techniques.sounds import CHIMES, BedFields, BedStep, ChimeStep, Play
from player.techniques.speech import PauseStep

AT = Position("a.yaml", 1, 1)
PLANNER = Planner("en-GB", None, 105, 50)


def test_repeat_gives_the_steps_again() -> None:
    step = Repeat(Times(3, (Step(PauseStep(1000), AT), Step(SectionStep("s"), AT))))
    assert list(step.parts(AT, PLANNER)) == [Slot(AT, 1000), Marker("s")] * 3


def test_a_script_that_unfolds_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "MOST_PARTS", 50)
    inner = Repeat(Times(10, (Step(PauseStep(1), AT),)))
    session = Session(title="T", steps=(Step(Repeat(Times(10, (Step(inner, AT),))), AT),))
    with pytest.raises(ScriptError, match="repeat less"):
        plan(session)


def test_a_chime_owns_the_time_in_which_it_rings() -> None:
    (slot,) = ChimeStep("end").parts(AT, PLANNER)
    assert isinstance(slot, Slot)
    (cue,) = slot.cues
    assert isinstance(cue, Sounding)
    assert slot.length_ms == cue.tone.length_ms == CHIMES["end"]


def test_a_bed_change_takes_no_time() -> None:
    assert list(BedStep(BedFields(under_voice=-30.0), over=3000).parts(AT, PLANNER)) == [
        BedChange(AT, None, -30.0, None, 3000)
    ]
    assert list(BedStep("off").parts(AT, PLANNER)) == [BedChange(AT, "none", over_ms=4000)]


def test_notice_is_a_lead_and_prompts_of_equal_length() -> None:
    step = Notice(Prompts(9000, "Look around.", prompts=3, lead_for=10_000, say=("One.",)))
    found = [part for part in step.parts(AT, PLANNER) if isinstance(part, Slot)]
    assert [slot.length_ms for slot in found] == [10_000, 9000, 9000, 9000]
    assert [len([c for c in slot.cues if isinstance(c, Speech)]) for slot in found] == [1, 1, 0, 0]


def test_prompts_and_lines_must_agree() -> None:
    with pytest.raises(FieldError, match="2 lines"):
        Prompts(9000, "Look.", prompts=1, say=("One.", "Two."))
    with pytest.raises(FieldError, match="must be given"):
        Prompts(9000, "Look.")


def test_prompts_need_no_line_that_leads_but_a_time_of_it_does() -> None:
    (slot,) = Notice(Prompts(9000, say=("One.",))).parts(AT, PLANNER)
    assert isinstance(slot, Slot)
    assert slot.length_ms == 9000
    with pytest.raises(FieldError, match="there is no lead"):
        Prompts(9000, lead_for=10_000, say=("One.",))


LINES = ("One.", "Two.", "Three.", "Four.", "Five.")


def shuffled(seed: int, at: Position = AT, prompts: int | None = None) -> list[str]:
    step = Notice(Prompts(9000, say=LINES, prompts=prompts, shuffle=True))
    slots = [part for part in step.parts(at, replace(PLANNER, seed=seed)) if isinstance(part, Slot)]
    assert {slot.length_ms for slot in slots} == {9000}
    return [cue.said.text for slot in slots for cue in slot.cues or (Speech(PLANNER.utterance("")),)]  # type: ignore[union-attr]


def test_a_seed_draws_the_order_and_every_line_is_heard() -> None:
    assert shuffled(1) == shuffled(1)
    assert {tuple(sorted(shuffled(seed))) for seed in range(20)} == {tuple(sorted(LINES))}
    assert len({tuple(shuffled(seed)) for seed in range(20)}) > 10


def test_two_places_of_a_file_have_orders_of_their_own() -> None:
    assert len({tuple(shuffled(1, Position("a.yaml", line, 3))) for line in range(20)}) > 10


def test_the_same_file_has_the_same_order_wherever_it_lies() -> None:
    assert shuffled(1, Position("a.yaml", 7, 3)) == shuffled(1, Position("/home/me/b.yaml", 7, 3))


def test_silent_prompts_stay_behind_those_with_a_line() -> None:
    assert shuffled(1, prompts=7)[5:] == ["", ""]


def test_a_plan_tells_whether_its_order_depends_on_the_seed() -> None:
    text = "title: T\nsteps:\n- notice: {each: 5s, say: [A., B., C.], shuffle: yes}\n"
    assert plan(parse(text, "a.yaml", TECHNIQUES), TECHNIQUES).is_shuffled
    assert not plan(parse(text.replace("yes", "no"), "a.yaml", TECHNIQUES), TECHNIQUES).is_shuffled


INTRO = """\
title: T
steps:
  - intro: {full: [{section: Welcome}, {pause: 30s}], short: [{pause: 5s}]}
  - pause: 60s
"""
HOLDS = """\
title: T
params:
  holds: {default: yes, choices: [yes, no]}
steps:
  - choose: $holds
    cases:
      yes: [{section: With}, {pause: 4s}]
      no: [{section: Without}, {pause: 6s}]
"""


def test_an_introduction_is_heard_in_full_or_short() -> None:
    session = parse(INTRO, "a.yaml", TECHNIQUES)
    full, short = plan(session, TECHNIQUES), plan(session, TECHNIQUES, intro="short")
    assert [part.length_ms for part in full.parts if isinstance(part, Slot)] == [30_000, 60_000]
    assert [part.length_ms for part in short.parts if isinstance(part, Slot)] == [5000, 60_000]
    assert full.parts[0] == Marker("Welcome")


def test_a_plan_tells_whether_there_is_an_introduction_of_two_versions() -> None:
    assert plan(parse(INTRO, "a.yaml", TECHNIQUES), TECHNIQUES, intro="short").has_intro
    assert not plan(parse(HOLDS, "a.yaml", TECHNIQUES), TECHNIQUES).has_intro


def test_an_introduction_of_two_versions_may_stand_in_a_case() -> None:
    text = "title: T\nsteps:\n- choose: a\n  cases: {a: [{intro: {full: [{pause: 9s}], short: [{pause: 3s}]}}]}\n"
    found = plan(parse(text, "a.yaml", TECHNIQUES), TECHNIQUES, intro="short")
    assert found.has_intro
    assert [part.length_ms for part in found.parts if isinstance(part, Slot)] == [3000]


@pytest.mark.parametrize(("holds", "title", "length_ms"), [("yes", "With", 4000), ("no", "Without", 6000)])
def test_a_value_chooses_the_case_and_yes_and_no_are_words(holds: str, title: str, length_ms: int) -> None:
    marker, slot = plan(parse(HOLDS, "a.yaml", TECHNIQUES, {"holds": holds}), TECHNIQUES).parts
    assert marker == Marker(title)
    assert isinstance(slot, Slot)
    assert slot.length_ms == length_ms


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HOLDS.replace("yes: [{s", "yeah: [{s"), "a.yaml:5:13: choose must name one of its cases, not 'yes'; "),
        (HOLDS.replace("no: [{section: Without}, {pause: 6s}]", "no: [{pause: long}]"), "a.yaml:8:20: pause must be"),
        (
            HOLDS.replace("      no: [{section: Without}, {pause: 6s}]", "      no: []"),
            "a.yaml:8:11: no must not be empty",
        ),
        (INTRO.replace(", short: [{pause: 5s}]", ""), "a.yaml:3:12: short is missing in intro"),
    ],
)
def test_every_case_is_read_also_those_that_are_not_chosen(text: str, said: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse(text, "a.yaml", TECHNIQUES)
    (problem,) = caught.value.problems
    assert f"{problem.at}: {problem.text}".startswith(said)


def test_a_case_that_is_not_there_is_told_with_those_that_are() -> None:
    text = HOLDS.replace("choose: $holds", "choose: perhaps")
    with pytest.raises(ScriptError, match=r"not 'perhaps'; there are yes, no"):
        parse(text, "a.yaml", TECHNIQUES)


def test_what_unfolds_to_too_much_is_told_once_with_what_is_wrong_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """And alone: no other step is looked at, which could be as much."""
    monkeypatch.setattr(planning, "MOST_PARTS", 50)
    many = "- repeat: {times: 40, steps: [{pause: 1s}]}\n"
    text = f"title: T\nsteps:\n- include: nosuch\n{many}{many}{many}"
    with pytest.raises(ScriptError) as caught:
        planning.plan(parse(text, "f", TECHNIQUES), TECHNIQUES)
    assert [each.at.line for each in caught.value.problems] == [3, 5]
    assert caught.value.problems[1].text == "the script unfolds to more than 50 parts; repeat less"
    assert caught.value.rest is None


def test_a_recording_has_a_slot_of_its_own_length_or_of_that_which_is_given() -> None:
    said = Speech(Recording("bell.wav", "a.yaml", "Hello."))
    assert list(Play("bell.wav", "Hello.").parts(AT, PLANNER)) == [Slot(AT, None, (said,), then_ms=1000)]
    (slot,) = Play("bell.wav", "Hello.", for_=9000).parts(AT, PLANNER)
    assert isinstance(slot, Slot)
    assert (slot.length_ms, slot.for_speech_ms) == (9000, 9000)


def test_a_line_between_breaths_may_last_as_long_as_there_is_room() -> None:
    assert Slot(AT, 4000, room_ms=7500).for_speech_ms == 7500
