"""How the breaths of a timeline are guided, and one guidance that is followed by another.

Timelines of one session with different guidance have the same slots, so that a change from one to the other can be made
at the beginning of any breath. Pure.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from player.timeline.layout import joined
from player.timeline.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from player.techniques.guidance import Help
    from player.timeline.model import Timeline

_BREATH: Final = frozenset({"in", "hold", "out", "rest"})
_HELPS: Final[dict[str, Help]] = {"count": "count", "word": "words", "tone": "tones"}
"""Kind of cue to the help that it is, the most help first."""


def breaths(timeline: Timeline) -> list[int]:
    """The beginning of each cycle of breaths, in ms."""
    return [slot.start_ms for slot in timeline.slots if slot.opens and slot.guide in _BREATH]


def help_at(timeline: Timeline, at_ms: int) -> Help | None:
    """How the breath at a position is guided, or the nearest one after or before it; None where there are no breaths.

    A breath under a line of the coach is passed over: its soft tones are not how the session is guided.
    """
    starts = breaths(timeline)
    if not starts:
        return None
    number = max(bisect_right(starts, at_ms) - 1, 0)
    kinds = dict(_kinds(timeline, starts))
    nearest = [*starts[number:], *reversed(starts[:number])]
    heard = next((each for each in (kinds[start] for start in nearest) if "speech" not in each), {"tone"})
    return next((help_ for kind, help_ in _HELPS.items() if kind in heard), "silent")


def _kinds(timeline: Timeline, starts: list[int]) -> Iterator[tuple[int, set[str]]]:
    """The kinds of what is heard in each cycle."""
    heard: dict[int, set[str]] = {start: set() for start in starts}
    guided = {slot.start_ms for slot in timeline.slots if slot.guide in _BREATH}
    inside = (cue for cue in timeline.cues if cue.slot_start_ms in guided)
    for number, cues in groupby(inside, key=lambda cue: bisect_right(starts, cue.slot_start_ms) - 1):
        heard[starts[number]] = {cue.kind for cue in cues}
    yield from heard.items()


def next_breath(timeline: Timeline, from_ms: int) -> int | None:
    """The beginning of the first cycle whose sound does not begin before ``from_ms``; None where there is none."""
    starts = breaths(timeline)
    first_ms: dict[int, int] = {}
    for cue in timeline.cues:
        first_ms[cue.slot_start_ms] = min(cue.start_ms, first_ms.get(cue.slot_start_ms, cue.start_ms))
    later = starts[bisect_left(starts, from_ms) :]
    return next((start for start in later if first_ms.get(start, start) >= from_ms), None)


def spliced(before: Timeline, after: Timeline, at_ms: int) -> Timeline:
    """What is heard as ``before`` up to the breath that begins at ``at_ms``, and as ``after`` from there on.

    Both are of one session: they have the same slots, sections and backgrounds.
    """
    earlier = tuple(cue for cue in before.cues if cue.slot_start_ms < at_ms)
    later = tuple(cue for cue in after.cues if cue.slot_start_ms >= at_ms)
    begins_ms = min((at_ms, *(cue.start_ms for cue in later)))  # a word begins a little before its beat
    speech = [*_cut(before.speech, 0, at_ms), *_cut(after.speech, begins_ms, after.total_ms)]
    return replace(after, cues=earlier + later, speech=joined(speech))


def _cut(spans: Iterable[Span], start_ms: int, end_ms: int) -> Iterator[Span]:
    for span in spans:
        if span.start_ms < end_ms and span.end_ms > start_ms:
            yield Span(max(span.start_ms, start_ms), min(span.end_ms, end_ms))
