"""Panels: a span of time on the page, the strips of its lanes, its axis, and the points of curves on it.

The rule: nothing outside the span is drawn. A panel knows no lane.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from player.picture import marks as ink
from player.picture.marks import SMALL, LineMark, TextMark
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from player.picture.marks import Mark, Measure, Points
    from player.timeline.model import Span

_STEPS_S: Final = (5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400)


@dataclass(frozen=True)
class Panel:
    """A span of time between two edges of the page."""

    span: Span
    left: float
    right: float

    def x(self, ms: float) -> float:
        """The position of a moment; moments outside lie on the edges."""
        inside = min(max(ms, self.span.start_ms), self.span.end_ms)
        return self.left + (inside - self.span.start_ms) / self.ms_a_unit

    @property
    def ms_a_unit(self) -> float:
        """Milliseconds for each unit of the page."""
        return (self.span.end_ms - self.span.start_ms) / (self.right - self.left)

    def meets(self, start_ms: float, end_ms: float) -> bool:
        """Whether a part of this span lies in the panel's."""
        return start_ms < self.span.end_ms and end_ms > self.span.start_ms


@dataclass(frozen=True)
class Strip:
    """The strip of a lane on the page."""

    top: float
    height: float

    @property
    def base(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def y(self, level: float) -> float:
        """The position of a level of 0 to 1."""
        return self.base - level * self.height


def clipped(points: NDArray[np.float64], span: Span) -> NDArray[np.float64]:
    """The part of a curve inside a span, cut on its edges."""
    start, end = max(span.start_ms, points[0, 0]), min(span.end_ms, points[-1, 0])
    inside = points[(points[:, 0] > start) & (points[:, 0] < end)]
    edges = [[at, np.interp(at, points[:, 0], points[:, 1])] for at in (start, end)]
    return np.vstack([edges[:1], inside, edges[1:]])


def points(panel: Panel, strip: Strip, levels: NDArray[np.float64]) -> Points:
    """A curve on the page, without the points on level stretches, in hundredths of a unit."""
    y = levels[:, 1]
    needed = np.ones(len(y), bool)
    needed[1:-1] = (y[1:-1] != y[:-2]) | (y[1:-1] != y[2:])
    return tuple((round(panel.x(ms), 2), round(strip.y(level), 2)) for ms, level in levels[needed])


def axis(panel: Panel, top: float, measure: Measure, *, seconds: bool = False) -> Iterator[Mark]:
    """The axis with minutes and seconds, and the panel's end."""
    yield LineMark(((panel.left, top), (panel.right, top)), ink.SOFT, 0.8)
    if seconds:
        yield from (_tick(panel, ms, top, 3) for ms in _multiples(panel.span, 1000))
    end = "" if seconds else timecode(panel.span.end_ms)
    step = next((1000 * s for s in _STEPS_S if 1000 * s / panel.ms_a_unit > 52), 1000 * _STEPS_S[-1])
    last = panel.right - measure(end) - 8 if end else panel.right + 1
    for ms in _multiples(panel.span, step):
        yield _tick(panel, ms, top, 5)
        if panel.x(ms) + measure(timecode(ms)) / 2 < last:
            yield TextMark(panel.x(ms), top + 16, timecode(ms), SMALL, ink.SOFT, align="center")
    if end:
        yield TextMark(panel.right, top + 16, end, SMALL, ink.SOFT, align="right")


def _multiples(span: Span, step: int) -> range:
    return range(-(-span.start_ms // step) * step, span.end_ms + 1, step)


def _tick(panel: Panel, ms: int, top: float, length: float) -> LineMark:
    return LineMark(((panel.x(ms), top), (panel.x(ms), top + length)), ink.SOFT, 0.8)
