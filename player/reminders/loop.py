"""Waiting for the moments of a schedule, and what happens at each: a bell, a quiet in which one can decline, a session.

The rule: everything is asked of the clock on the wall, a few times a minute, so that a computer may sleep and its clock
may be set: a moment that was slept through is not played later, and none is played twice. A problem at one moment is
told, and the schedule goes on. It knows neither loudspeaker nor terminal.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Protocol

from player.errors import PlayerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import tzinfo

    from player.reminders.schedule import Schedule

LATE: Final = timedelta(minutes=3)
"""A moment that is longer ago was slept through."""
QUIET: Final = timedelta(seconds=20)
"""From the bell to the session: time to end a sentence, or to decline."""
POSTPONED: Final = timedelta(minutes=10)

_LOOK_EVERY: Final = timedelta(seconds=20)
_LOOK_AT_THE_BELL: Final = timedelta(seconds=1)
_SET_BACK: Final = timedelta(days=1)
"""A clock that is set back further was wrong before, and what was dealt with by it is forgotten."""


class ReminderAnswer(Enum):
    """What becomes of a moment."""

    BEGIN = auto()
    SKIP = auto()
    POSTPONE = auto()
    MISSED = auto()
    QUIT = auto()


WAITING: Final = {"s": ReminderAnswer.SKIP, "p": ReminderAnswer.POSTPONE, "q": ReminderAnswer.QUIT}
"""What each key means, by the name that the terminal gives it."""
AT_THE_BELL: Final = WAITING | dict.fromkeys((" ", "\n", "\r", "KEY_ENTER"), ReminderAnswer.BEGIN)


class ReminderKeys(Protocol):
    """Where keys come from."""

    def take(self) -> None:
        """Key by key from now on; nothing happens if that is so, or cannot be."""

    def give_back(self) -> None:
        """As it was before."""

    def read(self, seconds: float) -> str:
        """The next key by its name; nothing if none comes within so many seconds."""


class NoKeyboard:
    """Where there is no terminal."""

    def take(self) -> None:
        """Nothing to do."""

    def give_back(self) -> None:
        """Nothing to do."""

    def read(self, seconds: float) -> str:  # noqa: ARG002 (whoever asks waits by itself)
        """No key."""
        return ""


class Bell(Protocol):
    """A bell that rings while others go on."""

    def check(self) -> None:
        """Raise what kept it from ringing."""


class ReminderObserver(Protocol):
    """Who tells the listener what is going on."""

    def waiting(self, due: datetime, now: datetime) -> None:
        """So far it is to the next moment; told again and again."""

    def ringing(self) -> None:
        """The bell rings."""

    def begins(self, due: datetime) -> None:
        """What was told of this moment is over, and the session begins."""

    def missed(self, due: datetime) -> None:
        """A moment was slept through."""

    def failed(self, due: datetime, error: PlayerError) -> None:
        """Nothing comes of this moment, or no more."""


def _now() -> datetime:
    if hasattr(time, "tzset"):
        time.tzset()  # the computer may have travelled
    return datetime.now(timezone.utc)


@dataclass
class ReminderLoop:
    """One listener's wait.

    Attributes
    ----------
    play
        Plays the session, to its end.
    bell
        Rings as long as its context lasts, or shorter.
    keyboard
        Taken while waiting, and given back before anything is played.
    zone
        Whose clock is on the wall; None is this computer's.
    """

    schedule: Schedule
    teller: ReminderObserver
    play: Callable[[], None]
    bell: Callable[[], AbstractContextManager[Bell]]
    keyboard: ReminderKeys = field(default_factory=NoKeyboard)
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep
    zone: tzinfo | None = None
    _dealt_with: datetime | None = None
    _postponed: datetime | None = None
    _seen: datetime | None = None

    def keep(self) -> None:
        """Wait for one moment after the other, until the listener wants no more."""
        while (answer := self._answer()) is not ReminderAnswer.QUIT:
            due = self._due()
            if answer is ReminderAnswer.POSTPONE:
                self._postponed = max(due, self.now()) + POSTPONED
                continue
            if answer is ReminderAnswer.MISSED:
                self.teller.missed(due)
            elif answer is ReminderAnswer.BEGIN:
                self._begin(due)
            self._dealt_with, self._postponed = max(due, self.now()), None

    def once(self) -> None:
        """The moment that is now: the bell, the quiet and the session.

        Raises
        ------
        PlayerError
            With what is in the way.
        """
        with self.bell() as bell:
            self._quiet(bell)
        self.play()

    def _due(self) -> datetime:
        """The next moment; reckoned again each time, as the clock may have been set."""
        now = self.now()
        if self._dealt_with is None or (self._seen or now) - now > _SET_BACK:
            self._dealt_with, self._postponed = now, None
        self._seen = now
        return self._postponed or self.schedule.next_after(self._dealt_with, self.zone)

    def _answer(self) -> ReminderAnswer:
        try:
            answer = self._wait()
            return self._ring() if answer is ReminderAnswer.BEGIN else answer
        finally:
            self.keyboard.give_back()

    def _wait(self) -> ReminderAnswer:
        """Until the next moment, or until a key decides about it."""
        while (left := (due := self._due()) - (now := self.now())) > timedelta():
            self.teller.waiting(due, now)
            if answer := WAITING.get(self._key(min(left, _LOOK_EVERY))):
                return answer
        return ReminderAnswer.MISSED if -left > LATE else ReminderAnswer.BEGIN

    def _ring(self) -> ReminderAnswer:
        """The bell, and the quiet after it."""
        self.teller.ringing()
        try:
            with self.bell() as bell:
                answer = self._quiet(bell)
        except PlayerError as error:
            self.teller.failed(self._due(), error)
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
        self.teller.begins(due)
        try:
            self.play()
        except PlayerError as error:
            self.teller.failed(due, error)

    def _key(self, within: timedelta) -> str:
        """A key; after so long at the latest, also where a keyboard answers at once that there is none."""
        seconds, began = within.total_seconds(), self.now()
        with contextlib.suppress(EOFError, OSError):  # the terminal is gone; waiting goes on
            self.keyboard.take()
            if key := self.keyboard.read(seconds):
                return key.lower() if len(key) == 1 else key
        self.sleep(max(0.0, seconds - max(0.0, (self.now() - began).total_seconds())))
        return ""
