"""A bed: any sound file as a loop without a seam, at the voice's loudness, in the store.

The rule: the bed at a moment is a function of that moment alone, ``loop[moment % length]``, so a programme may start
anywhere, and asking for any block gives the same samples. A file is conformed once and known by its content; after
that, opening it maps the finished loop and decodes nothing. How loud the bed is at a time is not known here.

The join: the last four seconds fade out into the first four, which fade in along cosine and sine, so that the power of
two unrelated sounds stays even (a linear fade of noise dips by 3 dB). The loop begins where the fading in ends.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from player.errors import MediaError, printable
from player.sound.conform import decode, must_be_readable
from player.sound.loudness import Meter
from player.store import Draft
from player.units import CHANNELS, RATE, gain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from player.store import JSON, Store

REFERENCE_LUFS: Final = -18.0
"""Integrated loudness of every bed as it is read: the voice's own, so that a level relative to the voice is exact."""
JOIN_FRAMES: Final = 4 * RATE
SHORTEST_FRAMES: Final = 2 * RATE
LONGEST_FRAMES: Final = 2 * 3600 * RATE
"""Of a longer file the first two hours are the bed; they are 1.4 GB in the store."""

_SCHEMA: Final = 1
_PEAK: Final = 0.9
"""Highest stored sample: all 16 bits are used, whatever the file's level, and rounding never passes full scale."""
_LARGE: Final = 16 * 2**20
_SETTLED_NS: Final = 10 * 10**9


@dataclass(frozen=True)
class Bed:
    """A loop that is always there.

    Attributes
    ----------
    loop
        16-bit samples, shape ``(frames, 2)``, usually mapped from the store.
    scale
        Makes of them float samples at -18 LUFS, full scale 1.0.
    peak
        The highest magnitude of those.
    """

    loop: NDArray[np.int16]
    scale: float
    peak: float

    @property
    def length_frames(self) -> int:
        """Frames until it comes round."""
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
    fields: dict[str, JSON] = {"kind": "bed", "schema": _SCHEMA, "source": _digest(path, store), "lufs": REFERENCE_LUFS}
    entry = store.get_or_make(fields, lambda: _draft(path))
    shape = (entry.size // (2 * CHANNELS), CHANNELS)
    loop = np.memmap(entry.path, dtype="<i2", mode="r", offset=entry.offset, shape=shape)
    return Bed(loop, float(str(entry.facts["scale"])), float(str(entry.facts["peak"])))


def seamless(blocks: Iterable[NDArray[np.float32]], join: int = JOIN_FRAMES) -> Iterator[NDArray[np.float32]]:
    """Blocks of shape ``(frames, 2)`` whose end leads into their beginning; ``join`` frames fewer than came in.

    Of material shorter than three joins, a third is the join. Held in memory: three joins and a block.
    """
    source = iter(blocks)
    held = _beginning(source, 3 * join)
    join = max(1, min(join, len(held) // 3))
    head, held = held[:join], held[join:]
    for block in source:
        yield held[:-join]
        held = np.concatenate((held[-join:], block))
    yield held[: len(held) - join]
    quarter = ((np.arange(join) + 0.5) * (np.pi / 2 / join)).astype(np.float32)[:, None]
    yield held[len(held) - join :] * np.cos(quarter) + head * np.sin(quarter)


def _beginning(source: Iterator[NDArray[np.float32]], frames: int) -> NDArray[np.float32]:
    taken = [np.empty((0, CHANNELS), np.float32)]
    while sum(map(len, taken)) < frames and (block := next(source, None)) is not None:
        taken.append(block)
    return np.concatenate(taken)


def _draft(path: Path) -> Draft:
    """Decoded twice: the level must be known before the first sample is written, and a long file fits no memory."""
    meter, peak, frames = Meter(RATE), 0.0, 0
    for block in _loop(path):
        meter.add(block)
        peak = max(peak, float(np.abs(block).max(initial=0.0)))
        frames += len(block)
    if frames < SHORTEST_FRAMES * 2 // 3:
        raise MediaError(f"{_shown(path)}: a background must last at least 2 s; choose a longer file")
    lufs = meter.lufs()
    if lufs is None:
        raise MediaError(f"{_shown(path)}: it is silent, so it cannot be a background; choose another or `none`")
    stored = _PEAK / peak * 32_768
    level = gain(REFERENCE_LUFS - lufs)
    facts = {"scale": level / stored, "peak": level * peak, "source_lufs": lufs}
    return Draft(facts, (np.rint(block * np.float32(stored)).astype("<i2").tobytes() for block in _loop(path)))


def _loop(path: Path) -> Iterator[NDArray[np.float32]]:
    return seamless(_first(decode(path), LONGEST_FRAMES))


def _first(blocks: Iterable[NDArray[np.float32]], frames: int) -> Iterator[NDArray[np.float32]]:
    for block in blocks:
        yield block[:frames]
        frames -= len(block)
        if frames <= 0:
            return


def _digest(path: Path, store: Store) -> str:
    """Digest of the file's content; of a large file it is remembered, for as long as nobody touches the file."""
    must_be_readable(path)
    found = path.stat()
    # A file that was written just now may change again without its time changing.
    if found.st_size < _LARGE or time.time_ns() - found.st_mtime_ns < _SETTLED_NS:
        return _content_digest(path)
    fields: dict[str, JSON] = {
        "kind": "source",
        "path": str(path.absolute()),
        "file": [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns],
    }
    entry = store.get_or_make(fields, lambda: Draft({"blake2b": _content_digest(path)}, ()))
    return str(entry.facts["blake2b"])


def _content_digest(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=32)
    with path.open("rb") as file:
        while piece := file.read(2**20):
            digest.update(piece)
    return digest.hexdigest()


def _shown(path: Path) -> str:
    return printable(str(path))
