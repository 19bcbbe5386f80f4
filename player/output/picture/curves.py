"""A timeline as numbers to draw: the breath and the tension of muscles, who guides them, and the level of the bed.

The rule: times are the session's own, in ms, and nothing is decided here that the timeline has not decided: a breath
rises for as long as its slot, and the bed is as loud as its envelope says. Levels are 0 to 1. It knows no paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from player.sound.envelope import Envelope
from player.timeline.model import Span
from player.units import FRAMES_PER_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from player.timeline.model import Cue, Stretch, Timeline

Body = Literal["breath", "tension"]
Help = Literal["counted", "words", "tones", ""]

_BODY: Final[dict[str, Body]] = {
    **dict.fromkeys(("in", "hold", "out", "rest"), "breath"),
    **dict.fromkeys(("tense", "release"), "tension"),
}
_HELP: Final[dict[str, Help]] = {"count": "counted", "word": "words", "tone": "tones"}
"""Kind of cue to how it guides a breath, the most help first."""

TENSING_MS: Final = 800
LETTING_GO_MS: Final = 2500
LEFT_OVER: Final = 0.12
"""How muscles follow a word, as a picture has it: they take up tension in one go, let most of it go soon, and the rest
ebbs away for as long as the release lasts."""
AT_REST: Final = 0.6
"""Muscles that were not tensed have this to let go of."""
SILENT_DB: Final = -120.0


@dataclass(frozen=True)
class Move:
    """A level that goes from one value to another between two moments, or stays."""

    start_ms: int
    end_ms: int
    before: float
    after: float


@dataclass(frozen=True)
class Run:
    """Guided slots that follow each other without a gap, all of the breath or all of the muscles."""

    body: Body
    slots: tuple[Stretch, ...]

    @property
    def start_ms(self) -> int:
        """Where the first begins."""
        return self.slots[0].start_ms

    @property
    def end_ms(self) -> int:
        """Where the last ends."""
        return self.slots[-1].start_ms + self.slots[-1].length_ms

    @property
    def length_ms(self) -> int:
        """From the first to the last."""
        return self.end_ms - self.start_ms


def runs(timeline: Timeline) -> tuple[Run, ...]:
    """Every run of a session, in order."""
    slots = [slot for slot in timeline.slots if slot.length_ms]
    grouped = ((body, tuple(group)) for body, group in groupby(slots, key=lambda slot: _BODY.get(slot.guide)))
    return tuple(Run(body, group) for body, group in grouped if body)


def moves(run: Run) -> tuple[Move, ...]:
    """How a run goes, without a gap."""
    return tuple(_breath(run.slots) if run.body == "breath" else _tension(run.slots))


def _breath(slots: Sequence[Stretch]) -> Iterator[Move]:
    """Full is 1, empty is 0; a breath drawn in two goes has its shoulder where the first ends."""
    level = 1.0 if slots[0].guide == "out" else 0.0
    for place, slot in enumerate(slots):
        before, target = level, {"in": 1.0, "out": 0.0}.get(slot.guide, level)
        level += (target - level) * slot.length_ms / _way_to_go_ms(slots[place:])
        yield Move(slot.start_ms, slot.start_ms + slot.length_ms, before, level)


def _way_to_go_ms(slots: Sequence[Stretch]) -> int:
    """How long the breath goes on as it does in the first slot."""
    total = 0
    for slot in slots:
        if slot.guide != slots[0].guide:
            break
        total += slot.length_ms
    return total


def _tension(slots: Sequence[Stretch]) -> Iterator[Move]:
    level = 0.0
    for slot in slots:
        start, end = slot.start_ms, slot.start_ms + slot.length_ms
        before, level = level, 1.0 if slot.guide == "tense" else 0.0
        soon = min(end, start + (TENSING_MS if level else LETTING_GO_MS))
        if level:
            yield from (Move(start, soon, before, level), Move(soon, end, level, level))
        elif before:
            yield from (Move(start, soon, before, LEFT_OVER), Move(soon, end, LEFT_OVER, 0.0))
        else:
            yield Move(start, end, AT_REST, 0.0)


def curve(moves: Iterable[Move], every_ms: float) -> NDArray[np.float64]:
    """Times and levels of a run, shape ``(n, 2)``: raised cosines, with a point at least every so many ms."""
    points: list[tuple[float, float]] = []
    for move in moves:
        steps = 1 if move.before == move.after else max(4, round((move.end_ms - move.start_ms) / every_ms))
        for x in np.linspace(0, 1, steps + 1):
            level = move.before + (move.after - move.before) * (0.5 - 0.5 * np.cos(np.pi * x))
            points.append((move.start_ms + (move.end_ms - move.start_ms) * float(x), float(level)))
    return np.array(points)


def guidance(timeline: Timeline) -> tuple[tuple[Span, Help], ...]:
    """How breaths are guided, and from when to when: cycles that have the same help are one span."""
    heard = {start: tuple(cues) for start, cues in groupby(timeline.cues, key=lambda cue: cue.slot_start_ms)}
    spans: list[tuple[Span, Help]] = []
    for run in runs(timeline):
        for cycle in _cycles(run) if run.body == "breath" else ():
            help_ = _help(cue for slot in cycle for cue in heard.get(slot.start_ms, ()))
            start, end = cycle[0].start_ms, cycle[-1].start_ms + cycle[-1].length_ms
            if spans and spans[-1][1] == help_ and spans[-1][0].end_ms == start:
                start = spans.pop()[0].start_ms
            spans.append((Span(start, end), help_))
    return tuple(spans)


def _cycles(run: Run) -> Iterator[tuple[Stretch, ...]]:
    starts = [0, *(place for place, slot in enumerate(run.slots) if slot.opens and place), len(run.slots)]
    for start, end in pairwise(starts):
        yield run.slots[start:end]


def _help(cues: Iterable[Cue]) -> Help:
    kinds = {cue.kind for cue in cues}
    return next((help_ for kind, help_ in _HELP.items() if kind in kinds), "")


class Bed:
    """The level of each sound of the bed."""

    def __init__(self, timeline: Timeline) -> None:
        self._envelope = Envelope(timeline)
        self._last_ms = timeline.total_ms - 1
        self.sounds = self._envelope.sounds
        states = [state for state in timeline.beds if state.sound is not None]
        self.levels_db = tuple(sorted({db for state in states for db in (state.under_voice_db, state.in_pauses_db)}))

    def curve(self, sound: str, start_ms: int, end_ms: int, points: int) -> NDArray[np.float64]:
        """Times and levels in dB to the voice, shape ``(points, 2)``; what is silent has `SILENT_DB`."""
        times = np.linspace(start_ms, end_ms, points)
        frames = (np.minimum(times, self._last_ms) * FRAMES_PER_MS).astype(int)
        gains = np.array([float(self._envelope.gain(sound, int(frame), 1)[0, 0]) for frame in frames])
        return np.column_stack([times, 20 * np.log10(np.maximum(gains, 10 ** (SILENT_DB / 20)))])
