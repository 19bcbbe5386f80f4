"""The marks of a picture: lines, areas, boxes and words on a page, and their colours.

The rule: a mark is a value in page units, from the left and from the top; the renderer decides nothing. Ten
units are the height of small print, and a page is as wide as a README. It knows no session and no library.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

WIDTH: Final = 900.0
"""Of every page."""

# Okabe and Ito's blue, vermilion and purple, deepened to be read on paper: they stay apart for colour-blind readers,
# and each has a lane of its own besides.
PAPER: Final = "#fcfbf8"
INK: Final = "#26323b"
SOFT: Final = "#66737c"
HAIR: Final = "#dcdbd4"
TINT: Final = "#f1efe7"
VOICE: Final = "#43525e"
GUIDE: Final = "#c9d1d7"
TONE: Final = "#8a5a9c"
TONE_FILL: Final = "#e0d2e8"
BREATH: Final = "#2a6f9e"
BREATH_SOFT: Final = "#79a6c6"
BREATH_FILL: Final = "#d2e4f0"
TENSION: Final = "#c25f17"
TENSION_FILL: Final = "#f6dfc9"
BEDS: Final = (("#4d7f72", "#dbe9e4"), ("#8b814f", "#ebe7d3"), ("#7a7a86", "#e4e4e9"))
"""Line and fill of the first, second and third sound; after that they repeat."""

SMALL: Final = 10.0
"""The size of small print."""

Points = tuple[tuple[float, float], ...]


class Measure(Protocol):
    """Gives the width of a text in units of the page."""

    def __call__(self, text: str, size: float = SMALL, *, bold: bool = False) -> float:
        """The width at a size."""
        ...


@dataclass(frozen=True)
class LineMark:
    """A line through points."""

    points: Points
    colour: str
    width: float = 1.0


@dataclass(frozen=True)
class AreaMark:
    """A filled outline; ``name`` is its id in an SVG file."""

    points: Points
    colour: str
    name: str = ""


@dataclass(frozen=True)
class BoxMark:
    """A bar with rounded corners."""

    left: float
    top: float
    width: float
    height: float
    colour: str
    radius: float = 0.0


@dataclass(frozen=True)
class TextMark:
    """One line of text; ``y`` is its baseline, ``x`` where it begins, ends or has its middle."""

    x: float
    y: float
    text: str
    size: float
    colour: str = INK
    bold: bool = False
    align: Literal["left", "right", "center"] = "left"


Mark = LineMark | AreaMark | BoxMark | TextMark


@dataclass(frozen=True)
class About:
    """Facts about a session for its picture that are not in its timeline."""

    summary: str | None = None
    technique: str | None = None


@dataclass(frozen=True)
class Page:
    """A picture for the renderer, its marks in order from the back.

    ``description`` is the picture in words, for those who cannot see it.
    """

    title: str
    description: str
    height: float
    marks: tuple[Mark, ...]
