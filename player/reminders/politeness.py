"""When a reminder would disturb, and how long it can wait.

A reminder waits while the screen is locked, nobody is at the computer, Do Not Disturb is on, or a microphone or a
camera is in use. When that is over it rings, if it is still timely; otherwise it is left out. Pure: it reads no clock,
and asks no system; `player.reminders.signs` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from functools import reduce
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

AWAY_AFTER_S: Final = 300.0
"""Whoever has touched nothing for so long is away; desktops darken the screen after the same time."""
LONGEST_WAIT: Final = timedelta(hours=1)
"""A session of the morning is none for the afternoon, however long its interval is."""


@dataclass(frozen=True)
class Signs:
    """What a system tells about the person before it. What it does not tell is as if there were nothing.

    Attributes
    ----------
    is_locked
        Whether the screen is locked, or covered by a screen saver.
    idle_s
        For how long no key and no mouse was touched, in seconds.
    wants_quiet
        Whether Do Not Disturb is on.
    presents
        Whether something fills the screen, such as a presentation.
    hears, sees
        Whether a program uses a microphone, or a camera.
    """

    is_locked: bool = False
    idle_s: float = 0.0
    wants_quiet: bool = False
    presents: bool = False
    hears: bool = False
    sees: bool = False

    def joined(self, other: Signs) -> Signs:
        """What either of them tells."""
        return Signs(
            self.is_locked or other.is_locked,
            max(self.idle_s, other.idle_s),
            self.wants_quiet or other.wants_quiet,
            self.presents or other.presents,
            self.hears or other.hears,
            self.sees or other.sees,
        )


def together(signs: Iterable[Signs]) -> Signs:
    """What any of them tells."""
    return reduce(Signs.joined, signs, Signs())


class WaitReason(Enum):
    """Why a reminder waits: who or what, and its state."""

    LOCKED = ("the screen", "locked")
    QUIET = ("Do Not Disturb", "on")
    PRESENTS = ("the whole screen", "in use")
    HEARS = ("a microphone", "in use")
    SEES = ("a camera", "in use")
    AWAY = ("nobody", "at the computer")

    @property
    def now(self) -> str:
        """``the screen is locked``."""
        return " is ".join(self.value)

    @property
    def then(self) -> str:
        """``the screen was locked``."""
        return " was ".join(self.value)


class ReminderDecision(Enum):
    """What a reminder does."""

    RING = auto()
    WAIT = auto()
    LEAVE_OUT = auto()


def reason_to_wait(signs: Signs) -> WaitReason | None:
    """Why to wait; None where nothing is in the way."""
    reasons = {
        WaitReason.LOCKED: signs.is_locked,
        WaitReason.QUIET: signs.wants_quiet,
        WaitReason.PRESENTS: signs.presents,
        WaitReason.HEARS: signs.hears,
        WaitReason.SEES: signs.sees,
        WaitReason.AWAY: signs.idle_s >= AWAY_AFTER_S,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def decide(reason: WaitReason | None, due: datetime, now: datetime, every: timedelta) -> ReminderDecision:
    """What to do at ``now`` about a moment that came at ``due``, of a schedule with the interval ``every``.

    A moment is timely for half of the interval, and for `LONGEST_WAIT` at most.
    """
    if now - due > min(every / 2, LONGEST_WAIT):
        return ReminderDecision.LEAVE_OUT
    return ReminderDecision.WAIT if reason else ReminderDecision.RING
