"""The schedule: the moments of the week at which a session begins.

Moments are wall-clock times, counted anew in each window: at its beginning, and then at every interval before its end.
``every 2h`` between 9:00 and 18:00 is 9:00, 11:00, 13:00, 15:00 and 17:00; without a window it begins at midnight. So
moments are the same every day, and the same for a timer of the system. A window over midnight belongs to the day on
which it opens. A moment that the clock skips in spring is left out; of a moment that it shows twice in autumn, the
first counts. Pure: it reads no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import tzinfo

DAY: Final = 24 * 60
"""Minutes."""
ALLOWED: Final = "whole minutes from 1m to 24h, such as 90m or 2h"
"""What an interval may be."""
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERY_DAY: Final = frozenset(range(len(DAYS)))

_CLOCK: Final = re.compile(r"(\d{1,2})(?::(\d{2}))?")
_AHEAD_DAYS: Final = 15
"""Two weeks: the clock may skip the only moment of a week."""


class Window(NamedTuple):
    """A part of the day, in minutes from midnight, without its end; it may go on into the next day."""

    opens: int = 0
    closes: int = DAY


WHOLE_DAY: Final = Window()


class WeekMoment(NamedTuple):
    """A moment of the week: the day, 0 for Monday, and the minute of that day."""

    day: int
    minute: int


@dataclass(frozen=True)
class Schedule:
    """When a session begins.

    Attributes
    ----------
    every_ms
        Whole minutes, up to a day.
    days
        The days on which a window opens, 0 for Monday.

    Raises
    ------
    ValueError
        If the interval is not allowed. The message fits behind the option's name.
    """

    every_ms: int
    window: Window = WHOLE_DAY
    days: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        minutes, rest = divmod(self.every_ms, 60_000)
        if rest or not 1 <= minutes <= DAY:
            raise ValueError(f"must be {ALLOWED}")

    @property
    def minutes(self) -> tuple[int, ...]:
        """The moments of one window, in minutes from the midnight before it; above `DAY` on the next day."""
        return tuple(range(self.window.opens, self.window.closes, self.every_ms // 60_000))

    def week(self) -> tuple[WeekMoment, ...]:
        """All moments of a week, in order."""
        return tuple(
            sorted(
                WeekMoment((day + minute // DAY) % len(DAYS), minute % DAY)
                for day in self.days
                for minute in self.minutes
            )
        )

    def next_after(self, now: datetime, zone: tzinfo | None = None) -> datetime:
        """The first moment later than ``now``, in UTC.

        Parameters
        ----------
        now
            With any time zone.
        zone
            The time zone of the schedule; None is the computer's.
        """
        today, week = now.astimezone(zone).date(), self.week()
        for days in range(_AHEAD_DAYS):
            day = today + timedelta(days)
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (the clock on the wall)
            for moment in week:
                if moment.day == day.weekday():
                    found = _instant(midnight + timedelta(minutes=moment.minute), zone)
                    if found is not None and found > now:
                        return found
        raise ValueError("never happens in two weeks")

    def is_due(self, now: datetime, late: timedelta, zone: tzinfo | None = None) -> bool:
        """Whether a moment was at most ``late`` ago."""
        return self.next_after(now - late, zone) <= now


def _instant(wall: datetime, zone: tzinfo | None) -> datetime | None:
    """The first instant at which the clock shows this wall time; None if it never does."""
    aware = wall.astimezone() if zone is None else wall.replace(tzinfo=zone)
    instant = aware.astimezone(timezone.utc)
    shown = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    return instant if shown == wall else None


def window(text: str) -> Window:
    """Parse a window: ``9:00-18:00``, ``9-18`` or, over midnight, ``22:00-6:00``.

    Raises
    ------
    ValueError
        If it is not a window. The message fits behind the option's name.
    """
    opens, closes = map(_minute, text.partition("-")[::2])
    if opens is not None and opens == closes:
        raise ValueError(f"must be two different times, such as 9:00-18:00, not {text!r}; for all day, leave it out")
    if opens is None or closes is None or opens == DAY:
        raise ValueError(f"must be two times of day such as 9:00-18:00, or 22:00-6:00, not {text!r}")
    return Window(opens, closes if closes > opens else closes + DAY)


def _minute(text: str) -> int | None:
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes = int(match[1]), int(match[2] or 0)
    return hours * 60 + minutes if minutes < 60 and hours * 60 + minutes <= DAY else None


def weekdays(text: str) -> frozenset[int]:
    """Parse days: ``mon-fri``, ``sat,sun``, ``fri-mon`` or ``wednesday``.

    Raises
    ------
    ValueError
        If these are not days. The message fits behind the option's name.
    """
    days: set[int] = set()
    for part in text.lower().split(","):
        first, dash, last = (each.strip() for each in part.partition("-"))
        start, end = _day(first), _day(last if dash else first)
        if start is None or end is None:
            raise ValueError(f"must be days such as mon-fri or tue,thu, not {text!r}")
        days |= {(start + more) % len(DAYS) for more in range((end - start) % len(DAYS) + 1)}
    return frozenset(days)


def _day(text: str) -> int | None:
    found = [number for number, name in enumerate(DAYS) if len(text) > 1 and name.lower().startswith(text)]
    return found[0] if len(found) == 1 else None


def clock(minute: int) -> str:
    """A minute of the day as ``9:00``."""
    return f"{minute // 60 % 24}:{minute % 60:02}"
