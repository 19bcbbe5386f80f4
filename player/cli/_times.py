"""Times as they are typed behind options: with a unit, always.

The rule: scripts take a number alone for seconds, and say so in their language. On the command line minutes are as
likely, so a number alone is refused with both ways to write it; nought means the same in any unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player.reminders.schedule import ALLOWED, Schedule
from player.script.yaml.scalar_types import shortened, shown
from player.units import is_bare, meant, parse_duration

FORMS: Final = "TIME is 10m, 90s, 1h30m or 0:30, with a unit or as on a clock, and at most 24 hours."
"""A line for the help of each command that has such an option."""
_LONGEST: Final = 60
_HOURLY: Final = {"hourly": "1h", "daily": "24h", "every hour": "1h", "every day": "24h"}


@dataclass(frozen=True)
class WrittenTime:
    """A time with a unit; the value is milliseconds. ``is_length`` is that of a length, which is not nought."""

    is_length: bool = False

    def parse(self, text: str) -> int:
        """Milliseconds, or ``ValueError`` with a fragment that fits behind the option's name."""
        if len(text) > _LONGEST:
            raise ValueError(f"must be a time such as 10m, 90s, 1h30m or 0:30, not {shown(text)}")
        if is_bare(text):
            raise ValueError(f"must have a unit, not {shown(text)}; write {text.strip()}m or {text.strip()}s")
        ms = parse_duration(text)
        if self.is_length and not ms:
            raise ValueError(f"must be longer than nothing, not {shown(text)}; leave it out, or write such as 3m")
        return ms


@dataclass(frozen=True)
class WrittenInterval:
    """Whole minutes up to a day; the value is milliseconds."""

    def parse(self, text: str) -> int:
        """Milliseconds, or ``ValueError`` with a fragment that fits behind the argument's name."""
        try:
            ms = parse_duration(shortened(text)) if not is_bare(text) else 0
            Schedule(ms)
        except ValueError:
            raise ValueError(f"must be {ALLOWED}, not {shown(text)}{_near(text)}") from None
        return ms


def is_near_interval(text: str) -> bool:
    """Whether it is an interval, or clear which one is meant, so that it is no session's name."""
    return _fits(text) or bool(_near(text))


def _near(text: str) -> str:
    """``; write 2h`` where it is clear what is meant and an interval may be that; otherwise nothing."""
    number, asked = text.strip(), text.strip().lower()
    clear = _HOURLY.get(asked, meant(text).removeprefix("; write "))
    near = [f"{number}m", f"{number}h"] if is_bare(text) else [clear]
    fitting = [each for each in near if _fits(each)]
    return f"; write {' or '.join(fitting)}" if fitting else ""


def _fits(text: str) -> bool:
    try:
        Schedule(parse_duration(text))
    except ValueError:
        return False
    return True
