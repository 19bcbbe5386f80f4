"""Which sessions suit a time of day: a small table, in the listener's language where there is a translation."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from player.script import library

if TYPE_CHECKING:
    from datetime import datetime


class DayTime(Enum):
    """A part of the day; the value is what a session is *for*."""

    MORNING = "the morning"
    DAY = "a break in the day"
    EVENING = "the evening"
    BEDTIME = "going to sleep"
    NIGHT = "the middle of the night"


_BEGINS: Final = (
    (1, DayTime.NIGHT),
    (5, DayTime.MORNING),
    (10, DayTime.DAY),
    (18, DayTime.EVENING),
    (22, DayTime.BEDTIME),
)
"""The hours at which they begin."""
SUITING: Final = {
    DayTime.MORNING: ("belly-breathing", "morning-stiffness", "plan-your-day"),
    DayTime.DAY: ("micro-break", "box-breathing", "posture-check", "grounding-54321"),
    DayTime.EVENING: ("pmr-release-only", "body-scan-short", "evening-good-things"),
    DayTime.BEDTIME: ("sleep-wind-down", "four-seven-eight", "body-scan-short"),
    DayTime.NIGHT: ("awake-at-night", "sleep-wind-down", "extended-exhale"),
}
"""Bundled sessions, the first choice first. Micro-break leads the day: it is short, and fits a desk."""
_FOR_NIGHT: Final = frozenset({"sleep-wind-down", "awake-at-night"})
"""Nobody wants to go on with these when they are up."""


def day_time(now: datetime) -> DayTime:
    """The part of the day that the clock on the wall shows."""
    return next((part for hour, part in reversed(_BEGINS) if now.hour >= hour), DayTime.BEDTIME)


def suiting(part: DayTime, language: str) -> tuple[str, ...]:
    """The sessions that suit: translations into the listener's language first, then what is there in English only."""
    own = [library.in_language(name, language) for name in SUITING[part]]
    return tuple(sorted(own, key=lambda name: language != library.ORIGINAL and not name.startswith(f"{language}/")))


def suits(session: str, part: DayTime) -> bool:
    """Whether a session that was begun may go on now: one to fall asleep by only in the evening and at night."""
    is_up = part in {DayTime.MORNING, DayTime.DAY}
    return not (is_up and session.rpartition("/")[2] in _FOR_NIGHT)
