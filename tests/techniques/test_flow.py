"""Steps in order, again, and with what stands between them."""

from __future__ import annotations

import pytest

from player.errors import Position, ScriptError
from player.script.session import Session
from player.script.yaml.types import FieldError, Step
from player.techniques import planning
from player.techniques.cue import BedChange, Marker, Slot, Sounding, Speech
from player.techniques.flow import Repeat, SectionStep, Times
from player.techniques.grounding import Notice, Prompts
from player.techniques.planning import Planner, plan
from player.techniques.sounds import CHIMES, BedFields, BedStep, ChimeStep
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
    step = Notice(Prompts("Look around.", 9000, prompts=3, lead_for=10_000, say=("One.",)))
    found = [part for part in step.parts(AT, PLANNER) if isinstance(part, Slot)]
    assert [slot.length_ms for slot in found] == [10_000, 9000, 9000, 9000]
    assert [len([c for c in slot.cues if isinstance(c, Speech)]) for slot in found] == [1, 1, 0, 0]


def test_prompts_and_lines_must_agree() -> None:
    with pytest.raises(FieldError, match="2 lines"):
        Prompts("Look.", 9000, prompts=1, say=("One.", "Two."))
    with pytest.raises(FieldError, match="must be given"):
        Prompts("Look.", 9000)
