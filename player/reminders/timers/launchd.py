"""A schedule for launchd: an agent that plays once at every moment.

There is one calendar interval of launchd.plist(5) for each moment, as an interval has no lists. Pure: bytes out.
"""

from __future__ import annotations

import plistlib
from typing import TYPE_CHECKING, Any

from player.reminders.schedule import EVERY_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.reminders.schedule import Schedule
    from player.reminders.timers.scheduled_command import ScheduledCommand


def label(name: str) -> str:
    """The label of the agent with this name, which is also the name of its file."""
    return f"player.{name}"


def agent(scheduled: ScheduledCommand) -> bytes:
    """The property list."""
    entries: dict[str, Any] = {
        "Label": label(scheduled.name),
        "ProgramArguments": list(scheduled.command),
        "WorkingDirectory": str(scheduled.folder),
        "StartCalendarInterval": [*intervals(scheduled.schedule)],
    }
    if scheduled.settings:
        entries["EnvironmentVariables"] = dict(scheduled.settings)
    return plistlib.dumps(entries, sort_keys=False)


def intervals(schedule: Schedule) -> Iterator[dict[str, int]]:
    """The moments as calendar intervals; without a weekday if every day is meant. Monday is 1."""
    if schedule.days == EVERY_DAY:
        for minute in sorted({moment.minute for moment in schedule.week()}):
            yield {"Hour": minute // 60, "Minute": minute % 60}
        return
    for moment in schedule.week():
        yield {"Weekday": moment.day + 1, "Hour": moment.minute // 60, "Minute": moment.minute % 60}
