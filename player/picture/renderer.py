"""The renderer of pages, by matplotlib; the only module that knows it.

The rule: it has a figure of its own: no pyplot, no display, and the user's matplotlib settings change nothing. The same
page gives the same bytes on any day and machine: no dates, no versions, and ids that come from the marks.

Text in SVG is drawn as outlines, not as text: a viewer without the font would write it wider or narrower, into its
neighbours. The words are there all the same, in the title, in the description and in a comment beside each outline.
"""

from __future__ import annotations

import io
import warnings
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Polygon
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D

from player.errors import printable
from player.picture.marks import PAPER, SMALL, WIDTH, AreaMark, BoxMark, LineMark, TextMark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matplotlib.artist import Artist
    from matplotlib.transforms import Transform

    from player.picture.marks import Mark, Page

UNITS_AN_INCH: Final = 72
SHARPNESS: Final = 2
"""Pixels of a PNG for each unit: 1800 in all, for screens of high resolution."""

_FONTS: Final = Path(mpl.get_data_path()) / "fonts" / "ttf"
_FACES: Final = {False: _FONTS / "DejaVuSans.ttf", True: _FONTS / "DejaVuSans-Bold.ttf"}
"""Named by file, so that another font of the same name on this machine changes nothing."""
_LACKING: Final = r"(?s)Glyph .* missing from"


@lru_cache(maxsize=4096)
def measure(text: str, size: float = SMALL, *, bold: bool = False) -> float:
    """The width of a text in units of the page."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=_LACKING)
        width, _, _ = text_to_path.get_text_width_height_descent(printable(text), _font(size, bold=bold), ismath=False)
    return float(width)


def svg(page: Page) -> bytes:
    """The page as an SVG file."""
    about = {"Title": printable(page.title), "Description": printable(page.description), "Date": None, "Creator": None}
    with _own_settings():
        file = io.BytesIO()
        _figure(page).savefig(file, format="svg", metadata=about)
    return file.getvalue()


def png(page: Page) -> bytes:
    """The page as a PNG file."""
    about = {"Title": printable(page.title), "Description": printable(page.description), "Software": None}
    with _own_settings():
        file = io.BytesIO()
        _figure(page).savefig(file, format="png", metadata=about, dpi=SHARPNESS * UNITS_AN_INCH)
    return file.getvalue()


@contextmanager
def _own_settings() -> Iterator[None]:
    """The library's default settings; a letter that the font lacks is an empty box, without a warning on stderr."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rc("svg", fonttype="path", hashsalt="player")
        mpl.rc("path", simplify=False)
        mpl.rc("text", hinting="none")
        warnings.filterwarnings("ignore", message=_LACKING)
        yield


def _font(size: float, *, bold: bool) -> FontProperties:
    return FontProperties(fname=str(_FACES[bold]), size=size)


def _figure(page: Page) -> Figure:
    figure = Figure((WIDTH / UNITS_AN_INCH, page.height / UNITS_AN_INCH), UNITS_AN_INCH, facecolor=PAPER)
    transform = Affine2D().scale(1, -1).translate(0, page.height).scale(1 / UNITS_AN_INCH) + figure.dpi_scale_trans
    for order, mark in enumerate(page.marks):
        artist = _ARTISTS[type(mark)](mark, transform)
        artist.set_zorder(order)  # otherwise lines would lie over boxes, and text over all
        figure.add_artist(artist)
    return figure


def _line(mark: LineMark, transform: Transform) -> Artist:
    xs, ys = zip(*mark.points, strict=True)
    return Line2D(
        xs,
        ys,
        color=mark.colour,
        linewidth=mark.width,
        transform=transform,
        solid_joinstyle="round",
        solid_capstyle="round",
    )


def _area(mark: AreaMark, transform: Transform) -> Artist:
    return Polygon(mark.points, facecolor=mark.colour, edgecolor="none", transform=transform, gid=mark.name or None)


def _box(mark: BoxMark, transform: Transform) -> Artist:
    radius = min(mark.radius, mark.width / 2, mark.height / 2)
    style = f"round,pad=0,rounding_size={radius}" if radius else "square,pad=0"
    corner = (mark.left, mark.top)
    return FancyBboxPatch(
        corner, mark.width, mark.height, style, facecolor=mark.colour, edgecolor="none", transform=transform
    )


def _text_artist(mark: TextMark, transform: Transform) -> Artist:
    return Text(
        *(mark.x, mark.y, printable(mark.text)),
        color=mark.colour,
        fontproperties=_font(mark.size, bold=mark.bold),
        horizontalalignment=mark.align,
        verticalalignment="baseline",
        parse_math=False,  # a dollar in a title is a dollar
        transform=transform,
    )


_ARTISTS: Final[dict[type[Mark], Callable[..., Artist]]] = {
    LineMark: _line,
    AreaMark: _area,
    BoxMark: _box,
    TextMark: _text_artist,
}
