"""An index of a timeline for a pacer: finds what to show at a position within microseconds.

Pure: everything comes from the timeline, to the millisecond. A phase without a spoken word (silent cycles, tones) shows
the word that was last spoken at that phase of a cycle, or the language's default. The index knows no screen: the
terminal draws from it, and an exported page has the same numbers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final, cast

from player.script.languages import words_for
from player.techniques.cue import Utterance
from player.timeline.body import BODY, moves, runs
from player.timeline.chapters import chapters
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from player.script.languages import LanguageWords
    from player.timeline.body import Body
    from player.timeline.model import Cue, Stretch, Timeline

BEAT_MS: Final = 1000
SHORTEST_COUNTED_MS: Final = 2000
"""A shorter phase has no count, as in the spoken guidance."""
FINENESS: Final = 256
"""The number of different sizes: more than the dots of any screen."""
_FORGETS: Final = {"in", "hold", "out", "rest", "release"}
"""The guides at which an earlier sentence is no longer shown, unless it is still being said over the breath."""


@dataclass(frozen=True)
class PacerLine:
    """A sentence, and when it is said."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class ShownPhase:
    """A slot as it is shown.

    Attributes
    ----------
    body
        The body part whose size follows the slot, or None.
    word
        The name of the phase, such as "Breathe in"; empty if nothing is guided.
    seconds
        How many seconds are counted; 0 if none.
    counts_down
        Whether the last second is one.
    lines
        The sentences that are said in the slot, or were said before and still hold.
    own
        Whether the sentences are said in this slot.
    """

    start_ms: int
    length_ms: int
    guide: str
    body: Body | None
    word: str
    seconds: int
    counts_down: bool
    lines: tuple[PacerLine, ...]
    own: bool
    opens: bool

    def count_at(self, at_ms: int) -> int | None:
        """The number that is counted at a position, or None."""
        if not self.seconds:
            return None
        second = min(max(0, at_ms - self.start_ms) // BEAT_MS, self.seconds - 1)
        return self.seconds - second if self.counts_down else second + 1


@dataclass(frozen=True)
class Scene:
    """What to show at a position, no finer than it can be seen: equal scenes make equal pictures.

    Attributes
    ----------
    done
        How much of the session is over, 0 to 1.
    left_s
        Seconds to its end, rounded up.
    step_left_s
        Seconds to the end of the phase, rounded up.
    count
        The number that is counted, or None.
    level
        How large the body's shape is, 0 to 1.
    begun
        How many sentences of the phase have begun.
    saying
        How much of the last sentence is over, 0 to 1; 1 in silence.
    chapter
        The chapter's title, or empty.
    """

    title: str
    total_ms: int
    done: float
    left_s: int
    step_left_s: int
    phase: ShownPhase
    count: int | None
    level: float
    begun: int
    saying: float
    chapter: str


class PacerIndex:
    """The index of a timeline.

    Attributes
    ----------
    phases
        Every slot that has a length, in order.
    moves
        Every ramp of the body's level, in order of time; without guidance there is none.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.title, self.total_ms = timeline.title, timeline.total_ms
        self.chapters = chapters(timeline)
        self.phases = _phases(timeline)
        self.moves = [move for run in runs(timeline) for move in moves(run)]
        self._phase_starts = [phase.start_ms for phase in self.phases]
        self._move_starts = [move.start_ms for move in self.moves]
        self._chapter_starts = [chapter.start_ms for chapter in self.chapters]

    def at(self, at_ms: int) -> Scene:
        """What to show at a position; outside the session, its first or last scene."""
        at_ms = min(max(0, at_ms), self.total_ms)
        phase = self.phases[self.phase_number(at_ms)]
        begun = sum(line.start_ms <= at_ms for line in phase.lines)
        return Scene(
            self.title,
            self.total_ms,
            _coarse(at_ms / self.total_ms),
            -(-(self.total_ms - at_ms) // 1000),
            -(-(phase.start_ms + phase.length_ms - at_ms) // 1000),
            phase,
            phase.count_at(at_ms),
            _coarse(self._level(at_ms)) if phase.body else 0.0,
            begun,
            _saying(phase.lines[begun - 1], at_ms) if begun else 1.0,
            self._chapter(at_ms),
        )

    def heard(self, at_ms: int) -> str:
        """How much of the session was heard, as text; the last second counts as the end."""
        over_ms = at_ms if self.total_ms - at_ms >= BEAT_MS else self.total_ms
        return f"{timecode(over_ms)} of {timecode(self.total_ms)}"

    def phase_number(self, at_ms: int) -> int:
        """The number of the phase at a position."""
        return _latest(self._phase_starts, at_ms) or 0

    def _level(self, at_ms: int) -> float:
        move = self.moves[_latest(self._move_starts, at_ms) or 0]
        return move.level_at(min(at_ms, move.end_ms))

    def _chapter(self, at_ms: int) -> str:
        number = _latest(self._chapter_starts, at_ms)
        return "" if number is None else self.chapters[number].title


def _coarse(share: float) -> float:
    return round(share * FINENESS) / FINENESS


def _saying(line: PacerLine, at_ms: int) -> float:
    """How much of a sentence is over, in eighths: enough to turn its pages."""
    return min(8, (at_ms - line.start_ms) * 8 // max(1, line.end_ms - line.start_ms)) / 8


def _latest(starts: Sequence[int], at_ms: int) -> int | None:
    number = bisect_right(starts, at_ms) - 1
    return number if number >= 0 else None


def _phases(timeline: Timeline) -> tuple[ShownPhase, ...]:
    cues = {start: tuple(group) for start, group in groupby(timeline.cues, key=lambda cue: cue.slot_start_ms)}
    chapter_starts = {chapter.start_ms for chapter in chapters(timeline)}
    wording = _Wording(timeline.cues)
    held: tuple[PacerLine, ...] = ()
    phases = []
    for slot in (slot for slot in timeline.slots if slot.length_ms):
        heard = cues.get(slot.start_ms, ())
        said = tuple(_lines(heard))
        is_said = any(line.end_ms > slot.start_ms for line in held)
        if slot.start_ms in chapter_starts or (slot.guide in _FORGETS and not is_said):
            held = ()
        held = (*held, *said) if slot.guide == "tense" else said or held
        phases.append(_phase(slot, wording, heard, held, own=bool(said)))
    return tuple(phases)


def _lines(cues: Iterable[Cue]) -> Iterable[PacerLine]:
    return (PacerLine(cue.start_ms, cue.end_ms, cue.text) for cue in cues if cue.kind == "speech" and cue.text)


def _phase(
    slot: Stretch, wording: _Wording, cues: Sequence[Cue], lines: tuple[PacerLine, ...], *, own: bool
) -> ShownPhase:
    wording.advance(slot, cues)
    counted = slot.guide not in {"", "release"} and slot.length_ms >= SHORTEST_COUNTED_MS
    seconds = slot.length_ms // BEAT_MS if counted else 0
    body, word, down = BODY.get(slot.guide), wording.word(slot), wording.counts_down
    return ShownPhase(slot.start_ms, slot.length_ms, slot.guide, body, word, seconds, down, lines, own, slot.opens)


class _Wording:
    """The words for the phases, in the language that is spoken most, and the direction of counting as spoken so far."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        spoken = Counter(cue.sound.language for cue in cues if isinstance(cue.sound, Utterance))
        self._words = _guiding_words(max(spoken, key=spoken.__getitem__, default=""))
        self._heard: dict[tuple[int, str], str] = {}
        self._phase_number = 0
        self.counts_down = False

    def advance(self, slot: Stretch, cues: Iterable[Cue]) -> None:
        """Go on to the next slot, and learn its words."""
        self._phase_number = 0 if slot.opens or not slot.guide else self._phase_number + 1
        numbers = [cue.text for cue in cues if cue.kind == "count"]
        if numbers:
            self.counts_down = numbers[-1] == self._words.number(1)
        for word in (cue.text for cue in cues if cue.kind == "word"):
            self._heard[self._phase_number, slot.guide] = word.rstrip(".")

    def word(self, slot: Stretch) -> str:
        """The word for the current slot."""
        known = self._heard.get((self._phase_number, slot.guide))
        return known or self._words.phases.get(slot.guide, "")


def _guiding_words(language: str) -> LanguageWords:
    """The language's words; where it has none those of English, which are bundled."""
    return words_for(language) or cast("LanguageWords", words_for("en"))
