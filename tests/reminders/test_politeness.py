"""When a reminder waits and for how long; then whole days, with lock, quiet and microphone as switches."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.reminders.loop import NoKeyboard, ReminderLoop
from player.reminders.politeness import (
    AWAY_AFTER_S,
    ReminderDecision,
    Signs,
    WaitReason,
    decide,
    reason_to_wait,
    together,
)
from player.reminders.schedule import Schedule, Window

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from player.errors import PlayerError

DUE = datetime(2026, 6, 5, 9, 0, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
LOCKED, QUIET, HEARS = Signs(is_locked=True), Signs(wants_quiet=True), Signs(hears=True)


@pytest.mark.parametrize(
    ("signs", "reason", "now"),
    [
        (Signs(), None, ""),
        (LOCKED, WaitReason.LOCKED, "the screen is locked"),
        (QUIET, WaitReason.QUIET, "Do Not Disturb is on"),
        (Signs(presents=True), WaitReason.PRESENTS, "the whole screen is in use"),
        (HEARS, WaitReason.HEARS, "a microphone is in use"),
        (Signs(sees=True), WaitReason.SEES, "a camera is in use"),
        (Signs(idle_s=AWAY_AFTER_S), WaitReason.AWAY, "nobody is at the computer"),
        (Signs(idle_s=AWAY_AFTER_S - 1), None, ""),
        (Signs(is_locked=True, idle_s=9999, hears=True), WaitReason.LOCKED, "the screen is locked"),
    ],
)
def test_each_sign_is_a_reason(signs: Signs, reason: WaitReason | None, now: str) -> None:
    assert reason_to_wait(signs) is reason
    assert reason is None or reason.now == now
    assert reason is None or reason.then == now.replace(" is ", " was ")


@pytest.mark.parametrize(
    ("every", "after", "free", "held_up"),
    [
        (2 * HOUR, timedelta(), ReminderDecision.RING, ReminderDecision.WAIT),
        (2 * HOUR, HOUR, ReminderDecision.RING, ReminderDecision.WAIT),
        (2 * HOUR, HOUR + timedelta(seconds=1), ReminderDecision.LEAVE_OUT, ReminderDecision.LEAVE_OUT),
        (HOUR / 2, timedelta(minutes=15), ReminderDecision.RING, ReminderDecision.WAIT),
        (HOUR / 2, timedelta(minutes=16), ReminderDecision.LEAVE_OUT, ReminderDecision.LEAVE_OUT),
        (24 * HOUR, timedelta(minutes=61), ReminderDecision.LEAVE_OUT, ReminderDecision.LEAVE_OUT),
        (2 * HOUR, -HOUR, ReminderDecision.RING, ReminderDecision.WAIT),
    ],
)
def test_it_is_timely_for_half_the_interval_and_an_hour_at_most(
    every: timedelta, after: timedelta, free: ReminderDecision, held_up: ReminderDecision
) -> None:
    assert decide(None, DUE, DUE + after, every) is free
    assert decide(WaitReason.LOCKED, DUE, DUE + after, every) is held_up


@given(st.lists(st.builds(Signs, st.booleans(), st.floats(0, 1e6), *[st.booleans()] * 4), max_size=5))
def test_signs_together_are_a_reason_if_one_of_them_is(found: list[Signs]) -> None:
    reasons = {reason_to_wait(each) for each in found} - {None}
    assert (reason_to_wait(together(found)) in reasons) if reasons else reason_to_wait(together(found)) is None


@dataclass
class Day:
    """A day in a time zone, a switch that says what disturbs from when on, and what happened.

    ``switched`` are wall times with their signs; one with an offset, such as ``02:30+01:00``, is told apart from its
    twin. ``sleeps`` are times at which the computer sleeps, and for how long.
    """

    date: str
    opens: str
    until: str
    switched: dict[str, Signs] = field(default_factory=dict)
    sleeps: dict[str, timedelta] = field(default_factory=dict)
    every: timedelta = 2 * HOUR
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Berlin"))
    log: list[str] = field(default_factory=list)
    told: set[tuple[datetime, WaitReason]] = field(default_factory=set)

    def at(self, clock: str) -> datetime:
        found = datetime.fromisoformat(f"{self.date}T{clock}")
        return (found if found.tzinfo else found.replace(tzinfo=self.zone)).astimezone(timezone.utc)

    def run(self) -> list[str]:
        self.clock, every_ms = self.at(self.opens), int(self.every.total_seconds() * 1000)
        loop = ReminderLoop(
            Schedule(every_ms, Window(0, 24 * 60)),
            self,
            lambda: self.note("play"),
            self.bell,
            NoKeyboard(),
            lambda: self.clock,
            self.sleep,
            self.zone,
            self.signs,
        )
        with pytest.raises(InterruptedError):
            loop.run()
        return self.log

    def note(self, what: str) -> None:
        self.log.append(f"{self.clock.astimezone(self.zone):%H:%M} {what}")

    def sleep(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)
        for at in [each for each in self.sleeps if self.at(each) <= self.clock]:
            self.clock += self.sleeps.pop(at)
        if self.clock >= self.at(self.until):
            raise InterruptedError

    def signs(self) -> Signs:
        before = [signs for at, signs in self.switched.items() if self.at(at) <= self.clock]
        return before[-1] if before else Signs()

    def bell(self) -> AbstractContextManager[Day]:
        return nullcontext(self)

    def check(self) -> None:
        pass

    def waiting(self, due: datetime, now: datetime) -> None:
        assert now < due

    def ringing(self) -> None:
        self.note("rings")

    def begins(self, due: datetime) -> None:
        pass

    def held_up(self, due: datetime, reason: WaitReason) -> None:
        if (due, reason) not in self.told:
            self.told.add((due, reason))
            self.note(f"waits: {reason.now}")

    def left_out(self, due: datetime, reason: WaitReason) -> None:
        self.note(f"left out: {reason.then}")

    def missed(self, due: datetime) -> None:
        self.note("missed")

    def failed(self, due: datetime, error: PlayerError) -> None:
        raise error


def test_it_waits_for_what_is_in_the_way_and_rings_when_that_is_over() -> None:
    switched = {"09:55": LOCKED, "10:20": HEARS, "10:40": Signs()}
    assert Day("2026-06-05", "09:30", "13:00", switched).run() == [
        "10:00 waits: the screen is locked",
        "10:20 waits: a microphone is in use",
        "10:40 rings",
        "10:40 play",
        "12:00 rings",
        "12:00 play",
    ]


def test_what_is_no_longer_timely_is_left_out_and_the_next_moment_rings() -> None:
    switched = {"09:55": QUIET, "11:30": Signs()}
    assert Day("2026-06-05", "09:30", "13:00", switched).run() == [
        "10:00 waits: Do Not Disturb is on",
        "11:00 left out: Do Not Disturb was on",
        "12:00 rings",
        "12:00 play",
    ]


def test_what_is_over_before_the_moment_is_no_reason() -> None:
    assert Day("2026-06-05", "09:30", "10:10", {"09:31": LOCKED, "09:59": Signs()}).run() == [
        "10:00 rings",
        "10:00 play",
    ]


def test_a_computer_that_falls_asleep_while_it_waits_rings_only_if_it_wakes_in_time() -> None:
    switched = {"09:55": LOCKED, "10:10": Signs()}
    told = ["10:00 waits: the screen is locked"]
    for hours, then in ((0.5, ["10:35 rings", "10:35 play"]), (1.5, ["11:35 left out: the screen was locked"])):
        day = Day("2026-06-05", "09:30", "11:50", switched, {"10:05": hours * HOUR})
        assert day.run() == told + then


def test_without_looking_it_insists() -> None:
    day = Day("2026-06-05", "09:30", "10:30", {"09:55": LOCKED})
    assert replace(day, switched={}).run() == ["10:00 rings", "10:00 play"]


@pytest.mark.parametrize("disturbed", [LOCKED, QUIET, HEARS])
def test_in_spring_an_hour_that_is_missing_shortens_no_wait(disturbed: Signs) -> None:
    """At 2:00 clocks show 3:00, so the moment of 2:00 does not exist, and 4:00 comes an hour after 1:59."""
    assert reason_to_wait(disturbed)
    switched = {"01:10": disturbed, "03:30": Signs(), "03:55": disturbed, "05:30": Signs()}
    day = Day("2026-03-29", "00:30", "06:30", switched)
    reason = reason_to_wait(disturbed)
    assert reason
    assert day.run() == [
        f"04:00 waits: {reason.now}",
        f"05:00 left out: {reason.then}",
        "06:00 rings",
        "06:00 play",
    ]


def test_in_spring_a_wait_over_the_change_is_as_long_as_it_lasts() -> None:
    """An hourly moment of 1:00 is timely for 30 minutes; that of 3:00 is the first after 1:59."""
    switched = {"00:55": LOCKED, "03:10": Signs()}
    assert Day("2026-03-29", "00:30", "03:30", switched, every=HOUR).run() == [
        "01:00 waits: the screen is locked",
        "01:30 left out: the screen was locked",
        "03:00 waits: the screen is locked",
        "03:10 rings",
        "03:10 play",
    ]


@pytest.mark.parametrize("disturbed", [LOCKED, QUIET, HEARS])
def test_in_autumn_the_hour_that_comes_twice_has_one_moment_and_one_wait(disturbed: Signs) -> None:
    """At 3:00 summer time clocks show 2:00 again: the moment of 2:00 is timely until 2:00 of winter time."""
    reason = reason_to_wait(disturbed)
    assert reason
    waits = ["02:00 waits: " + reason.now]
    free = Day("2026-10-25", "01:30", "03:30", {"01:55": disturbed, "02:50+02:00": Signs()})
    assert free.run() == [*waits, "02:50 rings", "02:50 play"]
    held = Day("2026-10-25", "01:30", "03:30", {"01:55": disturbed, "02:50+01:00": Signs()})
    assert held.run() == [*waits, f"02:00 left out: {reason.then}"]
