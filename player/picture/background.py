"""The lane of the bed: the level of each sound relative to the voice, its ducking under speech, and its fades.

The rule: the level is exactly the envelope's; only levels far below all those of the script are not on the page.
"""

from __future__ import annotations

from itertools import cycle
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from player.picture import marks as ink
from player.picture.marks import SMALL, AreaMark, LineMark, TextMark
from player.picture.panel import points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.picture.curves import BedCurve
    from player.picture.marks import Mark, Measure, Points
    from player.picture.panel import Panel, Strip
    from player.timeline.model import Timeline


def bed(panel: Panel, strip: Strip, bed: BedCurve) -> Iterator[Mark]:
    """The level of every sound, and hairlines at the levels that the script gives."""
    low, high = bed.levels_db[0] - 6, bed.levels_db[-1] + 1.5
    colours = dict(zip(bed.sounds, cycle(ink.BEDS)))
    outlines = {sound: _level(panel, strip, bed, sound, (low, high)) for sound in bed.sounds}
    for sound, outline in outlines.items():
        yield AreaMark(((panel.left, strip.base), *outline, (panel.right, strip.base)), colours[sound][1])
    taken = 0.0
    for db in bed.levels_db:
        y = strip.y((db - low) / (high - low))
        yield LineMark(((panel.left, y), (panel.right, y)), ink.HAIR, 0.7)
        if not taken or taken - y > 0.9 * SMALL:
            yield TextMark(panel.right + 6, y + 3.5, f"{db:g} dB".replace("-", "−"), SMALL, ink.SOFT)
            taken = y
    for sound, outline in outlines.items():
        yield from (LineMark(part, colours[sound][0], 1.2) for part in _audible(outline, strip.base))


def _level(panel: Panel, strip: Strip, bed: BedCurve, sound: str, scale: tuple[float, float]) -> Points:
    low, high = scale
    levels = bed.curve(sound, panel.span.start_ms, panel.span.end_ms, 2 * round(panel.right - panel.left) + 1)
    levels[:, 1] = np.clip((levels[:, 1] - low) / (high - low), 0, 1)
    return points(panel, strip, levels)


def _audible(outline: Points, base: float) -> Iterator[Points]:
    """The parts of an outline above its base, with the points at which they begin and end on it."""
    part: list[tuple[float, float]] = []
    for before, point in zip((outline[0], *outline), outline, strict=False):
        if point[1] < base:
            part = part or [before]
            part.append(point)
        elif part:
            yield (*part, point)
            part = []
    if part:
        yield tuple(part)


def names(panel: Panel, strip: Strip, timeline: Timeline, measure: Measure) -> Iterator[TextMark]:
    """The name of each sound where it begins, if there is room for it."""
    pairs = zip((None, *timeline.beds), timeline.beds, strict=False)
    begins = [state for before, state in pairs if state.sound and (before is None or before.sound != state.sound)]
    taken = panel.left
    for state in begins:
        name = PurePath(state.sound or "").stem
        x = max(panel.x(state.start_ms + (state.over_ms or timeline.fade_in_ms)) + 6, taken)
        if panel.meets(state.start_ms, state.start_ms + 1) and x + measure(name) < panel.right:
            yield TextMark(x, strip.base - 4, name, SMALL, ink.SOFT)
            taken = x + measure(name) + 10
