"""The loop that waits for the moments of a schedule. At each: a bell, a quiet time to decline, and the session.

Where the bell would disturb, it waits until that is over (`player.reminders.politeness`). The loop reads the wall clock
a few times a minute, so the computer may sleep and its clock may be set: a moment that was slept through is not played
later, and none is played twice. An error at one moment is reported, and the schedule goes on. The loop knows neither
loudspeaker nor terminal.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Protocol

from player.errors import PlayerError
from player.reminders.politeness import ReminderDecision, Signs, decide, reason_to_wait

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import tzinfo

    from player.reminders.politeness import WaitReason
    from player.reminders.schedule import Schedule

LATE: Final = timedelta(minutes=3)
"""If a moment is longer ago, the computer slept through it."""
QUIET: Final = timedelta(seconds=20)
"""From the bell to the session: time to end a sentence, or to decline."""
POSTPONED: Final = timedelta(minutes=10)

_LOOK_EVERY: Final = timedelta(seconds=20)
_LOOK_AT_THE_BELL: Final = timedelta(seconds=1)
_SET_BACK: Final = timedelta(days=1)
"""A clock that is set back further was wrong before, so the moments handled by it are forgotten."""


class ReminderAnswer(Enum):
    """What happens to a moment."""

    BEGIN = auto()
    SKIP = auto()
    POSTPONE = auto()
    MISSED = auto()
    QUIT = auto()


WAITING: Final = {"s": ReminderAnswer.SKIP, "p": ReminderAnswer.POSTPONE, "q": ReminderAnswer.QUIT}
"""What each key means while waiting, by its name at the terminal."""
AT_THE_BELL: Final = WAITING | dict.fromkeys((" ", "\n", "\r", "KEY_ENTER"), ReminderAnswer.BEGIN)


class ReminderKeys(Protocol):
    """A source of keys."""

    def take(self) -> None:
        """Read key by key from now on; does nothing if it already does, or cannot."""

    def give_back(self) -> None:
        """Restore the terminal."""

    def read(self, seconds: float) -> str:
        """The name of the next key; empty if none comes within ``seconds``."""


class NoKeyboard:
    """The keys where there is no terminal."""

    def take(self) -> None:
        """Nothing to do."""

    def give_back(self) -> None:
        """Nothing to do."""

    def read(self, seconds: float) -> str:  # noqa: ARG002 (the loop waits by itself)
        """No key."""
        return ""


class Bell(Protocol):
    """A bell that rings in the background."""

    def check(self) -> None:
        """Raise the error that kept it from ringing."""


class ReminderObserver(Protocol):
    """Shows the listener what the loop does."""

    def waiting(self, due: datetime, now: datetime) -> None:
        """The loop waits for the next moment; called again and again."""

    def held_up(self, due: datetime, reason: WaitReason) -> None:
        """The bell of this moment would disturb, so it waits; called again and again."""

    def left_out(self, due: datetime, reason: WaitReason) -> None:
        """The moment has waited too long."""

    def ringing(self) -> None:
        """The bell rings."""

    def begins(self, due: datetime) -> None:
        """The session begins."""

    def missed(self, due: datetime) -> None:
        """The computer slept through this moment."""

    def failed(self, due: datetime, error: PlayerError) -> None:
        """The bell or the session of this moment failed."""


def _now() -> datetime:
    if hasattr(time, "tzset"):
        time.tzset()  # the computer may have travelled
    return datetime.now(timezone.utc)


@dataclass
class ReminderLoop:
    """Plays a session at every moment of a schedule.

    Attributes
    ----------
    play
        Plays the session to its end.
    bell
        Rings while its context lasts, or shorter.
    signs
        Returns whether the bell would disturb now; without it, it never does.
    keyboard
        Taken while waiting, and given back before anything is played.
    zone
        The time zone of the schedule; None is the computer's.
    """

    schedule: Schedule
    observer: ReminderObserver
    play: Callable[[], None]
    bell: Callable[[], AbstractContextManager[Bell]]
    keyboard: ReminderKeys = field(default_factory=NoKeyboard)
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep
    zone: tzinfo | None = None
    signs: Callable[[], Signs] = Signs
    _handled: datetime | None = None
    _postponed: datetime | None = None
    _seen: datetime | None = None

    def run(self) -> None:
        """Wait for one moment after the other, until the listener quits."""
        while (answer := self._answer()) is not ReminderAnswer.QUIT:
            due = self._due()
            if answer is ReminderAnswer.POSTPONE:
                self._postponed = max(due, self.now()) + POSTPONED
                continue
            if answer is ReminderAnswer.MISSED:
                self.observer.missed(due)
            elif answer is ReminderAnswer.BEGIN:
                self._begin(due)
            self._handled, self._postponed = max(due, self.now()), None

    def once(self) -> None:
        """Ring the bell, wait, and play the session, now.

        Raises
        ------
        PlayerError
            If the bell or the session fails.
        """
        if self._held_up(self.now()) is not ReminderAnswer.BEGIN:
            return
        with self.bell() as bell:
            self._quiet(bell)
        self.play()

    def _due(self) -> datetime:
        """The next moment; computed again each time, as the clock may have been set."""
        now = self.now()
        if self._handled is None or (self._seen or now) - now > _SET_BACK:
            self._handled, self._postponed = now, None
        self._seen = now
        return self._postponed or self.schedule.next_after(self._handled, self.zone)

    def _answer(self) -> ReminderAnswer:
        try:
            answer = self._wait()
            if answer is ReminderAnswer.BEGIN:
                answer = self._held_up(self._due())
            return self._ring() if answer is ReminderAnswer.BEGIN else answer
        finally:
            self.keyboard.give_back()

    def _wait(self) -> ReminderAnswer:
        """Wait until the next moment, or until a key decides about it."""
        while (left := (due := self._due()) - (now := self.now())) > timedelta():
            self.observer.waiting(due, now)
            if answer := WAITING.get(self._key(min(left, _LOOK_EVERY))):
                return answer
        return ReminderAnswer.MISSED if -left > LATE else ReminderAnswer.BEGIN

    def _held_up(self, due: datetime) -> ReminderAnswer:
        """Wait for as long as the bell would disturb, until the moment is no longer timely, or a key decides."""
        every, told = timedelta(milliseconds=self.schedule.every_ms), None
        while True:
            reason = reason_to_wait(self.signs())
            told = reason or told
            if told is None:
                return ReminderAnswer.BEGIN
            decision = decide(reason, due, self.now(), every)
            if decision is ReminderDecision.LEAVE_OUT:
                self.observer.left_out(due, told)
                return ReminderAnswer.SKIP
            if reason is None:
                self._postponed = self.now()  # this is its moment now, and it is not late
                return ReminderAnswer.BEGIN
            self.observer.held_up(due, reason)
            if answer := WAITING.get(self._key(_LOOK_EVERY)):
                return answer

    def _ring(self) -> ReminderAnswer:
        """Ring the bell, and wait for an answer."""
        self.observer.ringing()
        try:
            with self.bell() as bell:
                answer = self._quiet(bell)
        except PlayerError as error:
            self.observer.failed(self._due(), error)
            return ReminderAnswer.SKIP
        is_late = answer is ReminderAnswer.BEGIN and self.now() - self._due() > LATE + QUIET
        return ReminderAnswer.MISSED if is_late else answer

    def _quiet(self, bell: Bell) -> ReminderAnswer:
        end = self.now() + QUIET
        while timedelta() < (left := end - self.now()) <= QUIET:  # more would be a clock that was set back
            if answer := AT_THE_BELL.get(self._key(min(left, _LOOK_AT_THE_BELL))):
                return answer
            bell.check()
        return ReminderAnswer.BEGIN

    def _begin(self, due: datetime) -> None:
        self.observer.begins(due)
        try:
            self.play()
        except PlayerError as error:
            self.observer.failed(due, error)

    def _key(self, within: timedelta) -> str:
        """The next key. It takes at most ``within``, and that long even if the keyboard returns nothing at once."""
        seconds, began = within.total_seconds(), self.now()
        with contextlib.suppress(EOFError, OSError):  # the terminal is gone; waiting goes on
            self.keyboard.take()
            if key := self.keyboard.read(seconds):
                return key.lower() if len(key) == 1 else key
        self.sleep(max(0.0, seconds - max(0.0, (self.now() - began).total_seconds())))
        return ""
