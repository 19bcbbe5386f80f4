"""A schedule for systemd: a service that plays once, and a timer that starts it.

Words are quoted as in systemd.syntax(7) and systemd.service(5), so that blanks, quotes, dollars and percent signs stand
for themselves. Moments are written as in systemd.time(7). Pure: text out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from player.reminders.schedule import DAYS, EVERY_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from player.reminders.schedule import Schedule
    from player.reminders.timers.scheduled_command import ScheduledCommand

_PLAIN: Final = re.compile(r"[A-Za-z0-9_=:,./@+-]+")
_CONTROLS: Final = {chr(code): f"\\x{code:02x}" for code in (*range(1, 32), 127)}
"""systemd ends a line at a carriage return, too."""
_ESCAPED: Final = str.maketrans({**_CONTROLS, "\n": "\\n", "\t": "\\t", "\\": "\\\\", '"': '\\"', "%": "%%"})


def service(scheduled: ScheduledCommand) -> str:
    """The service unit. systemd waits for its end, and starts no second one meanwhile."""
    program, *words = scheduled.command
    lines = ["[Unit]", f"Description={_plain(scheduled.title)}", "", "[Service]", "Type=oneshot"]
    lines += [f"WorkingDirectory={_plain(str(scheduled.folder))}"]
    lines += [f"Environment={_quoted(f'{name}={value}')}" for name, value in scheduled.settings.items()]
    # A dollar begins a variable in an argument, but not in the name of the program.
    lines += [f"ExecStart={' '.join([_quoted(program), *(_quoted(word).replace('$', '$$') for word in words)])}"]
    return "\n".join(lines) + "\n"


def timer(scheduled: ScheduledCommand) -> str:
    """The timer unit, which starts the service of the same name. Moments that were slept through are not caught up."""
    lines = ["[Unit]", f"Description={_plain(scheduled.title)}, again and again", "", "[Timer]"]
    lines += [f"OnCalendar={line}" for line in calendar(scheduled.schedule)]
    lines += ["AccuracySec=1s", "", "[Install]", "WantedBy=timers.target"]
    return "\n".join(lines) + "\n"


def calendar(schedule: Schedule) -> Iterator[str]:
    """The moments as ``Mon..Fri *-*-* 09,11,13,15,17:00:00``: a line for each minute of the hour and set of days."""
    days: defaultdict[int, set[int]] = defaultdict(set)
    for moment in schedule.week():
        days[moment.minute].add(moment.day)
    hours: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for at, on in sorted(days.items()):
        hours[_days(on), at % 60].append(at // 60)
    for (which, minute), at_hours in hours.items():
        yield f"{which}*-*-* {','.join(f'{hour:02}' for hour in at_hours)}:{minute:02}:00"


def _days(days: Iterable[int]) -> str:
    """``Mon..Wed,Fri`` and a blank; empty for every day."""
    if set(days) == EVERY_DAY:
        return ""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join("..".join(dict.fromkeys((DAYS[run[0]][:3], DAYS[run[-1]][:3]))) for run in runs) + " "


def _plain(text: str) -> str:
    """A value for a setting that is read to the end of its line."""
    return "".join(" " if char in _CONTROLS else char for char in text).replace("%", "%%")


def _quoted(word: str) -> str:
    """The word, in quotes if it has special characters."""
    return word if _PLAIN.fullmatch(word) else f'"{word.translate(_ESCAPED)}"'
