"""A body scan: the same time for every region, and none for those that are left out."""

from __future__ import annotations

from player.errors import Position
from player.techniques.cue import Marker, Slot, Speech
from player.techniques.planning import Planner
from player.techniques.scan import BodyRegion, Scan

AT = Position("a.yaml", 1, 1)
STEP = Scan((BodyRegion("your feet", "feet"), BodyRegion("your low back", "low-back", "Now the low back.")))


def slots(*skip: str, step: Scan = STEP) -> list[Slot]:
    planner = Planner("en-GB", None, 105, 50, skip=frozenset(skip))
    return [part for part in step.parts(AT, planner) if isinstance(part, Slot)]


def texts(found: list[Slot]) -> list[str]:
    return [cue.said.text for slot in found for cue in slot.cues if isinstance(cue, Speech)]


def test_every_region_has_a_line_and_its_silence() -> None:
    assert [slot.length_ms for slot in slots()] == [12_000, 38_000] * 2
    assert texts(slots()) == ["Notice your feet.", "Now the low back."]


def test_every_region_is_a_chapter() -> None:
    marks = [part for part in STEP.parts(AT, Planner("en-GB", None, 105, 50)) if isinstance(part, Marker)]
    assert marks == [Marker("your feet", level=2), Marker("your low back", level=2)]


def test_a_region_can_be_left_out_and_its_time_with_it() -> None:
    assert texts(slots("low-back")) == ["Notice your feet."]
    assert len(slots("low-back")) == 2


def test_a_second_line_is_said_half_way_into_the_quiet_and_takes_no_time_of_its_own() -> None:
    step = Scan((BodyRegion("your feet", "feet", then="And the toes."), *STEP.scan), silence=30_001)
    assert [slot.length_ms for slot in slots(step=step)][:3] == [12_000, 15_000, 15_001]
    assert texts(slots(step=step)[1:3]) == ["And the toes."]
    assert sum(slot.length_ms or 0 for slot in slots(step=step)) == 3 * (12_000 + 30_001)
