"""A schedule for systemd: a service that plays once, and a timer that starts it.

The rule: words are quoted as systemd.syntax(7) and systemd.service(5) ask for, so that blanks, quotes, dollars and
percent signs mean themselves; moments are written as systemd.time(7) reads them. Pure: text out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from player.reminders.schedule import DAYS, EVERY_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from player.reminders.schedule import Schedule
    from player.reminders.timers.work import ScheduledCommand

_PLAIN: Final = re.compile(r"[A-Za-z0-9_=:,./@+-]+")
_ESCAPED: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "%": "%%"})


def service(work: ScheduledCommand) -> str:
    """The unit that plays: systemd waits for its end, and starts no second one meanwhile."""
    program, *words = work.command
    lines = ["[Unit]", f"Description={_plain(work.title)}", "", "[Service]", "Type=oneshot"]
    lines += [f"WorkingDirectory={_plain(str(work.folder))}"]
    lines += [f"Environment={_quoted(f'{name}={value}')}" for name, value in work.settings.items()]
    # A dollar in an argument would be a variable; in the name of the program it is none.
    lines += [f"ExecStart={' '.join([_quoted(program), *(_quoted(word).replace('$', '$$') for word in words)])}"]
    return "\n".join(lines) + "\n"


def timer(work: ScheduledCommand) -> str:
    """The unit that starts the other one of its name at every moment; what was slept through is not made up for."""
    lines = ["[Unit]", f"Description={_plain(work.title)}, again and again", "", "[Timer]"]
    lines += [f"OnCalendar={line}" for line in calendar(work.schedule)]
    lines += ["AccuracySec=1s", "", "[Install]", "WantedBy=timers.target"]
    return "\n".join(lines) + "\n"


def calendar(schedule: Schedule) -> Iterator[str]:
    """The moments as ``Mon..Fri *-*-* 09,11,13,15,17:00:00``: a line for each minute, and for other days."""
    days: defaultdict[int, set[int]] = defaultdict(set)
    for moment in schedule.week():
        days[moment.minute].add(moment.day)
    hours: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for at, on in sorted(days.items()):
        hours[_days(on), at % 60].append(at // 60)
    for (which, minute), at_hours in hours.items():
        yield f"{which}*-*-* {','.join(f'{hour:02}' for hour in at_hours)}:{minute:02}:00"


def _days(days: Iterable[int]) -> str:
    """``Mon..Wed,Fri`` and a blank; nothing for every day."""
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
    """A value that is read to the end of its line."""
    return " ".join(text.split("\n")).replace("%", "%%")


def _quoted(word: str) -> str:
    """The word as it is, where nothing in it means anything else."""
    return word if _PLAIN.fullmatch(word) else f'"{word.translate(_ESCAPED)}"'
