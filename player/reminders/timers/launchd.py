"""A schedule for launchd: an agent that plays once at every moment.

There is one calendar interval of launchd.plist(5) for each moment, as an interval has no lists. Pure: bytes out.
"""

from __future__ import annotations

import plistlib
import re
from typing import TYPE_CHECKING, Any, Final

from player.errors import UsageError, printable
from player.reminders.schedule import EVERY_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.reminders.schedule import Schedule
    from player.reminders.timers.scheduled_command import ScheduledCommand

_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def label(name: str) -> str:
    """The label of the agent with this name, which is also the name of its file."""
    return f"player.{name}"


def agent(scheduled: ScheduledCommand) -> bytes:
    """The property list.

    Raises
    ------
    UsageError
        If a word has a control character, for which XML has no sign.
    """
    for word in (*scheduled.command, *scheduled.settings.values()):
        if _UNWRITABLE.search(word):
            raise UsageError(f"{printable(word)} has a character that a timer's file cannot hold; give it another name")
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
