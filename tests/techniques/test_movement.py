"""Movements: holds and changes keep their time, and the lines come round."""

from __future__ import annotations

import pytest

from player.errors import Position
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
    assert slots(Movements(("Turn right.",), 10_000, back="And back.", change=4000)) == [
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


def test_the_way_back_needs_its_time() -> None:
    with pytest.raises(ValueError, match="must have a change"):
        MoveStep(Movements(("Turn.",), 5000, back="And back."))
