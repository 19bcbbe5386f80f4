"""A timeline as numbers to draw: the curves of breath and tension, who guides them, and the level of the bed.

The rule: times are the session's own, in ms, and all numbers come from the timeline; the level of the bed is that of
its envelope. It knows no page.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from player.sound.envelope import Envelope
from player.timeline.body import runs
from player.timeline.model import Span
from player.units import FRAMES_PER_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from player.timeline.body import LevelRamp, Run
    from player.timeline.model import Cue, Stretch, Timeline

Help = Literal["counted", "words", "tones", ""]

_HELP: Final[dict[str, Help]] = {"count": "counted", "word": "words", "tone": "tones"}
"""Kind of cue to how it guides a breath, the most help first."""

SILENT_DB: Final = -120.0


def curve(moves: Iterable[LevelRamp], every_ms: float) -> NDArray[np.float64]:
    """Times and levels of a run, shape ``(n, 2)``: raised cosines, with a point at least every ``every_ms``."""
    points: list[tuple[float, float]] = []
    for move in moves:
        steps = 1 if move.before == move.after else max(4, round((move.end_ms - move.start_ms) / every_ms))
        shares = map(float, np.linspace(0, 1, steps + 1))
        points += [(move.start_ms + (move.end_ms - move.start_ms) * x, move.level(x)) for x in shares]
    return np.array(points)


def guidance(timeline: Timeline) -> tuple[tuple[Span, Help], ...]:
    """The spans in which breaths are guided alike, and how: neighbouring cycles with the same help are one span."""
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


class BedCurve:
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
