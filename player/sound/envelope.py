"""The bed's gain over time: ducking under speech, changes of the bed, and the programme's fades.

The rule: the gain at a moment depends on that moment alone, comes from the timeline, and is continuous everywhere. So
starting anywhere, pausing and a second pass cost nothing, and the length of blocks changes no sample. Every ramp is a
raised cosine: levels in dB, fades to and from silence in amplitude; only a fade for falling asleep is linear in dB. It
touches no sound and knows no clip.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from player.timeline.model import BedState, Span, Timeline
from player.units import FRAMES_PER_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

# Guides to ducking ask for the bed to be down at the first syllable and to stay down through short pauses. For podcasts
# they give 150 ms down, 200 ms held, 500 ms up (skills.sh/vidmoat/skills/audio-ducking; Audacity's Auto Duck: 500 ms).
# These are slower by design: nobody lying down should notice the bed move.
DOWN_MS: Final = 400
HOLD_MS: Final = 600
UP_MS: Final = 2000
JOIN_MS: Final = 4000
"""Pauses shorter than this stay ducked."""
EDGE_MS: Final = 20
"""No change of the bed is faster: fades of 20 to 100 ms remove clicks (anytimeconvert.com/audio-fade)."""
EVEN_DB: Final = 40.0
"""The depth of a fade that is linear in dB. With the voice as loud as talking, 60 dB, a background in a pause
is at 44 dB, and 40 dB below that is the threshold of hearing; a bedroom at night is louder by 20 dB."""

_STEPS: Final = np.arange(FRAMES_PER_MS, dtype=np.float32) / np.float32(FRAMES_PER_MS)


class GainRun(NamedTuple):
    """A run of frames, counted from the start asked for, and its gain: one number, or an array with one a frame."""

    start: int
    stop: int
    gain: float | NDArray[np.float32]


class Envelope:
    """The gain of each bed of a timeline; levels are relative to the voice, so beds are to be as loud as the voice."""

    def __init__(self, timeline: Timeline) -> None:
        self.sounds = tuple(dict.fromkeys(state.sound for state in timeline.beds if state.sound is not None))
        self._beds = timeline.beds
        self._changes = [state.start_ms for state in timeline.beds]
        self._speech = _joined(timeline.speech)
        self._downs = [span.start_ms - DOWN_MS for span in self._speech]
        self._ups = [span.end_ms + HOLD_MS + UP_MS for span in self._speech]
        self._total_ms = timeline.total_ms
        self._fade_in_ms = max(timeline.fade_in_ms, EDGE_MS)
        self._fade_out_ms = max(timeline.fade_out_ms, EDGE_MS)
        self._fade_out = _even if timeline.fades_evenly else _rise
        self._edges = _merged(self._moves())
        self._known: dict[tuple[str, int], float] = {}

    def gain(self, sound: str, start: int, frames: int) -> NDArray[np.float32]:
        """The factor on each frame of a bed from frame ``start`` of the programme on, shape ``(frames, 1)``."""
        gains = np.empty((frames, 1), np.float32)
        for piece in self.pieces(sound, start, frames):
            gains[piece.start : piece.stop, 0] = piece.gain
        return gains

    def pieces(self, sound: str, start: int, frames: int) -> Iterator[GainRun]:
        """The same as `gain`, in pieces: for most of a session the gain is constant, and a piece has one number."""
        for at, stop, before_ms in self._runs(start, start + frames):
            gain = self._moving(sound, at, stop) if before_ms is None else self._still(sound, before_ms)
            yield GainRun(at - start, stop - start, gain)

    def highest(self, sound: str, start_ms: int, end_ms: int) -> float:
        """The highest gain between two moments."""
        runs = self._runs(start_ms * FRAMES_PER_MS, end_ms * FRAMES_PER_MS)
        return max(
            float(self._points(sound, at, stop).max()) if before_ms is None else self._still(sound, before_ms)
            for at, stop, before_ms in runs
        )

    def _runs(self, at: int, end: int) -> Iterator[tuple[int, int, int | None]]:
        """First frame and end of each run in which the gain moves, or has the constant value of an earlier moment.

        That moment is an edge, so that a block gets the same gain wherever it begins.
        """
        while at < end:
            index = bisect_right(self._edges, at // FRAMES_PER_MS)
            stop = min(self._edges[index] * FRAMES_PER_MS, end) if index < len(self._edges) else end
            yield at, stop, None if index % 2 else self._edges[index - 1]
            at = stop

    def _moves(self) -> Iterator[Span]:
        """Every span of time in which some gain may move."""
        yield Span(0, self._fade_in_ms)
        yield Span(self._total_ms - self._fade_out_ms, self._total_ms)
        for state in self._beds[1:]:
            yield Span(state.start_ms, state.start_ms + _over_ms(state))
        for span in self._speech:
            yield Span(span.start_ms - DOWN_MS, span.start_ms)
            yield Span(span.end_ms + HOLD_MS, span.end_ms + HOLD_MS + UP_MS)

    def _moving(self, sound: str, start: int, stop: int) -> NDArray[np.float32]:
        """Gain of each frame: exact on whole milliseconds, a straight line between two of them."""
        points = self._points(sound, start, stop)
        lines = points[:-1, None] + (points[1:] - points[:-1])[:, None] * _STEPS
        skipped = start % FRAMES_PER_MS
        return lines.reshape(-1)[skipped : skipped + stop - start]

    def _points(self, sound: str, start: int, stop: int) -> NDArray[np.float32]:
        """Gain on each whole millisecond around a run of frames."""
        first, last = start // FRAMES_PER_MS, -(-stop // FRAMES_PER_MS)
        return self._at(sound, np.arange(first, last + 1, dtype=np.float64)).astype(np.float32)

    def _still(self, sound: str, at_ms: int) -> float:
        if (sound, at_ms) not in self._known:
            self._known[sound, at_ms] = float(np.float32(self._at(sound, np.array([at_ms], np.float64))[0]))
        return self._known[sound, at_ms]

    def _at(self, sound: str, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Gain at ascending moments in ms."""
        power, under_db, pauses_db = self._bed(sound, t)
        level_db = pauses_db + (under_db - pauses_db) * self._ducking(t)
        fades = _rise(t / self._fade_in_ms) * self._fade_out((self._total_ms - t) / self._fade_out_ms)
        return np.asarray(fades * np.sqrt(power) * 10 ** (level_db / 20))

    def _ducking(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """0 in pauses, 1 under speech. The largest of all spans counts, so that no two ramps can make a jump."""
        ducking = np.zeros_like(t)
        near = slice(bisect_left(self._ups, t[0]), bisect_right(self._downs, t[-1]))
        for down_ms, up_ms in zip(self._downs[near], self._ups[near], strict=True):
            shape = np.minimum(_rise((t - down_ms) / DOWN_MS), _rise((up_ms - t) / UP_MS))
            np.maximum(ducking, shape, out=ducking)
        return ducking

    def _bed(self, sound: str, t: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Power of a sound in the mix of beds, 0 to 1, and both levels in dB.

        Each state leads from whatever the states before it make at that moment, however early it comes.
        """
        near = self._beds[self._settled(t[0]) : bisect_right(self._changes, t[-1])]
        first = near[0]
        power = np.full_like(t, first.sound == sound)
        under_db, pauses_db = np.full_like(t, first.under_voice_db), np.full_like(t, first.in_pauses_db)
        for before, state in pairwise(near):
            way = _rise((t - state.start_ms) / _over_ms(state))
            under_db += (state.under_voice_db - under_db) * way
            pauses_db += (state.in_pauses_db - pauses_db) * way
            power = _crossed(power, before, state, way, sound)
        return power, under_db, pauses_db

    def _settled(self, at_ms: float) -> int:
        """The last state that is complete by then: earlier ones no longer matter."""
        index = max(bisect_right(self._changes, at_ms) - 1, 0)
        while index and self._changes[index] + _over_ms(self._beds[index]) > at_ms:
            index -= 1
        return index


def _crossed(
    power: NDArray[np.float64], before: BedState, state: BedState, way: NDArray[np.float64], sound: str
) -> NDArray[np.float64]:
    """Power of a sound on the way from one state to the next.

    Two sounds cross at equal power: between unrelated sounds a linear cross-fade would dip by 3 dB. To and from silence
    the amplitude is the raised cosine, as nothing else is there to fill the gap.
    """
    leave, arrive = 1 - way, way
    if None in (before.sound, state.sound):
        leave, arrive = leave**2, arrive**2
    return np.asarray(power * leave + (arrive if state.sound == sound else 0.0))


def _over_ms(state: BedState) -> int:
    return max(state.over_ms, EDGE_MS)


def _rise(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Raised cosine: 0 up to 0, 1 from 1 on."""
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0.0, 1.0)))


def _even(left: NDArray[np.float64]) -> NDArray[np.float64]:
    """A fall by so many dB in every part of the way, as ``left`` goes from 1 to 0.

    A straight line in dB never reaches silence: what it has left at its end is taken off everywhere, which bends it by
    less than a decibel before it is halfway down.
    """
    rest = 10 ** (-EVEN_DB / 20)
    return np.asarray((10 ** (EVEN_DB / 20 * (np.clip(left, 0.0, 1.0) - 1)) - rest) / (1 - rest))


def _joined(speech: Iterable[Span]) -> list[Span]:
    """Spans with the short pauses between them filled."""
    joined: list[Span] = []
    for span in speech:
        if joined and span.start_ms - joined[-1].end_ms < JOIN_MS:
            joined[-1] = Span(joined[-1].start_ms, max(joined[-1].end_ms, span.end_ms))
        else:
            joined.append(span)
    return joined


def _merged(spans: Iterable[Span]) -> list[int]:
    """Starts and ends in turn, in order; spans that touch are one. Nothing before 0 is kept."""
    edges: list[int] = []
    for span in sorted(spans, key=lambda each: each.start_ms):
        if edges and span.start_ms <= edges[-1]:
            edges[-1] = max(edges[-1], span.end_ms)
        elif span.end_ms > 0:
            edges += [max(span.start_ms, 0), span.end_ms]
    return edges
