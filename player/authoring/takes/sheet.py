"""A sheet to read a session's lines from, as plain text.

The rule: one take a line, with the file name that finds it and the time that there is for it; lines are wrapped, so
that the sheet can be printed. Pure: text out.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from player.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from player.authoring.takes.lines import LineToSpeak

WIDTH: Final = 80
_ADVICE: Final = (
    "Record each line by itself, in a quiet room, always at the same distance from the microphone. Leave a moment of "
    "silence before and after it: that is cut away. Save it under its name, as WAV, FLAC, Ogg or MP3, and all of them "
    "in one folder; the number may be left out. Speak slowly, but within the time that is named. Words on a beat are "
    "counted on: say them as one, without a pause."
)


def sheet(title: str, lines: Iterable[LineToSpeak]) -> str:
    """The sheet, with a line feed at its end."""
    return "\n".join(_rows(printable(title), tuple(lines))) + "\n"


def _rows(title: str, lines: tuple[LineToSpeak, ...]) -> Iterator[str]:
    count = "1 line" if len(lines) == 1 else f"{len(lines)} lines"
    yield from textwrap.wrap(f"{title}: {count} to speak", WIDTH)
    yield ""
    yield from textwrap.wrap(_ADVICE, WIDTH)
    section = ""
    for line in lines:
        if line.section != section:
            section = line.section
            yield from ("", printable(section).upper())
        yield from ("", f"{line.file}{_time(line)}")
        yield from textwrap.wrap(printable(line.text), WIDTH, initial_indent="    ", subsequent_indent="    ")


def _time(line: LineToSpeak) -> str:
    if line.room_ms is None:
        return ""
    return f"   ({'on a beat, ' if line.on_beat else ''}at most {seconds(line.room_ms)})"


def seconds(ms: int) -> str:
    """Seconds with one decimal, rounded down, so that what is promised is there: ``4.2 s``."""
    return f"{ms // 100 / 10:.1f} s"
