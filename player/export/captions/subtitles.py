"""Captions as WebVTT (W3C), SubRip and LRC: each a pure function from a timeline to a text.

The rule: text of a script never becomes markup of the format. WebVTT has escapes for that. SubRip and LRC have none, so
signs that players would take for markup become their look-alikes. Lines have at most `cues.LINE` characters.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from player.errors import printable
from player.export.captions.cues import LINE, captions, split

if TYPE_CHECKING:
    from player.export.captions.cues import Caption
    from player.timeline.model import Timeline

_LINES: Final = 2
_FOR_VTT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_FOR_SRT: Final = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")"})
_FOR_LRC: Final = str.maketrans({"[": "(", "]": ")", "<": "‹", ">": "›"})
"""LRC has times in ``[]``, and enhanced LRC has them in ``<>``."""

Subtitle = Callable[["Timeline", str], str]


def vtt(timeline: Timeline, language: str = "en") -> str:
    """WebVTT."""
    title = printable(" ".join(timeline.title.split())).translate(_FOR_VTT)
    cues = (
        f"{_clock(each.start_ms, '.')} --> {_clock(each.end_ms, '.')}\n{_wrapped(each).translate(_FOR_VTT)}\n"
        for each in split(captions(timeline, language), _LINES)
    )
    return "\n".join(["WEBVTT\n", f"NOTE {title}\n", *cues])


def srt(timeline: Timeline, language: str = "en") -> str:
    """SubRip."""
    cues = (
        f"{number}\n{_clock(each.start_ms, ',')} --> {_clock(each.end_ms, ',')}\n{_wrapped(each).translate(_FOR_SRT)}\n"
        for number, each in enumerate(split(captions(timeline, language), _LINES), 1)
    )
    return "\n".join(cues)


def lrc(timeline: Timeline, language: str = "en") -> str:
    """LRC; its times are rounded to hundredths of a second. An empty line clears the display where speech ends."""
    title = printable(" ".join(timeline.title.split())).translate(_FOR_LRC)
    lines, end_ms = [f"[ti:{title}]", f"[la:{language}]", f"[length:{_minutes(timeline.total_ms)[:-3]}]"], 0
    for each in split(captions(timeline, language), 1):
        if end_ms and each.start_ms - end_ms >= _CLEAR_AFTER_MS:
            lines.append(f"[{_minutes(end_ms)}]")
        lines.append(f"[{_minutes(each.start_ms)}]{each.text.translate(_FOR_LRC)}")
        end_ms = each.end_ms
    return "\n".join([*lines, ""])


_CLEAR_AFTER_MS: Final = 3000

SUBTITLES: Final[dict[str, Subtitle]] = {"vtt": vtt, "srt": srt, "lrc": lrc}


def _wrapped(caption: Caption) -> str:
    return "\n".join(textwrap.wrap(caption.text, LINE))


def _clock(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{ms:03}"


def _minutes(ms: int) -> str:
    hundredths = (ms + 5) // 10
    return f"{hundredths // 6000:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"
