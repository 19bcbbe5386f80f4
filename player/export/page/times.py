"""The times of a session for the script of its page, as numbers for JSON.

The rule: they are the numbers of the terminal's pacer, so both show the same at the same moment
(tests/export/page/test_in_browser.py). Times are ms from the start of the session. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from player.export.captions import spoken
from player.timeline.for_sleep import is_for_sleep
from player.timeline.pacer_index import PacerIndex
from player.timeline.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.timeline.model import Timeline
    from player.timeline.pacer_index import PacerLine, ShownPhase

EARLY_MS: Final = 40
"""A chapter is entered at most so much before its start, where its first word begins before it to have its beat on it.
Under 50, so that nobody sees the chapter before."""


def landings(timeline: Timeline) -> tuple[int, ...]:
    """Where each chapter is entered: at its start, or up to `EARLY_MS` before, where its first word begins earlier."""
    steps = Steps(timeline)
    starts = [chapter.start_ms for chapter in PacerIndex(timeline).chapters]
    return tuple(max(min(steps.at(start).entry_ms, start), start - EARLY_MS) for start in starts)


def times(timeline: Timeline) -> dict[str, Any]:
    """Everything that the script of a page reads.

    ``phases`` are rows of start, length, guide, body, word, seconds that are counted, whether they count down, and the
    first and the number of its ``lines``. ``moves`` are ramps of the body's level: start, end, and the level at either.
    ``lines`` and ``said`` are start, end and text: sentences, and everything that is spoken. ``chapters`` are start and
    title; ``entries`` and ``sections`` are where steps and sections are entered.
    """
    index, steps = PacerIndex(timeline), Steps(timeline)
    lines = {line: number for number, line in enumerate(dict.fromkeys(_lines(index)))}
    return {
        "total": timeline.total_ms,
        "sleep": is_for_sleep(timeline),
        "phases": [_phase(phase, lines) for phase in index.phases],
        "moves": [[move.start_ms, move.end_ms, move.before, move.after] for move in index.moves],
        "lines": [[line.start_ms, line.end_ms, line.text] for line in lines],
        "said": [[each.start_ms, each.end_ms, each.text] for each in spoken(timeline)],
        "chapters": [[each.start_ms, each.title] for each in index.chapters],
        "entries": steps.entries,
        "sections": steps.section_entries,
    }


def _lines(index: PacerIndex) -> list[PacerLine]:
    return [line for phase in index.phases for line in phase.lines]


def _phase(phase: ShownPhase, lines: Mapping[PacerLine, int]) -> list[Any]:
    """Its lines follow each other in the table, as a phase holds lines from one on."""
    first = lines[phase.lines[0]] if phase.lines else 0
    shown = [phase.guide, phase.body or "", phase.word, phase.seconds, int(phase.counts_down)]
    return [phase.start_ms, phase.length_ms, *shown, first, len(phase.lines)]
