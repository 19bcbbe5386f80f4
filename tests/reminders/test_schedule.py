"""The schedule: its moments, the next one, and the two nights on which the clock is changed."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.reminders.schedule import DAY, EVERY_DAY, WHOLE_DAY, Schedule, WeekMoment, Window, clock, weekdays, window

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3_600_000
WORKING = Schedule(2 * HOUR, Window(9 * 60, 18 * 60), frozenset(range(5)))


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


def following(schedule: Schedule, now: datetime, count: int) -> list[str]:
    """The next moments as a clock in Berlin shows them."""
    found = []
    for _ in range(count):
        now = schedule.next_after(now, BERLIN)
        found.append(f"{now.astimezone(BERLIN):%a %H:%M %z}")
    return found


def test_moments_are_counted_from_the_beginning_of_the_window() -> None:
    assert [clock(minute) for minute in WORKING.minutes] == ["9:00", "11:00", "13:00", "15:00", "17:00"]
    assert [clock(minute) for minute in Schedule(7 * HOUR).minutes] == ["0:00", "7:00", "14:00", "21:00"]
    assert Schedule(24 * HOUR, Window(780, 790)).minutes == (780,)


def test_a_window_is_half_open() -> None:
    assert [clock(each) for each in Schedule(3 * HOUR, Window(540, 1080)).minutes] == ["9:00", "12:00", "15:00"]


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_opens() -> None:
    night = Schedule(4 * HOUR, window("22:00-6:00"), frozenset({4}))
    assert night.week() == (WeekMoment(4, 22 * 60), WeekMoment(5, 2 * 60))
    assert following(night, berlin("2026-06-05T22:00"), 2) == ["Sat 02:00 +0200", "Fri 22:00 +0200"]
    assert Schedule(4 * HOUR, window("22-6"), frozenset({6})).week() == (WeekMoment(0, 120), WeekMoment(6, 1320))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-06-05T08:59:59", "Fri 09:00 +0200"),
        ("2026-06-05T09:00", "Fri 11:00 +0200"),  # strictly later, so that none is played twice
        ("2026-06-05T16:59", "Fri 17:00 +0200"),
        ("2026-06-05T17:00", "Mon 09:00 +0200"),
        ("2026-06-06T12:00", "Mon 09:00 +0200"),
    ],
)
def test_the_next_moment(now: str, then: str) -> None:
    assert following(WORKING, berlin(now), 1) == [then]


def test_a_moment_that_the_clock_leaps_over_is_left_out() -> None:
    every_half_hour = Schedule(HOUR // 2)
    assert following(every_half_hour, berlin("2026-03-29T01:00"), 3) == [
        "Sun 01:30 +0100",
        "Sun 03:00 +0200",
        "Sun 03:30 +0200",
    ]
    only_then = Schedule(24 * HOUR, window("2:30-3:00"), frozenset({6}))
    assert following(only_then, berlin("2026-03-28T12:00"), 1) == ["Sun 02:30 +0200"]
    assert only_then.next_after(berlin("2026-03-28T12:00"), BERLIN) == berlin("2026-04-05T02:30")


def test_a_moment_that_the_clock_shows_twice_comes_once() -> None:
    every_half_hour = Schedule(HOUR // 2)
    assert following(every_half_hour, berlin("2026-10-25T02:00"), 2) == ["Sun 02:30 +0200", "Sun 03:00 +0100"]
    assert following(every_half_hour, berlin("2026-10-25T02:10", fold=1), 1) == ["Sun 03:00 +0100"]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of this computer can be set on POSIX only")
def test_without_a_zone_the_computers_own_clock_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        with monkeypatch.context() as patch:
            patch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
            time.tzset()
            for now in ("2026-03-28T23:10", "2026-03-29T01:45", "2026-06-05T12:00", "2026-10-25T02:45"):
                schedule = Schedule(HOUR // 2)
                assert schedule.next_after(berlin(now)) == schedule.next_after(berlin(now), BERLIN)
    finally:
        time.tzset()


@settings(deadline=None, max_examples=60)
@given(
    minutes=st.integers(1, DAY),
    opens=st.integers(0, DAY - 1),
    length=st.integers(1, DAY),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    ahead=st.integers(0, 366 * DAY),
)
def test_the_next_moment_is_one_of_the_week_and_none_lies_before_it(
    minutes: int, opens: int, length: int, days: frozenset[int], ahead: int
) -> None:
    schedule = Schedule(minutes * 60_000, Window(opens, opens + length), days)
    now = datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(minutes=ahead)
    then = schedule.next_after(now, timezone.utc)
    week = schedule.week()
    assert len(set(week)) == len(days) * len(schedule.minutes)
    assert WeekMoment(then.weekday(), then.hour * 60 + then.minute) in week
    between = (now + timedelta(minutes=each) for each in range(1, int((then - now).total_seconds()) // 60))
    assert not any(WeekMoment(each.weekday(), each.hour * 60 + each.minute) in week for each in between)


@pytest.mark.parametrize(("now", "is_due"), [("10:59:59", False), ("11:00", True), ("11:02", True), ("11:03", False)])
def test_a_moment_is_due_until_it_is_too_late(now: str, is_due: bool) -> None:
    assert WORKING.is_due(berlin(f"2026-06-05T{now}"), timedelta(minutes=3), BERLIN) == is_due


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("9:00-18:00", (540, 1080)),
        ("9-18", (540, 1080)),
        (" 09:30 - 24:00 ", (570, 1440)),
        ("0:00-24:00", WHOLE_DAY),
        ("22:00-6:00", (1320, 1800)),
        ("22:00-0:00", (1320, 1440)),
    ],
)
def test_windows(text: str, meant: tuple[int, int]) -> None:
    assert window(text) == meant


@pytest.mark.parametrize("text", ["", "9", "9:00", "9:00-", "24:00-6:00", "9:60-10:00", "9:00-25:00", "9-1-2", "-9:00"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be two times of day such as 9:00-18:00"):
        window(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("sat,sun", {5, 6}),
        ("Fri - Mon", {4, 5, 6, 0}),
        ("wednesday", {2}),
        ("tu,th", {1, 3}),
        ("mon-sun", EVERY_DAY),
        ("mon-wed,wed,fri", {0, 1, 2, 4}),
    ],
)
def test_days(text: str, meant: set[int]) -> None:
    assert weekdays(text) == meant


@pytest.mark.parametrize("text", ["9:00-9:00", "9-9:00"])
def test_a_window_of_no_length_is_told_as_that(text: str) -> None:
    with pytest.raises(ValueError, match=f"must be two different times, .* not '{text}'; for all day, leave it out"):
        window(text)


@pytest.mark.parametrize("text", ["", "t", "someday", "mon-", "mon,,tue", "montag", "1-5"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be days such as mon-fri"):
        weekdays(text)


@pytest.mark.parametrize("every_ms", [0, 1000, 59_000, 90_000, 24 * HOUR + 60_000])
def test_an_interval_is_whole_minutes_up_to_a_day(every_ms: int) -> None:
    with pytest.raises(ValueError, match="whole minutes from 1m to 24h"):
        Schedule(every_ms)
