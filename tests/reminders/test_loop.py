"""The loop, with a clock that only moves when the loop waits, and a keyboard with keys at set times."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from player.errors import DeviceError, PlayerError, ScriptError
from player.reminders.loop import NoKeyboard, ReminderLoop
from player.reminders.politeness import Signs
from player.reminders.schedule import Schedule, Window

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from player.reminders.loop import ReminderKeys
    from player.reminders.politeness import WaitReason

HOUR = 3_600_000
SCHEDULE = Schedule(2 * HOUR, Window(9 * 60, 18 * 60))


class Over(Exception):  # noqa: N818
    """The test has seen enough."""


@dataclass
class World:
    """A clock, a keyboard, a bell and a listener.

    ``keys`` are pressed at their moments; ``sleeps`` are moments at which the computer sleeps, and for how long;
    ``fails`` are what playing raises, one time after another; ``bell_fails`` is what keeps the bell from ringing.
    """

    at: str
    keys: list[tuple[str, str]] = field(default_factory=list)
    sleeps: dict[str, timedelta] = field(default_factory=dict)
    fails: list[PlayerError | None] = field(default_factory=list)
    bell_fails: PlayerError | None = None
    until: str = "23:00:00"
    lasts: timedelta = timedelta(seconds=90)
    log: list[str] = field(default_factory=list)
    waited_for: list[str] = field(default_factory=list)
    looks: int = 0
    is_taken: bool = False
    is_held_up: bool = False
    can_be_taken: bool = True

    def __post_init__(self) -> None:
        self.clock = self.moment(self.at)

    def moment(self, text: str) -> datetime:
        return datetime.fromisoformat(f"2026-06-05T{text}").replace(tzinfo=timezone.utc)

    def note(self, what: str) -> None:
        self.log.append(f"{self.clock:%H:%M:%S} {what}")

    def now(self) -> datetime:
        return self.clock

    def sleep(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)
        for at in [each for each in self.sleeps if self.moment(each) <= self.clock]:
            self.clock += self.sleeps.pop(at)
        if self.clock >= self.moment(self.until):
            raise Over

    # the keyboard

    def take(self) -> None:
        self.is_taken = self.can_be_taken

    def give_back(self) -> None:
        self.is_taken = False

    def read(self, seconds: float) -> str:
        self.looks += 1
        if not self.is_taken:
            return ""
        if self.keys and self.moment(self.keys[0][0]) <= self.clock + timedelta(seconds=seconds):
            at, key = self.keys.pop(0)
            self.clock = max(self.clock, self.moment(at))
            return key
        self.sleep(seconds)
        return ""

    # the bell, and the session

    def bell(self) -> AbstractContextManager[World]:
        self.note("bell")
        return nullcontext(self)

    def check(self) -> None:
        if self.bell_fails:
            raise self.bell_fails

    def play(self) -> None:
        assert not self.is_taken, "the terminal was not given back"
        self.note("play")
        self.clock += self.lasts
        if self.fails and (error := self.fails.pop(0)):
            raise error

    # the listener

    def waiting(self, due: datetime, now: datetime) -> None:
        if not self.waited_for or self.waited_for[-1] != f"{due:%H:%M:%S}":
            self.waited_for.append(f"{due:%H:%M:%S}")

    def held_up(self, due: datetime, reason: WaitReason) -> None:
        self.note(f"waits, as {reason.now}")
        self.is_held_up = False

    def left_out(self, due: datetime, reason: WaitReason) -> None:
        self.note("left out")

    def signs(self) -> Signs:
        return Signs(is_locked=self.is_held_up)

    def ringing(self) -> None:
        pass

    def begins(self, due: datetime) -> None:
        pass

    def missed(self, due: datetime) -> None:
        self.note(f"missed {due:%H:%M}")

    def failed(self, due: datetime, error: PlayerError) -> None:
        self.note(f"{due:%H:%M} {error}")

    def run(self, keyboard: ReminderKeys | None = None) -> list[str]:
        with pytest.raises(Over):
            self.loop(keyboard).run()
        return self.log

    def loop(self, keyboard: ReminderKeys | None = None) -> ReminderLoop:
        keys = keyboard or self
        return ReminderLoop(SCHEDULE, self, self.play, self.bell, keys, self.now, self.sleep, timezone.utc, self.signs)


def test_a_bell_and_20_seconds_later_the_session_at_every_moment() -> None:
    world = World("08:30:00", until="11:30:00")
    assert world.run() == ["09:00:00 bell", "09:00:20 play", "11:00:00 bell", "11:00:20 play"]
    assert world.waited_for == ["09:00:00", "11:00:00", "13:00:00"]


def test_without_a_terminal_it_just_begins() -> None:
    assert World("08:59:50", until="09:30:00").run(NoKeyboard()) == ["09:00:00 bell", "09:00:20 play"]


@pytest.mark.parametrize("key", [" ", "\n", "KEY_ENTER"])
def test_at_the_bell_it_begins_at_once(key: str) -> None:
    world = World("08:59:00", keys=[("09:00:04", key)], until="10:00:00")
    assert world.run() == ["09:00:00 bell", "09:00:04 play"]


def test_nothing_but_the_bell_is_begun_by_enter() -> None:
    assert World("08:30:00", keys=[("08:40:00", "KEY_ENTER")], until="08:59:00").run() == []


@pytest.mark.parametrize(("at", "log"), [("08:40:00", []), ("09:00:07", ["09:00:00 bell"])])
def test_a_moment_can_be_skipped(at: str, log: list[str]) -> None:
    world = World("08:30:00", keys=[(at, "S")], until="11:10:00")
    assert world.run() == [*log, "11:00:00 bell", "11:00:20 play"]
    assert world.waited_for == ["09:00:00", "11:00:00", "13:00:00"]


def test_a_moment_can_be_put_off_again_and_again() -> None:
    keys = [("08:40:00", "p"), ("08:41:00", "p"), ("09:20:05", "p")]
    world = World("08:30:00", keys=keys, until="11:10:00")
    assert world.run() == ["09:20:00 bell", "09:30:05 bell", "09:30:25 play", "11:00:00 bell", "11:00:20 play"]
    assert world.waited_for == ["09:00:00", "09:10:00", "09:20:00", "09:30:05", "11:00:00", "13:00:00"]


def test_what_is_put_off_beyond_the_next_moment_replaces_it() -> None:
    keys = [("10:59:00", "p")] + [("10:59:01", "p")] * 12
    assert World("09:30:00", keys=keys, until="15:10:00").run() == [
        "13:10:00 bell",
        "13:10:20 play",
        "15:00:00 bell",
        "15:00:20 play",
    ]


def test_what_was_put_off_can_be_skipped() -> None:
    keys = [("08:40:00", "p"), ("09:05:00", "s")]
    assert World("08:30:00", keys=keys, until="11:00:10").run() == ["11:00:00 bell"]


@pytest.mark.parametrize("at", ["08:40:00", "09:00:07"])
def test_q_ends_it(at: str) -> None:
    world = World("08:30:00", keys=[(at, "q")])
    world.loop().run()
    assert f"{world.clock:%H:%M:%S}" == at
    assert not world.is_taken
    assert "play" not in " ".join(world.log)


def test_what_was_slept_through_is_not_played_later() -> None:
    world = World("08:30:00", sleeps={"08:45:00": timedelta(hours=3, minutes=30)}, until="13:05:00")
    assert [each.partition(" ")[2] for each in world.run()] == ["missed 09:00", "bell", "play"]


def test_a_moment_that_was_slept_through_just_now_is_played() -> None:
    world = World("08:30:00", sleeps={"08:59:00": timedelta(minutes=3)}, until="10:00:00")
    assert [each.partition(" ")[2] for each in world.run()] == ["bell", "play"]


def test_after_sleep_at_the_bell_the_session_is_not_played_hours_later() -> None:
    world = World("08:30:00", sleeps={"09:00:05": timedelta(hours=1)}, until="10:30:00")
    assert [each.partition(" ")[2] for each in world.run()] == ["bell", "missed 09:00"]


def test_a_clock_that_is_set_back_brings_no_moment_again() -> None:
    world = World("08:30:00", sleeps={"09:10:00": -timedelta(minutes=30)}, until="11:10:00")
    assert world.run() == ["09:00:00 bell", "09:00:20 play", "11:00:00 bell", "11:00:20 play"]


def test_a_moment_days_ahead_can_be_skipped() -> None:
    world = World("17:30:00", keys=[("17:31:00", "s"), ("17:32:00", "s")], until="18:00:00")
    loop = replace(world.loop(), schedule=Schedule(24 * HOUR, Window(540, 541), frozenset({2})))
    with pytest.raises(Over):
        loop.run()
    assert loop._due() == world.moment("09:00:00") + timedelta(days=5 + 14)


def test_a_clock_that_was_days_ahead_is_forgotten() -> None:
    world = World("08:30:00", sleeps={"08:40:00": -timedelta(days=3)})
    loop = world.loop()
    world.until = "08:39:59"
    with pytest.raises(Over):
        loop.run()
    world.sleep(-3 * 86_400)
    assert f"{loop._due():%d %H:%M}" == "02 09:00"


def test_a_clock_that_is_set_back_at_the_bell_does_not_hold_the_session_up() -> None:
    world = World("08:59:00", sleeps={"09:00:05": -timedelta(hours=1)}, until="12:00:00")
    assert [each.partition(" ")[2] for each in world.run()][:2] == ["bell", "play"]


@pytest.mark.parametrize("error", [ScriptError([]), DeviceError("there is no loudspeaker")])
def test_a_problem_is_reported_and_the_schedule_goes_on(error: PlayerError) -> None:
    world = World("08:30:00", fails=[error], until="11:10:00")
    assert world.run() == [
        "09:00:00 bell",
        "09:00:20 play",
        f"09:01:50 09:00 {error}",
        "11:00:00 bell",
        "11:00:20 play",
    ]


def test_a_bell_that_cannot_ring_is_reported_at_once_and_nothing_is_played() -> None:
    world = World("08:59:00", bell_fails=DeviceError("there is no loudspeaker"), until="10:00:00")
    assert world.run() == ["09:00:00 bell", "09:00:01 09:00 there is no loudspeaker"]


def test_a_session_that_lasts_beyond_the_next_moment_replaces_it() -> None:
    world = World("08:59:00", lasts=timedelta(hours=2, minutes=1), until="13:10:00")
    assert world.run() == ["09:00:00 bell", "09:00:20 play", "13:00:00 bell", "13:00:20 play"]


@pytest.mark.parametrize("can_be_taken", [True, False])
def test_waiting_costs_three_looks_a_minute(can_be_taken: bool) -> None:
    world = World("03:00:00", until="08:00:00", can_be_taken=can_be_taken)
    world.run()
    assert world.looks <= 5 * 60 * 3 + 1


def test_a_terminal_that_is_gone_does_not_end_the_waiting() -> None:
    class Gone(NoKeyboard):
        def read(self, seconds: float) -> str:
            raise EOFError

    assert World("08:59:00", until="10:00:00").run(Gone()) == ["09:00:00 bell", "09:00:20 play"]


def test_once_is_the_moment_that_is_now() -> None:
    world = World("11:00:01")
    world.loop(NoKeyboard()).once()
    assert world.log == ["11:00:01 bell", "11:00:21 play"]
    world.fails = [DeviceError("there is no loudspeaker")]
    with pytest.raises(DeviceError):
        world.loop(NoKeyboard()).once()


def test_the_clock_of_this_computer_knows_its_zone() -> None:
    loop = ReminderLoop(SCHEDULE, World("09:00:00"), lambda: None, lambda: nullcontext(World("09:00:00")))
    assert loop.now().utcoffset() == timedelta()
    assert abs(loop.now() - datetime.now(timezone.utc)) < timedelta(minutes=1)


@pytest.mark.parametrize(("key", "then"), [("s", []), ("p", ["09:10:05 bell", "09:10:25 play"]), ("q", [])])
def test_what_waits_can_be_skipped_and_put_off(key: str, then: list[str]) -> None:
    world = World("08:59:00", keys=[("09:00:05", key)], until="09:30:00", is_held_up=True)
    if key == "q":
        world.loop().run()
    else:
        world.run()
    assert world.log == ["09:00:00 waits, as the screen is locked", *then]
    assert not world.is_taken


def test_once_waits_too_and_begins_when_that_is_over() -> None:
    world = World("11:00:01", is_held_up=True)
    world.loop(NoKeyboard()).once()
    assert world.log == ["11:00:01 waits, as the screen is locked", "11:00:21 bell", "11:00:41 play"]


def test_once_leaves_out_what_is_no_longer_timely() -> None:
    world = World("11:00:01", is_held_up=True, sleeps={"11:00:10": timedelta(hours=2)})
    world.loop(NoKeyboard()).once()
    assert world.log == ["11:00:01 waits, as the screen is locked", "13:00:21 left out"]


def test_a_moment_that_nothing_was_in_the_way_of_is_late_only_after_three_minutes() -> None:
    world = World("08:30:00", sleeps={"08:59:00": timedelta(minutes=3)}, until="09:02:30")
    with pytest.raises(Over):
        replace(world.loop(), schedule=Schedule(60_000, Window(9 * 60, 10 * 60))).run()
    assert world.log == ["09:02:00 bell", "09:02:20 play"]
