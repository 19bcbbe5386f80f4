"""Outliving: how long, what is left out, what stays, and what cannot be outlived."""

from __future__ import annotations

import pytest

from player.errors import Position, UsageError
from player.script.session import Background, Session, Step
from player.techniques.cue import BedChange, Marker, Part
from player.timeline import outlive
from player.timeline.chapters import chapters
from player.timeline.model import Cue, Stretch
from tests.fakes_mix import sounded, spoken, timeline

AT = Position("a.yaml", 7, 3)
MINUTES = 60_000
SESSION = timeline(10_000, cues=[spoken("Rest.", 1000, 2000)], fade_out_ms=10_000)


def session(sound: str | None) -> Session:
    return Session("A", (Step(Marker("m"), AT),), background=Background(sound))


def bell(start_ms: int) -> Cue:
    return sounded(start_ms, start_ms + 1000, kind="chime")


def test_a_quiet_stretch_follows_and_all_else_stays() -> None:
    longer = outlive.outlived(SESSION, 20 * MINUTES)
    assert longer.total_ms == 10_000 + 20 * MINUTES
    assert longer.cues == SESSION.cues
    assert longer.slots == (Stretch(10_000, 20 * MINUTES),)
    assert (longer.fade_out_ms, longer.fades_evenly) == (20 * MINUTES, True)
    assert [(each.title, each.end_ms) for each in chapters(longer)] == [("All", longer.total_ms)]


def test_without_the_option_it_is_the_same() -> None:
    assert outlive.outlived(SESSION, None) is SESSION
    outlive.must_be_possible(session(None), (), None)


@pytest.mark.parametrize(
    ("cues", "kept"),
    [
        ((spoken("Rest.", 0, 900), bell(2000)), 1),
        ((spoken("Rest.", 0, 900), bell(2000), bell(4000)), 1),
        ((bell(2000), spoken("Take it away.", 4000, 5000)), 2),  # it says that something has to be done
        ((bell(0), spoken("Rest.", 2000, 3000), bell(4000)), 2),
        ((bell(0), sounded(2000, 3000)), 2),
        ((bell(0), bell(3000)), 0),
    ],
)
def test_only_closing_bells_are_left_out(cues: tuple[Cue, ...], kept: int) -> None:
    longer = outlive.outlived(timeline(10_000, cues=cues), 5000)
    assert longer.cues == cues[:kept]
    assert longer.total_ms == 15_000


def test_more_than_a_day_is_refused_with_what_is_possible() -> None:
    with pytest.raises(UsageError, match=r"last 24:40:00, more than 24 hours; at most 7:20:00 can be added"):
        outlive.outlived(timeline(1000 * MINUTES), 480 * MINUTES)


@pytest.mark.parametrize("by_ms", [0, 999, 8 * 3_600_000 + 1])
def test_a_time_out_of_range_is_refused(by_ms: int) -> None:
    with pytest.raises(UsageError, match=r"--outlive must be 1s to 8h, not "):
        outlive.must_be_possible(session("rain"), (), by_ms)


def test_the_limits_themselves_are_possible() -> None:
    for by_ms in (1000, 8 * 3_600_000):
        outlive.must_be_possible(session("rain"), (), by_ms)
    assert outlive.outlived(timeline(1000 * MINUTES), 440 * MINUTES).total_ms == 24 * 60 * MINUTES


def off(sound: str | None) -> BedChange:
    return BedChange(AT, sound)


@pytest.mark.parametrize(
    ("sound", "parts", "told"),
    [
        (None, (), "a background to go on with; choose one, such as --background rain"),
        ("none", (), "a background to go on with; choose one, such as --background rain"),
        ("rain", (off("none"),), "a background at the end, but a.yaml:7:3 turns it off; take that step out"),
        ("rain", (off("none"), off(None)), "a background at the end, but a.yaml:7:3 turns it off; take that step out"),
    ],
)
def test_without_a_background_at_the_end_the_remedy_is_reported(
    sound: str | None, parts: tuple[Part, ...], told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        outlive.must_be_possible(session(sound), parts, 5000)
    assert str(caught.value) == f"--outlive needs {told}"


@pytest.mark.parametrize(
    ("sound", "parts"),
    [("rain", ()), (None, (off("sea"),)), ("rain", (off("none"), off("sea"))), ("rain", (off(None),))],
)
def test_with_a_background_at_the_end_it_is_possible(sound: str | None, parts: tuple[Part, ...]) -> None:
    outlive.must_be_possible(session(sound), parts, 5000)
