"""A session on one page: the whole session above, and a close-up of one passage below.

The rule: parts follow each other from the top down, and the page is as high as they need. A lane without content is
left out. It knows the order of the parts, and neither files nor libraries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from player.picture import background, body, voice
from player.picture import marks as ink
from player.picture.curves import BedCurve, guidance
from player.picture.labels import GAP, Label, folded, place, shortened
from player.picture.marks import SMALL, AreaMark, BoxMark, LineMark, Page, TextMark
from player.picture.panel import Panel, Strip, axis
from player.picture.passage import passage
from player.timeline.body import runs
from player.timeline.model import Span
from player.units import timecode

if TYPE_CHECKING:
    from player.picture.marks import About, Mark, Measure
    from player.timeline.model import Section, Timeline

MARGIN: Final = 28.0
LEFT: Final = 112.0
RIGHT: Final = 838.0
"""Edges of the panels: the names of the lanes stand before them, the levels of the bed behind them."""
TITLE: Final = 22.0
TEXT: Final = 12.0
CHAPTER_ROWS: Final = 6
LABEL_ROW: Final = 16.0
LONGEST_CHAPTER: Final = 180.0
SHORTEST_CHAPTER: Final = 24.0
"""Titles of chapters are shortened to the first width, or to the second at least where there are many."""
_BODY: Final = {"breath": ("Breath", ink.BREATH), "tension": ("Tension", ink.TENSION)}


def compose(timeline: Timeline, about: About, measure: Measure) -> Page:
    """The page of a session; ``measure`` gives the width of a text."""
    sheet = _PageInProgress(timeline, measure)
    sheet.head(about)
    sheet.whole()
    sheet.close_up()
    return Page(timeline.title, description(timeline, about), sheet.top + 14, (*sheet.behind, *sheet.marks))


def description(timeline: Timeline, about: About) -> str:
    """What the picture shows, in words."""
    chapters = ", ".join(f"{timecode(each.start_ms)} {each.title}" for each in timeline.sections)
    guided = ", ".join(
        f"{timecode(span.start_ms)} to {timecode(span.end_ms)} {help_ or 'in silence'}"
        for span, help_ in guidance(timeline)
    )
    said = (
        f"{timeline.title}, {timecode(timeline.total_ms)}.",
        about.summary,
        about.technique and f"Technique: {about.technique}.",
        chapters and f"Chapters: {chapters}.",
        guided and f"Breathing: {guided}.",
    )
    return " ".join(text for text in said if text)


@dataclass
class _PageInProgress:
    """An unfinished page: its marks so far, and where the next part begins."""

    timeline: Timeline
    measure: Measure
    top: float = 22.0
    marks: list[Mark] = field(default_factory=list)
    behind: list[Mark] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bodies = tuple(dict.fromkeys(run.body for run in runs(self.timeline)))
        self.bed = BedCurve(self.timeline)
        self.overview = Panel(Span(0, self.timeline.total_ms), LEFT, RIGHT)
        self.detail = Panel(passage(self.timeline, self._has_room), LEFT, RIGHT)

    def _has_room(self, span: Span) -> bool:
        return voice.has_room(Panel(span, LEFT, RIGHT), self.timeline, self.measure)

    def strip(self, height: float, after: float = 0.0) -> Strip:
        """The next strip of the page, with ``after`` units of room behind it."""
        strip = Strip(self.top, height)
        self.top += height + after
        return strip

    def head(self, about: About) -> None:
        """Title and total, summary and technique."""
        edge, base = ink.WIDTH - MARGIN, self.strip(24).base
        total, technique = timecode(self.timeline.total_ms), about.technique or ""
        room = edge - MARGIN - 20
        title_room = room - self.measure(total, TITLE)
        title = shortened(self.timeline.title, title_room, lambda text: self.measure(text, TITLE, bold=True))
        self.marks.append(TextMark(MARGIN, base, title, TITLE, bold=True))
        self.marks.append(TextMark(edge, base, total, TITLE, align="right"))
        self.marks.append(TextMark(edge, base + 20, technique, TEXT, ink.SOFT, align="right"))
        room -= self.measure(technique, TEXT)
        for line in folded(about.summary or "", room, lambda text: self.measure(text, TEXT)):
            self.marks.append(TextMark(MARGIN, self.strip(18).base + 2, line, TEXT, ink.SOFT))
        self.top = max(self.top, base + 18) + 18

    def whole(self) -> None:
        """The session from its beginning to its end, under the titles of its chapters."""
        leaders = self.chapters()
        top = self.top
        self.lanes(self.overview)
        left, right = (self.overview.x(ms) for ms in (self.detail.span.start_ms, self.detail.span.end_ms))
        self.behind.append(BoxMark(left, top, right - left, self.top - top, ink.TINT))
        self.behind += (LineMark(((x, y), (x, self.top)), ink.HAIR, 0.8) for x, y in leaders)
        starts = (self.overview.x(section.start_ms) for section in self.timeline.sections)
        self.behind += (LineMark(((x, top - 8), (x, top - 4)), ink.HAIR, 0.8) for x in starts)
        self.marks += axis(self.overview, self.top, self.measure)
        self.top += 20

    def chapters(self) -> list[tuple[float, float]]:
        """Add the titles of the chapters; returns the upper ends of their hairlines."""
        starts = [section.start_ms for section in self.timeline.sections]
        lengths = [end - start for start, end in pairwise((*starts, self.timeline.total_ms))]
        ahead = [*map(self.overview.x, starts[1:]), ink.WIDTH]
        labels = [self._label(*each) for each in zip(self.timeline.sections, lengths, ahead, strict=False)]
        placed = place(labels, ink.WIDTH - 6, CHAPTER_ROWS)
        strip = self.strip(LABEL_ROW * (1 + max((each.row for each in placed), default=0)), after=8)
        for each in placed:
            base = strip.base - LABEL_ROW * each.row - 4
            self.marks.append(TextMark(each.left, base, each.label.text, SMALL + 1, ink.INK))
        return [(each.label.x, strip.base - LABEL_ROW * each.row - 14) for each in placed]

    def _label(self, section: Section, length_ms: int, next_x: float) -> Label:
        """The title, and a short form with as much of it as fits before the next chapter."""
        x = self.overview.x(section.start_ms)
        full, cut = (self._titled(section.title, room) for room in (LONGEST_CHAPTER, next_x - x - 2 * GAP))
        short = Label(x, *cut, length_ms) if cut[1] >= SHORTEST_CHAPTER else None
        return Label(x, *full, length_ms, short)

    def _titled(self, title: str, room: float) -> tuple[str, float]:
        text = shortened(title, room, lambda text: self.measure(text, SMALL + 1))
        return text, self.measure(text, SMALL + 1)

    def close_up(self) -> None:
        """The passage in detail, second by second."""
        above, self.top = self.top, self.top + 26
        top, self.top = self.top, self.top + 10
        self.lanes(self.detail, close=True)
        left, right = (self.overview.x(ms) for ms in (self.detail.span.start_ms, self.detail.span.end_ms))
        self.behind.append(AreaMark(((left, above - 20), (right, above - 20), (RIGHT, top), (LEFT, top)), ink.TINT))
        self.behind.append(BoxMark(LEFT, top, RIGHT - LEFT, self.top - top, ink.TINT))
        self.marks += axis(self.detail, self.top, self.measure, seconds=True)
        self.top += 20

    def lanes(self, panel: Panel, *, close: bool = False) -> None:
        """All lanes with content, one under the other."""
        if self.bodies:
            self.body(panel, close=close)
        self.voice(panel, close=close)
        if self.bed.sounds:
            self.background(panel, close=close)

    def body(self, panel: Panel, *, close: bool) -> None:
        """Breath and muscles."""
        if close:
            self.top += 14  # for the numbers over the curve
        strip = self.strip(84 if close else 46, after=14 if close else 10)
        for row, each in enumerate(self.bodies):
            name, colour = _BODY[each]
            self.marks.append(TextMark(MARGIN, strip.top + 12 + 16 * row, name, TEXT, colour))
        self.marks += body.body(panel, strip, self.timeline, named=not close)
        if close:
            self.marks += body.beats(panel, strip, self.timeline)

    def voice(self, panel: Panel, *, close: bool) -> None:
        """Speech and tones; in the close-up with the words."""
        strip = self.strip(voice.BAR, after=8)
        self.marks.append(TextMark(MARGIN, strip.base - 2.5, "Voice", TEXT, ink.VOICE))
        if not close:
            self.marks += voice.overview(panel, strip, self.timeline, self.measure)
            return
        self.marks += voice.detail(panel, strip, self.timeline, self.measure)
        words = voice.script(panel, self.top - 6, self.timeline, self.measure)
        self.marks += words
        self.top = max((word.y for word in words), default=self.top) + 10

    def background(self, panel: Panel, *, close: bool) -> None:
        """The bed."""
        strip = self.strip(60 if close else 52)
        self.marks.append(TextMark(MARGIN, strip.top + 12, "Background", TEXT, ink.BEDS[0][0]))
        self.marks += background.bed(panel, strip, self.bed)
        self.marks += background.names(panel, strip, self.timeline, self.measure)
