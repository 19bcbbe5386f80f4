"""The spoken blocks of a session, and the passage for the close-up.

The rule: the passage begins where the guiding does, with its announcement, and a little earlier, so that the ducking of
the bed is seen. It ends with a slot, and is the longest in which the words have room; ``has_room`` decides that.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from player.script.languages import words_for
from player.techniques.cue import Tone, Utterance
from player.timeline.body import runs
from player.timeline.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.timeline.model import Cue, Timeline

LEAD_MS: Final = 3000
ANNOUNCED_MS: Final = 25_000
"""The slot before the guiding belongs to it, if it is no longer than this."""
LENGTHS_MS: Final = (68_000, 56_000, 48_000, 40_000, 34_000)
UNGUIDED_MS: Final = (108_000, 84_000)
"""Without guiding, no seconds need to be read, and the passage may be longer."""


@dataclass(frozen=True)
class Block:
    """The spoken text of one slot, without counted numbers."""

    start_ms: int
    end_ms: int
    text: str


def blocks(timeline: Timeline, span: Span) -> tuple[Block, ...]:
    """The blocks that begin in a span, in order."""
    said = [cue for cue in timeline.cues if cue.text and cue.kind != "count"]
    slots = (list(cues) for _, cues in groupby(said, key=lambda cue: cue.slot_start_ms))
    found = (Block(_heard_ms(cues[0]), cues[-1].end_ms, " ".join(cue.text for cue in cues)) for cues in slots)
    return tuple(block for block in found if span.start_ms <= block.start_ms < span.end_ms)


def _heard_ms(cue: Cue) -> int:
    return cue.start_ms if cue.beat_ms is None else cue.beat_ms


def figure(cue: Cue) -> str:
    """A counted number as a figure: ``2`` for "two"; what the language's table does not know stays as it is."""
    words = words_for(cue.sound.language) if isinstance(cue.sound, Utterance) else None
    if words is None or cue.text not in words.numbers:
        return cue.text
    return str(words.numbers.index(cue.text) + 1)


def passage(timeline: Timeline, has_room: Callable[[Span], bool]) -> Span:
    """The span for the close-up; ``has_room`` says whether all words of a span can be written."""
    start = max(0, _main_start_ms(timeline) - LEAD_MS)
    lengths = LENGTHS_MS if runs(timeline) else (*UNGUIDED_MS, *LENGTHS_MS)
    spans = [_within(timeline, start, length) for length in lengths]
    return next((span for span in spans if has_room(span)), spans[-1])


def _within(timeline: Timeline, start_ms: int, length_ms: int) -> Span:
    """A span of about this length that ends with a slot, and not in the middle of a breath."""
    if start_ms + length_ms >= timeline.total_ms:
        return Span(max(0, timeline.total_ms - length_ms), timeline.total_ms)
    least, most = start_ms + length_ms * 2 // 3, start_ms + length_ms
    whole = (slot.start_ms for slot in timeline.slots if slot.opens or slot.guide in {"", "tense", "release"})
    ends = (end for end in whole if least <= end <= most)
    return Span(start_ms, max(ends, default=most))


def _main_start_ms(timeline: Timeline) -> int:
    """Where the main guiding begins, of breath or of muscles; without any, where the second chapter does."""
    found = runs(timeline)
    if not found:
        later = [section.start_ms for section in timeline.sections if section.start_ms > LEAD_MS]
        return min(later, default=0)
    lengths = {body: sum(run.length_ms for run in found if run.body == body) for body in ("breath", "tension")}
    main = max(lengths, key=lengths.__getitem__)
    return _announcement_ms(timeline, next(run.start_ms for run in found if run.body == main))


def _announcement_ms(timeline: Timeline, start_ms: int) -> int:
    """Where the slot before begins: a muscle is named before it is tensed, a pattern explained before it is counted."""
    before = [slot for slot in timeline.slots if slot.length_ms and slot.start_ms < start_ms]
    if before and before[-1].length_ms <= ANNOUNCED_MS:
        return before[-1].start_ms
    return start_ms


def tones(timeline: Timeline, span: Span) -> tuple[tuple[Cue, Tone], ...]:
    """Guide tones and chimes that sound in a span."""
    found = ((cue, cue.sound) for cue in timeline.cues if cue.start_ms < span.end_ms and cue.end_ms > span.start_ms)
    return tuple((cue, sound) for cue, sound in found if isinstance(sound, Tone))


def voiced(timeline: Timeline, span: Span) -> tuple[Cue, ...]:
    """Everything spoken that sounds in a span."""
    cues = (cue for cue in timeline.cues if cue.start_ms < span.end_ms and cue.end_ms > span.start_ms)
    return tuple(cue for cue in cues if not isinstance(cue.sound, Tone))
