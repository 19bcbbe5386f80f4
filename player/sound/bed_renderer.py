"""The bed renderer: beds under their envelope become samples of 16 bits.

The rule: the samples depend on the time alone: each bed as float, times its gain, added and rounded once. For most of a
session the gain is constant, and a bed is a loop or two: so chunks of each loop at a constant gain are rounded, cached
up to a limit for the next round, and added. It knows no clip and no tone.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from player.sound.envelope import Envelope
from player.units import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from player.timeline.model import Timeline

FULL_SCALE: Final = 32_768
CHUNK_FRAMES: Final = 48_000
"""Frames that are rendered at once: a chunk that fits in a processor's cache is mixed several times faster."""
_CACHED_CHUNKS: Final = 180
"""Chunks of 192 kB each: the loops of most bundled beds are 128 at one gain. With a second one, as in pauses, one in
six is made anew; more would take memory, and gain 0.1 s in half an hour."""


class LoopedSound(Protocol):
    """What comes round."""

    @property
    def length_frames(self) -> int:
        """Frames of one round."""
        ...

    def read(self, start: int, frames: int) -> NDArray[np.float32]:
        """From frame ``start`` of the programme on: float32, shape ``(frames, 2)``, full scale 1.0; a copy."""
        ...


class Readable(Protocol):
    """A bed, as loud as the voice."""

    @property
    def loops(self) -> tuple[LoopedSound, ...]:
        """What sounds together."""
        ...


class BedRenderer:
    """The beds of a timeline, with one factor on all of them."""

    def __init__(self, timeline: Timeline, open_bed: Callable[[str], Readable], factor: float) -> None:
        self._envelope = Envelope(timeline)
        self._loops = {name: open_bed(name).loops for name in self._envelope.sounds}
        self._factor = np.float32(factor * FULL_SCALE)
        self._chunk = functools.lru_cache(_CACHED_CHUNKS)(self._rendered)

    def render(self, start: int, frames: int) -> NDArray[np.int16]:
        """From frame ``start`` of the programme on: shape ``(frames, 2)``."""
        rendered = np.empty((frames, CHANNELS), np.int16)
        gains = [self._envelope.pieces(name, start, frames) for name in self._loops]
        if not gains:
            rendered.fill(0)
        for pieces in zip(*gains, strict=True):  # an envelope cuts all its sounds alike
            heard = {name: piece.gain for name, piece in zip(self._loops, pieces, strict=True) if np.any(piece.gain)}
            self._render_into(rendered[pieces[0].start : pieces[0].stop], start + pieces[0].start, heard)
        return rendered

    def _render_into(self, span: NDArray[np.int16], start: int, heard: dict[str, float | NDArray[np.float32]]) -> None:
        name, gain = next(iter(heard.items()), ("", 0.0))
        if len(heard) == 1 and isinstance(gain, float):
            self._copy(span, start, name, gain)
            return
        if not heard:
            span.fill(0)
            return
        for at in range(0, len(span), CHUNK_FRAMES):
            chunk = span[at : at + CHUNK_FRAMES]
            layers = [
                _scaled(loop.read(start + at, len(chunk)), _part(gain, at, len(chunk)) * self._factor)
                for each, gain in heard.items()
                for loop in self._loops[each]
            ]
            chunk[:] = rounded(functools.reduce(np.add, layers))

    def _copy(self, span: NDArray[np.int16], start: int, name: str, gain: float) -> None:
        """Copy the loops at a constant gain, from chunks at fixed places of each; `headroom` keeps their sum in range.

        Of a loop that is longer than what is cached, no chunk would be found again.
        """
        for index, loop in enumerate(self._loops[name]):
            chunk = self._chunk if loop.length_frames <= _CACHED_CHUNKS * CHUNK_FRAMES else self._rendered
            filled = 0
            while filled < len(span):
                number, skipped = divmod((start + filled) % loop.length_frames, CHUNK_FRAMES)
                part = chunk(name, index, gain, number)[skipped : skipped + len(span) - filled]
                under = span[filled : filled + len(part)]
                if index:
                    np.add(under, part, out=under)
                else:
                    under[:] = part
                filled += len(part)

    def _rendered(self, name: str, index: int, gain: float, number: int) -> NDArray[np.int16]:
        """A chunk of one of a bed's loops; the last one is shorter."""
        loop = self._loops[name][index]
        frames = min(CHUNK_FRAMES, loop.length_frames - number * CHUNK_FRAMES)
        samples = loop.read(number * CHUNK_FRAMES, frames)
        return rounded(_scaled(samples, np.float32(gain) * self._factor)).astype(np.int16)


def _part(gain: float | NDArray[np.float32], at: int, frames: int) -> NDArray[np.float32] | np.float32:
    return gain[at : at + frames] if isinstance(gain, np.ndarray) else np.float32(gain)


def _scaled(samples: NDArray[np.float32], factor: NDArray[np.float32] | np.float32) -> NDArray[np.float32]:
    """Samples times a factor, or one factor a frame, in place."""
    if not factor.ndim:
        samples *= factor
        return samples
    for side in samples.T:  # a side at a time: numpy takes four times as long to stretch one gain over two
        np.multiply(side, factor, out=side)
    return samples


def rounded(scaled: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples as whole numbers of 16 bits, in place. No dither: beds are noise themselves, far above the last bit."""
    np.rint(scaled, out=scaled)
    return np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1, out=scaled)
