"""The lane of the body: breath curves, the tension of muscles, and the beats on which words are heard.

The rule: every run is drawn as the timeline has it; only the strength of its outline depends on its width.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from player.picture import marks as ink
from player.picture.curves import curve
from player.picture.marks import SMALL, AreaMark, BoxMark, LineMark, TextMark
from player.picture.panel import clipped, points
from player.picture.passage import figure, voiced
from player.timeline.body import moves, runs
from player.timeline.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.picture.marks import Mark
    from player.picture.panel import Panel, Strip
    from player.timeline.body import Body, Run
    from player.timeline.model import Cue, Timeline

_COLOURS: Final[dict[Body, tuple[str, str]]] = {
    "breath": (ink.BREATH, ink.BREATH_FILL),
    "tension": (ink.TENSION, ink.TENSION_FILL),
}
_SOFT_COLOURS: Final[dict[Body, str]] = {"breath": ink.BREATH_SOFT, "tension": ink.TENSION}
ROOMY: Final = 15.0
CROWDED: Final = 7.0
"""Breaths narrower than the first have a lighter outline, and those narrower than the second have none, so that a long
session looks calm, and not like a barcode."""


def body(panel: Panel, strip: Strip, timeline: Timeline, *, named: bool = False) -> Iterator[Mark]:
    """Breath curves and the tension of muscles."""
    for run in runs(timeline):
        if panel.meets(run.start_ms, run.end_ms):
            outline = points(panel, strip, clipped(curve(moves(run), panel.ms_a_unit), panel.span))
            colour, fill = _COLOURS[run.body]
            ends = ((outline[-1][0], strip.base), (outline[0][0], strip.base))
            yield AreaMark((*outline, *ends), fill, f"{run.body}-{run.start_ms}" if named else "")
            room = _room(panel, run)
            if room > CROWDED:
                yield LineMark(outline, *((colour, 1.4) if room > ROOMY else (_SOFT_COLOURS[run.body], 1.0)))


def _room(panel: Panel, run: Run) -> float:
    """The width of a breath or a tension of the run on the page."""
    cycles = sum(slot.opens or slot.guide == "tense" for slot in run.slots)
    return run.length_ms / panel.ms_a_unit / max(1, cycles)


def beats(panel: Panel, strip: Strip, timeline: Timeline) -> Iterator[Mark]:
    """A dot on the breath curve where a word is heard, with the number over it where one is counted."""
    for run in runs(timeline):
        if not panel.meets(run.start_ms, run.end_ms):
            continue
        levels = curve(moves(run), panel.ms_a_unit)
        for cue in voiced(timeline, Span(run.start_ms, run.end_ms)):
            if cue.beat_ms is not None and panel.meets(cue.beat_ms, cue.beat_ms + 1):
                near = (cue.beat_ms - 100, cue.beat_ms, cue.beat_ms + 100)
                before, level, after = (float(each) for each in np.interp(near, levels[:, 0], levels[:, 1]))
                lean = (after - before) * strip.height / (200 / panel.ms_a_unit)
                yield from _beat(panel.x(cue.beat_ms), strip.y(level), lean, cue, _COLOURS[run.body][0])


def _beat(x: float, y: float, lean: float, cue: Cue, colour: str) -> Iterator[Mark]:
    """The number stands over the dot, or beside it where the curve is steep: on the outer side of the breath."""
    radius = 1.8 if cue.kind == "count" else 3.0
    yield BoxMark(x - radius, y - radius, 2 * radius, 2 * radius, colour, radius)
    if cue.kind == "count":
        beside = 6.0 if abs(lean) > 0.3 else 0.0
        yield TextMark(x + math.copysign(beside, -lean), y - (2 if beside else 6), figure(cue), SMALL, align="center")
