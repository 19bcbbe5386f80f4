"""A schedule for launchd: an agent that plays once at every moment.

The rule: what launchd.plist(5) calls a calendar interval, one for each moment; it has no lists. Pure: bytes out.
"""

from __future__ import annotations

import plistlib
from typing import TYPE_CHECKING, Any

from player.reminders.schedule import EVERY_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.reminders.schedule import Schedule
    from player.reminders.timers.work import ScheduledCommand


def label(work: ScheduledCommand) -> str:
    """What launchd calls it, and its file."""
    return f"player.{work.name}"


def agent(work: ScheduledCommand) -> bytes:
    """The property list."""
    entries: dict[str, Any] = {
        "Label": label(work),
        "ProgramArguments": list(work.command),
        "WorkingDirectory": str(work.folder),
        "StartCalendarInterval": [*intervals(work.schedule)],
    }
    if work.settings:
        entries["EnvironmentVariables"] = dict(work.settings)
    return plistlib.dumps(entries, sort_keys=False)


def intervals(schedule: Schedule) -> Iterator[dict[str, int]]:
    """The moments; days are left out where all are meant. Monday is 1."""
    if schedule.days == EVERY_DAY:
        for minute in sorted({moment.minute for moment in schedule.week()}):
            yield {"Hour": minute // 60, "Minute": minute % 60}
        return
    for moment in schedule.week():
        yield {"Weekday": moment.day + 1, "Hour": moment.minute // 60, "Minute": moment.minute % 60}
