"""What to practise now, by a diary and a clock of the test's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from player.history.suggestions import Suggestion, suggestions
from player.pipeline.day_times import SUITING, DayTime
from tests.fakes_diary import make_bookmark, make_entry

if TYPE_CHECKING:
    from player.history.entries import Bookmark, HistoryEntry

HERE = timezone(timedelta(hours=2))


def at(clock: str, day: int = 5) -> datetime:
    return datetime.fromisoformat(f"2026-06-{day:02}T{clock}").replace(tzinfo=HERE)


def stopped(session: str, clock: str, day: int = 5, turn: str = "") -> Bookmark:
    return replace(make_bookmark(session, noted=at(clock, day).astimezone(timezone.utc)), turn=turn)


def heard(session: str, clock: str, day: int = 5, programme: str = "", number: int = 0) -> HistoryEntry:
    entry = make_entry(
        f"{session} {day} {clock}", session, at(clock, day).astimezone(timezone.utc), programme=programme
    )
    return replace(entry, asked={"session": session, **({"number": number} if number else {})})


def names(found: tuple[Suggestion, ...]) -> list[str]:
    return [each.session for each in found]


@pytest.mark.parametrize(
    ("clock", "part"), [("08:00", DayTime.MORNING), ("14:00", DayTime.DAY), ("23:30", DayTime.BEDTIME)]
)
def test_who_did_nothing_yet_is_offered_what_suits_the_clock(clock: str, part: DayTime) -> None:
    found = suggestions((), (), at(clock), "en")
    assert names(found) == list(SUITING[part])
    assert {each.day_time for each in found} == {part}


def test_what_was_heard_today_comes_last() -> None:
    first, second, *others = SUITING[DayTime.DAY]
    today, yesterday = heard(first, "11:00"), heard(second, "11:00", 4)
    assert names(suggestions((), (yesterday, today), at("14:00"), "en")) == [second, *others, first]


@pytest.mark.parametrize(
    ("noted", "day", "now", "goes_on"),
    [
        ("09:00", 5, "14:00", True),
        ("23:00", 4, "08:00", True),
        ("18:00", 4, "23:59", True),
        ("17:59", 4, "08:00", False),
        ("09:00", 4, "02:00", True),
        ("09:00", 1, "14:00", False),
    ],
)
def test_what_was_stopped_today_or_last_night_goes_on(noted: str, day: int, now: str, goes_on: bool) -> None:
    bookmark = stopped("box-breathing", noted, day)
    first = suggestions((bookmark,), (), at(now), "en")[0]
    assert (first.bookmark == bookmark) is goes_on
    assert (first.session == "box-breathing") is goes_on


def test_it_is_offered_once_and_the_newest_first() -> None:
    bookmarks = (stopped("micro-break", "13:00"), stopped("pmr-7", "12:00"))
    found = suggestions(bookmarks, (), at("14:00"), "en")
    assert names(found) == list(SUITING[DayTime.DAY])
    assert found[0] == Suggestion("micro-break", bookmarks[0])


def test_a_session_to_fall_asleep_by_goes_on_at_night_only() -> None:
    bookmarks = (stopped("sleep-wind-down", "22:40", 4), stopped("pmr-7", "21:00", 4))
    assert suggestions(bookmarks, (), at("03:00"), "en")[0].session == "sleep-wind-down"
    assert suggestions(bookmarks, (), at("08:00"), "en")[0].session == "pmr-7"
    evening = stopped("evening", "22:40", 4, turn="sleep-wind-down")
    assert suggestions((evening,), (), at("08:00"), "en")[0].bookmark is None


def test_a_script_that_is_gone_does_not_go_on() -> None:
    assert suggestions((stopped("/nowhere/mine.yaml", "13:00"),), (), at("14:00"), "en")[0].bookmark is None


def test_a_programme_goes_on_with_its_next_part_on_another_day() -> None:
    """The second part of ``first-week`` has its third and its fourth session."""
    entry = heard("one-minute-sigh", "19:00", 4, "first-week", number=2)
    first, *others = suggestions((), (entry,), at("08:00"), "en")
    assert (first.session, first.part and first.part.number, first.heard) == ("first-week", 2, entry)
    assert names(tuple(others)) == list(SUITING[DayTime.MORNING])
    today = replace(entry, began=at("07:00"))
    assert names(suggestions((), (today,), at("08:00"), "en")) == [*SUITING[DayTime.MORNING], "first-week"]


def test_a_programme_that_was_stopped_in_a_part_goes_on_there_for_two_weeks() -> None:
    entry = heard("safety-first", "19:00", 2, "first-week", number=1)
    bookmark = stopped("first-week", "19:03", 2, turn="one-minute-sigh")
    assert suggestions((bookmark,), (entry,), at("08:00"), "en")[0] == Suggestion("first-week", bookmark, heard=entry)
    assert suggestions((bookmark,), (entry,), at("08:00", 20), "en")[0].day_time is DayTime.MORNING


@pytest.mark.parametrize(
    ("programme", "number", "clock"),
    [
        ("first-week", 12, "08:00"),
        ("first-week", 0, "08:00"),
        ("gone", 1, "08:00"),
        ("two-weeks-of-sleep", 1, "08:00"),
    ],
)
def test_a_programme_that_is_over_unknown_or_for_the_evening_does_not_go_on(
    programme: str, number: int, clock: str
) -> None:
    entry = heard("safety-first", "19:00", 4, programme, number)
    assert programme not in names(suggestions((), (entry,), at(clock), "en"))


def test_a_programme_for_the_evening_goes_on_in_the_evening() -> None:
    entry = heard("sleep-wind-down", "22:00", 4, "two-weeks-of-sleep", number=1)
    first = suggestions((), (entry,), at("20:00"), "en")[0]
    assert (first.session, first.part and first.part.number) == ("two-weeks-of-sleep", 2)
