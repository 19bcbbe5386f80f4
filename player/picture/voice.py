"""The lane of the voice: speech, counting, tones and chimes, and in the close-up also the words.

The rule: in the overview, counted breaths are one bar, as their words would look like a barcode; in the close-up, every
clip is drawn where it sounds. A text is never wider than the time until the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from player.picture import marks as ink
from player.picture.curves import guidance
from player.picture.labels import folded, shortened
from player.picture.marks import SMALL, AreaMark, BoxMark, LineMark, TextMark
from player.picture.passage import blocks, figure, tones, voiced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from player.picture.curves import Help
    from player.picture.marks import Mark, Measure
    from player.picture.panel import Panel, Strip
    from player.picture.passage import Block
    from player.timeline.model import Cue, Span, Timeline

LINE_HEIGHT: Final = 13.0
COLUMN: Final = 230.0
MOST_LINES: Final = 6
"""Spoken text is wrapped into columns no wider and no higher than this."""
BETWEEN: Final = 8.0
"""Two columns are this far apart."""
BAR: Final = 14.0
LINE_BAR: Final = 3.0
"""The height of a line that is said over a breath: below the breath's own bar, so that its name can be read."""
HAIRLINE: Final = 1.2
"""No bar is narrower; bars with less between them are one."""
SLIVER: Final = 2.5
"""A word that is cut at an edge is not drawn if its rest is no wider."""
_HELP_COLOURS: Final[dict[Help, str]] = {"counted": ink.GUIDE, "words": ink.GUIDE, "tones": ink.TONE_FILL}


def overview(panel: Panel, strip: Strip, timeline: Timeline, measure: Measure) -> Iterator[Mark]:
    """Speech as bars, counted breaths and tones as bars with a name and lines over them below, chimes as lozenges."""
    top = strip.top + (strip.height - BAR) / 2
    guided = [(span, help_) for span, help_ in guidance(timeline) if help_]
    for span, help_ in guided:
        left, width = panel.x(span.start_ms), panel.x(span.end_ms) - panel.x(span.start_ms)
        yield BoxMark(left, top, width, BAR, _HELP_COLOURS[help_], 2)
        if measure(help_) + 4 < width:
            yield TextMark(left + width / 2, top + BAR - 3.5, help_, SMALL, align="center")
    said = voiced(timeline, panel.span)
    for start, end in _joined(panel, (cue for cue in said if not _inside(cue, guided))):
        yield BoxMark(start, top, max(end - start, HAIRLINE), BAR, ink.VOICE, 1)
    for start, end in _joined(panel, (cue for cue in said if cue.kind == "speech" and _inside(cue, guided))):
        yield BoxMark(start, top + BAR + 1, max(end - start, HAIRLINE), LINE_BAR, ink.VOICE, 1)
    yield from _chimes(panel, strip, timeline, measure)


def _chimes(panel: Panel, strip: Strip, timeline: Timeline, measure: Measure) -> Iterator[Mark]:
    """A lozenge for each chime, and its name if there is room before the next sound."""
    sounding = [cue.start_ms for cue in timeline.cues]
    for cue, tone in tones(timeline, panel.span):
        if cue.kind == "chime" and panel.meets(cue.start_ms, cue.start_ms + 1):
            x, y, name = panel.x(cue.start_ms), strip.top + strip.height / 2, _CHIMES.get(tone.name, "bell")
            yield AreaMark(((x, y - 6), (x + 4.5, y), (x, y + 6), (x - 4.5, y)), ink.TONE)
            free = min((panel.x(ms) for ms in sounding if ms > cue.start_ms), default=ink.WIDTH)
            if x + 8 + measure(name) < free:
                yield TextMark(x + 8, y + 3.5, name, SMALL, ink.SOFT)


_CHIMES: Final = {"bowl": "bowl"}


def _inside(cue: Cue, guided: Iterable[tuple[Span, Help]]) -> bool:
    return any(span.start_ms <= cue.slot_start_ms < span.end_ms for span, _ in guided)


def _joined(panel: Panel, cues: Iterable[Cue]) -> list[tuple[float, float]]:
    """The edges of the bars."""
    bars: list[tuple[float, float]] = []
    for cue in cues:
        start, end = panel.x(cue.start_ms), panel.x(cue.end_ms)
        if bars and start - bars[-1][1] < HAIRLINE:
            start = bars.pop()[0]
        bars.append((start, end))
    return bars


def detail(panel: Panel, strip: Strip, timeline: Timeline, measure: Measure) -> Iterator[Mark]:
    """Every clip as a bar, every tone as its glide, and chimes."""
    for cue in voiced(timeline, panel.span):
        left, right = panel.x(cue.start_ms), panel.x(cue.end_ms)
        is_whole = panel.span.start_ms <= cue.start_ms and cue.end_ms <= panel.span.end_ms
        if is_whole or right - left > SLIVER:
            yield BoxMark(left, strip.top + 2, max(right - left, HAIRLINE), strip.height - 4, ink.VOICE, 1)
    for cue, tone in tones(timeline, panel.span):
        if cue.kind == "tone" and tone.name in _GLIDES:
            ends = (max(cue.start_ms, panel.span.start_ms), min(cue.end_ms, panel.span.end_ms))
            levels = np.interp(ends, (cue.start_ms, cue.end_ms), _GLIDES[tone.name])
            before, after = ((panel.x(ms), strip.y(float(level))) for ms, level in zip(ends, levels, strict=True))
            yield LineMark(((before[0] + 1, before[1]), (after[0] - 1, after[1])), ink.TONE, 2)
    yield from _chimes(panel, strip, timeline, measure)


_GLIDES: Final = {"in": (0.1, 0.9), "hold": (0.9, 0.9), "out": (0.9, 0.1), "rest": (0.1, 0.1)}


def script(panel: Panel, top: float, timeline: Timeline, measure: Measure) -> tuple[TextMark, ...]:
    """The spoken text under the bars, each block as wide as the time until the next one.

    A block that is too narrow for its longest word stands on one line further down, where there is room.
    """
    words: list[TextMark] = []
    narrow: list[Block] = []
    for block, room in _columns(panel, timeline):
        lines = list(folded(block.text, room, measure))
        if max(map(measure, lines), default=0.0) > room:
            narrow.append(block)
            continue
        if len(lines) > MOST_LINES:
            last = shortened(" ".join(lines[MOST_LINES - 1 :]), room, measure)
            lines[MOST_LINES - 1 :] = [last]
        x = panel.x(block.start_ms)
        words += (TextMark(x, _base(top, row), line, SMALL) for row, line in enumerate(lines))
    for block in narrow:
        words += _below(block, panel, top, words, measure)
    return tuple(words)


def _columns(panel: Panel, timeline: Timeline) -> Iterator[tuple[Block, float]]:
    """Every block that is seen, and how wide its column is."""
    found = blocks(timeline, panel.span)
    for block, after in zip(found, (*found[1:], None), strict=False):
        end = panel.x(after.start_ms) if after else panel.right
        yield block, min(end - panel.x(block.start_ms) - BETWEEN, COLUMN)


def _base(top: float, row: int) -> float:
    return top + (row + 0.8) * LINE_HEIGHT


def _below(block: Block, panel: Panel, top: float, words: Sequence[TextMark], measure: Measure) -> Iterator[TextMark]:
    """The block in the highest line in which it overlaps no other; nothing if there is none."""
    left = panel.x(block.start_ms)
    right = left + measure(block.text) + BETWEEN
    for base in (_base(top, row) for row in range(MOST_LINES)):
        line = [word for word in words if word.y == base]
        if right <= panel.right and all(right <= w.x or w.x + measure(w.text) + BETWEEN <= left for w in line):
            yield TextMark(left, base, block.text, SMALL)
            return


def has_room(panel: Panel, timeline: Timeline, measure: Measure) -> bool:
    """Whether all text can be written where it is spoken, and counted numbers do not touch."""
    for block, room in _columns(panel, timeline):
        lines = list(folded(block.text, room, measure))
        if len(lines) > MOST_LINES or max(map(measure, lines), default=0.0) > room:
            return False
    counted = [cue for cue in voiced(timeline, panel.span) if cue.kind == "count"]
    widest = max((measure(figure(cue)) for cue in counted), default=0.0)
    return not counted or 1000 / panel.ms_a_unit > widest + 2
