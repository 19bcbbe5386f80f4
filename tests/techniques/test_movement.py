"""Movements: leads, holds and changes keep their time, and the lines come round or become fewer."""

from __future__ import annotations

import pytest

from player import pipeline
from player.errors import Position, ScriptError
from player.script import library
from player.script.session import parse
from player.techniques import TECHNIQUES
from player.techniques.cue import Slot, Speech
from player.techniques.movement import Movements, MoveStep
from player.techniques.planning import Planner

AT = Position("a.yaml", 1, 1)
PLANNER = Planner("en-GB", None, 105, 50)


def slots(fields: Movements) -> list[tuple[int | None, str]]:
    found = [part for part in MoveStep(fields).parts(AT, PLANNER) if isinstance(part, Slot)]
    assert not any(slot.guide for slot in found)  # a hold of the body is not a hold of the breath
    return [(slot.length_ms, " ".join(c.said.text for c in slot.cues if isinstance(c, Speech))) for slot in found]


def test_each_time_has_its_hold_and_its_change() -> None:
    assert slots(Movements(("Turn right.",), 10_000, back=("And back.",), change=4000)) == [
        (10_000, "Turn right."),
        (4000, "And back."),
    ]


def test_the_lines_come_round_again() -> None:
    found = slots(Movements(("Right.", "Left."), 5000, times=5))
    assert found == [(5000, "Right."), (5000, "Left."), (5000, "Right."), (5000, "Left."), (5000, "Right.")]


def test_without_times_every_line_comes_once_and_a_change_may_be_silent() -> None:
    assert slots(Movements(("One.", "Two."), 5000, change=3000)) == [
        (5000, "One."),
        (3000, ""),
        (5000, "Two."),
        (3000, ""),
    ]


def test_with_a_lead_the_line_is_over_before_the_whole_hold_begins() -> None:
    assert slots(Movements(("Turn right.",), 10_000, lead=8000, back=("And back.",), change=5000)) == [
        (8000, "Turn right."),
        (10_000, ""),
        (5000, "And back."),
    ]


def test_held_is_said_in_the_first_holds_and_further_holds_are_silent() -> None:
    found = slots(Movements(("Right.", "Left."), 9000, times=3, lead=6000, held=("Stay. Breathe.",)))
    assert found == [
        (6000, "Right."),
        (9000, "Stay. Breathe."),
        (6000, "Left."),
        (9000, ""),
        (6000, "Right."),
        (9000, ""),
    ]


def test_later_times_say_less_in_a_lead_of_their_own() -> None:
    fields = Movements(
        ("Turn right.", "And to the left."), 5000, times=5, lead=9000, later=("Right.", "Left."), later_lead=4000
    )
    assert slots(fields)[::2] == [
        (9000, "Turn right."),
        (9000, "And to the left."),
        (4000, "Right."),
        (4000, "Left."),
        (4000, "Right."),
    ]


def test_later_lines_keep_the_first_lead_where_they_have_none() -> None:
    assert slots(Movements(("Turn.",), 5000, lead=9000, later=("Again.",))) == [
        (9000, "Turn."),
        (5000, ""),
        (9000, "Again."),
        (5000, ""),
    ]


def test_later_lines_need_no_lead() -> None:
    assert slots(Movements(("Turn.",), 5000, times=3, later=("Again.",))) == [
        (5000, "Turn."),
        (5000, "Again."),
        (5000, "Again."),
    ]


def test_several_ways_back_are_said_in_turn() -> None:
    found = slots(Movements(("Turn.",), 5000, times=3, back=("And slowly back.", "Back."), change=4000))
    assert [text for _, text in found[1::2]] == ["And slowly back.", "Back.", "And slowly back."]


def test_the_way_back_needs_its_time() -> None:
    with pytest.raises(ValueError, match="must have a change"):
        MoveStep(Movements(("Turn.",), 5000, back=("And back.",)))


@pytest.mark.parametrize(
    ("options", "place", "text"),
    [
        ("held: Stay.", "8:11", "held must have a lead beside it"),
        ("later_lead: 4s", "8:17", "later_lead must have a lead and later beside it"),
        ("later_lead: 4s\n    lead: 8s", "8:17", "later_lead must have a lead and later beside it"),
        ("lead: 0s", "8:11", "lead must be"),
        ("lead: 5s\n    held: []", "9:11", "held must"),
    ],
)
def test_a_mistake_is_told_where_it_stands(options: str, place: str, text: str) -> None:
    script = f"title: T\nsteps:\n- pause: 1s\n- pause: 1s\n- move:\n    say: Turn.\n    hold: 5s\n    {options}\n"
    with pytest.raises(ScriptError) as caught:
        parse(script, "a.yaml", TECHNIQUES)
    (problem,) = caught.value.problems
    assert f"{problem.at.line}:{problem.at.column}" == place
    assert problem.text.startswith(text)


def test_no_hold_of_a_bundled_session_is_spent_on_listening() -> None:
    names = [name for name in library.session_names() if "- move:" in library.find(name).text]
    found = [
        step.fields for name in names for step in pipeline.as_requested(pipeline.SessionRequest(name)).session.steps
    ]
    moves = [fields.move for fields in found if isinstance(fields, MoveStep)]
    assert len(moves) > 5
    assert all(move.lead for move in moves)
