"""Chapters: the sections of a session, and the muscle groups or body regions in them.

The rule: chapters never overlap and none is empty (tests/timeline/test_chapters.py). The chapter of a muscle group
begins with its section's title, because audio players show a flat list: "Tense and let go: your right arm". The time
before the first section has no chapter.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from player.timeline.model import Timeline


@dataclass(frozen=True)
class Chapter:
    """A titled part of a session, without its end."""

    title: str
    start_ms: int
    end_ms: int


def chapters(timeline: Timeline) -> tuple[Chapter, ...]:
    """Each section up to its first group, and each group up to the next one or to the end of its section."""
    marks = [(section.start_ms, 1, section.title) for section in timeline.sections]
    marks += [(group.start_ms, 2, group.title) for group in timeline.groups]
    marks.sort(key=lambda mark: mark[:2])
    starts, titles, section = [], [], ""
    for start_ms, level, title in marks:
        section = title if level == 1 else section
        starts.append(start_ms)
        titles.append(title if level == 1 else _in_section(section, title))
    spans = pairwise([*starts, timeline.total_ms])
    return tuple(Chapter(title, *span) for title, span in zip(titles, spans, strict=True) if span[0] < span[1])


def _in_section(section: str, group: str) -> str:
    return f"{section}: {group}" if section else group[:1].upper() + group[1:]
