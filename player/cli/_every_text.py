"""The text of ``every``: a status line while it waits, and a line for each session that begins, is missed or fails.

All text goes to stderr. On a terminal the status line is rewritten in place, and only when it changes; elsewhere each
start time is printed once.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Final

import click

from player.errors import printable, printable_lines
from player.reminders.schedule import DAY, DAYS, EVERY_DAY, clock

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from types import TracebackType

    from typing_extensions import Self

    from player.errors import PlayerError
    from player.reminders.politeness import WaitReason
    from player.reminders.schedule import Schedule

_KEYS: Final = "s skip, p later, q end"
_KEYS_AT_THE_BELL: Final = f"Enter now, {_KEYS}"
_MOST_TOLD: Final = 8


class StatusLine:
    """Shows when the session comes next.

    Parameters
    ----------
    name
        The session's name, for the status line.
    title
        The session's title, printed when it begins.
    """

    def __init__(self, name: str, title: str, *, quiet: bool) -> None:
        self._name = printable(name)
        self._title = title
        self._quiet = quiet
        self._is_terminal = sys.stderr.isatty()
        self._keys = sys.stdin.isatty() and self._is_terminal
        self._line = ""
        self._told: datetime | None = None
        self._held_up: datetime | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove the status line, so that other output begins on a line of its own."""
        self._end_line()

    def waiting(self, due: datetime, now: datetime) -> None:
        """Show the next start time, and how long it is until then."""
        text = f"{self._name} {_at(due, now)}"
        if self._is_terminal:
            self._show(f"{text}, in {_left(due - now)}; {_KEYS}" if self._keys else f"{text}, in {_left(due - now)}")
        elif due != self._told:
            self._told = due
            self._say(text)

    def held_up(self, due: datetime, reason: WaitReason) -> None:
        """Print once for each moment why it waits; the status line shows what is in the way now."""
        if due != self._held_up:
            self._held_up = due
            self._say(f"{_wall(due)}  waits, as {reason.now}")
        if self._is_terminal:
            text = f"{self._name} waits, as {reason.now}"
            self._show(f"{text}; {_KEYS}" if self._keys else text)

    def left_out(self, due: datetime, reason: WaitReason) -> None:
        """Print that this time has waited too long."""
        self._say(f"{_wall(due)}  left out, as {reason.then}")

    def ringing(self) -> None:
        """Show that the bell rings and the session is about to begin."""
        if self._is_terminal:
            text = f"{self._name} begins in a moment"
            self._show(f"{text}; {_KEYS_AT_THE_BELL}" if self._keys else text)

    def begins(self, due: datetime) -> None:
        """Print the session's title at its time."""
        self._say(f"{_wall(due)}  {self._title}")

    def missed(self, due: datetime) -> None:
        """Print that the computer slept at this time."""
        self._say(f"{_wall(due)}  missed, as the computer slept")

    def failed(self, due: datetime, error: PlayerError) -> None:
        """Print why a session could not be played, also with ``--quiet``."""
        self._end_line()
        click.echo(printable_lines(f"{_wall(due)}  {error}"), err=True)

    def _say(self, text: str) -> None:
        self._end_line()
        if not self._quiet:
            click.echo(text, err=True)

    def _show(self, text: str) -> None:
        """Replace the status line."""
        text = text[: max(1, shutil.get_terminal_size().columns - 1)]
        if text != self._line and not self._quiet:
            click.echo(f"\r{text:<{len(self._line)}}", nl=False, err=True)
            self._line = text

    def _end_line(self) -> None:
        """Remove the status line."""
        if self._line:
            click.echo(f"\r{'':<{len(self._line)}}\r", nl=False, err=True)
            self._line = ""


def outline(schedule: Schedule) -> str:
    """A schedule's start times: all of a day if they are few, otherwise the first and the last."""
    minutes = schedule.minutes
    if len(minutes) > _MOST_TOLD:
        moments = f"from {clock(minutes[0])} to {clock(minutes[-1])}, every {_minutes(schedule.every_ms // 60_000)}"
    else:
        *others, last = map(clock, minutes)
        moments = f"at {', '.join(others)} and {last}" if others else f"at {last}"
    over = " (past midnight)" if minutes[-1] >= DAY else ""
    days = "" if schedule.days == EVERY_DAY else f", on {', '.join(DAYS[day] for day in sorted(schedule.days))}"
    return f"{moments[0].upper()}{moments[1:]}{over}{days}"


def _at(due: datetime, now: datetime) -> str:
    """``at 13:00``, with the weekday if it is not today."""
    there, here = due.astimezone(), now.astimezone()
    day = "" if there.date() == here.date() else f"on {DAYS[there.weekday()]} "
    return f"{day}at {_wall(due)}"


def _wall(due: datetime) -> str:
    there = due.astimezone()
    return clock(there.hour * 60 + there.minute)


def _left(left: timedelta) -> str:
    """``1 h 12 min``."""
    return _minutes(round(left.total_seconds() / 60)) if left.total_seconds() >= 60 else "less than a minute"


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))
