"""A bed: any sound file as a loop without a seam, at the voice's loudness, in the store.

The rule: the bed at a moment is ``loop[moment % length]``, so a programme may start anywhere, and blocks of any length
give the same samples. A file is conformed once and found by its content; after that, opening it decodes nothing. It
does not know the bed's level at a time.

The join: the last four seconds fade out into the first four, which fade in along cosine and sine, so that the power of
two unrelated sounds stays even (a linear fade of noise dips by 3 dB). The loop begins where the fading in ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from player.errors import MediaError, printable
from player.sound.conform import decode
from player.sound.stored import REFERENCE_LUFS, Stored, draft, is_stored, measured, source_digest
from player.units import CHANNELS, RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from player.storage.store import JSON, Draft, Store

JOIN_FRAMES: Final = 4 * RATE
SHORTEST_FRAMES: Final = 2 * RATE
LONGEST_FRAMES: Final = 2 * 3600 * RATE
"""Of a longer file, the first two hours are the bed; they are 1.4 GB in the store."""

_SCHEMA: Final = 2


class Samples(Protocol):
    """16-bit samples of shape ``(frames, 2)``: an array, or an entry of the store."""

    def __len__(self) -> int: ...

    def __getitem__(self, span: slice, /) -> NDArray[np.int16]: ...


@dataclass(frozen=True)
class Bed:
    """A loop that is always there.

    Attributes
    ----------
    loop
        Its samples, usually in the store.
    scale
        Factor that makes them float samples at -18 LUFS, full scale 1.0.
    peak
        The highest magnitude of those.
    """

    loop: Samples
    scale: float
    peak: float

    @property
    def length_frames(self) -> int:
        """Frames of one round of the loop."""
        return len(self.loop)

    def read(self, start: int, frames: int) -> NDArray[np.float32]:
        """The bed from frame ``start`` of the programme on: float32, shape ``(frames, 2)``, at -18 LUFS.

        Peaks may pass 1.0: the level that is taken off afterwards makes room for them.
        """
        samples = np.empty((frames, CHANNELS), np.float32)
        filled = 0
        while filled < frames:
            at = (start + filled) % len(self.loop)
            part = self.loop[at : at + frames - filled]
            np.multiply(part, np.float32(self.scale), out=samples[filled : filled + len(part)])
            filled += len(part)
        return samples


def open_bed(path: Path, store: Store) -> Bed:
    """The bed made of a sound file, taken from the store if it is there.

    Raises
    ------
    MediaError
        If the file cannot be read, is silent, or is shorter than two seconds.
    StoreError
        If the loop cannot be stored.
    """
    digest = source_digest(path, store)
    fields: dict[str, JSON] = {"kind": "bed", "schema": _SCHEMA, "source": digest, "lufs": REFERENCE_LUFS}
    entry = store.get_or_make(fields, lambda: _draft(path), is_stored)
    return Bed(Stored(entry), float(str(entry.facts["scale"])), float(str(entry.facts["peak"])))


def seamless(blocks: Iterable[NDArray[np.float32]], join: int = JOIN_FRAMES) -> Iterator[NDArray[np.float32]]:
    """Blocks of shape ``(frames, 2)`` whose end leads into their beginning; ``join`` frames fewer than came in.

    Of material shorter than three joins, a third is the join. Buffered in memory: three joins and a block.
    """
    source = iter(blocks)
    buffered = _beginning(source, 3 * join)
    join = max(1, min(join, len(buffered) // 3))
    head, buffered = buffered[:join], buffered[join:]
    for block in source:
        yield buffered[:-join]
        buffered = np.concatenate((buffered[-join:], block))
    yield buffered[: len(buffered) - join]
    quarter = ((np.arange(join) + 0.5) * (np.pi / 2 / join)).astype(np.float32)[:, None]
    yield buffered[len(buffered) - join :] * np.cos(quarter) + head * np.sin(quarter)


def _beginning(source: Iterator[NDArray[np.float32]], frames: int) -> NDArray[np.float32]:
    taken = [np.empty((0, CHANNELS), np.float32)]
    while sum(map(len, taken)) < frames and (block := next(source, None)) is not None:
        taken.append(block)
    return np.concatenate(taken)


def _draft(path: Path) -> Draft:
    found = measured(_loop(path))
    if found.frames < SHORTEST_FRAMES * 2 // 3:
        raise MediaError(f"{_shown(path)}: a background must last at least 2 s; choose a longer file")
    if found.lufs is None:
        raise MediaError(f"{_shown(path)}: it is silent, so it cannot be a background; choose another or `none`")
    return draft(found, lambda: _loop(path))


def _loop(path: Path) -> Iterator[NDArray[np.float32]]:
    return seamless(_first(decode(path), LONGEST_FRAMES))


def _first(blocks: Iterable[NDArray[np.float32]], frames: int) -> Iterator[NDArray[np.float32]]:
    for block in blocks:
        yield block[:frames]
        frames -= len(block)
        if frames <= 0:
            return


def _shown(path: Path) -> str:
    return printable(str(path))
