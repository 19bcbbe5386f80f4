"""Chapters and labels for other programs: JSON chapters of podcasts, and a label track of Audacity.

The rule: times are seconds, written from exact milliseconds, never from floating point. It is a pure function of a
timeline.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from player.errors import printable
from player.export.captions.cues import captions
from player.timeline.chapters import chapters

if TYPE_CHECKING:
    from player.timeline.model import Timeline


def podcast(timeline: Timeline, file_name: str = "") -> str:
    """JSON Chapters 1.2.0 of the Podcast Namespace; ``file_name`` is the sound file that they belong to."""
    head = {"version": "1.2.0", "title": _line(timeline.title), "fileName": file_name}
    found = [
        {"startTime": _seconds(each.start_ms), "endTime": _seconds(each.end_ms), "title": _line(each.title)}
        for each in chapters(timeline)
    ]
    whole: dict[str, Any] = {key: value for key, value in head.items() if value} | {"chapters": found}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def labels(timeline: Timeline, language: str = "en") -> str:
    """A label track for Audacity: a region for every chapter and for everything that is heard, in order of time."""
    regions = [(each.start_ms, -each.end_ms, _line(each.title)) for each in chapters(timeline)]
    regions += [(each.start_ms, -each.end_ms, each.text) for each in captions(timeline, language)]
    rows = (f"{_exact(start)}\t{_exact(-end)}\t{text}\n" for start, end, text in sorted(regions))
    return "".join(rows)


def _seconds(ms: int) -> int | float:
    return ms // 1000 if ms % 1000 == 0 else ms / 1000


def _exact(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03}000"


def _line(text: str) -> str:
    return printable(" ".join(text.split()))
