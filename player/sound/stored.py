"""Long sounds in the store: levelled to the voice's loudness, and read piece by piece.

The rule: a sound is found by the content of its file, is decoded once, and is never whole in memory, neither while it
is made nor while it is read. It does not know whether it is a bed or a recording.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import re
import threading
import time
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from player.errors import StoreError, printable
from player.sound.conform import must_be_readable
from player.sound.loudness import Meter
from player.storage.facts import is_number, is_whole
from player.storage.failures import of_file, sentences
from player.storage.store import Draft
from player.units import CHANNELS, RATE, SAMPLE_WIDTH, gain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from player.storage.store import JSON, Entry, Store

REFERENCE_LUFS: Final = -18.0
"""Integrated loudness of every long sound as it is read: the voice's own, so that levels relative to it are exact."""

_PEAK: Final = 0.9
"""Highest stored sample: all 16 bits are used, whatever the file's level, and rounding never passes full scale."""
_FRAME: Final = CHANNELS * SAMPLE_WIDTH
_QUIETEST: Final = 1e-12  # of a scale: what would be lower is silence, and refused
LARGE: Final = 16 * 2**20
"""Bytes of a file that is not read at every start."""
_SETTLED_NS: Final = 10 * 10**9


class Stored:
    """Samples of an entry, shape ``(frames, 2)``, 16 bits; a slice of them is a copy.

    The file stays open, so that the entry may be removed while it is in use. It is read and not mapped: pages of a map
    would count as this program's memory, and each is fetched at a cost of its own. Several threads may read at once.
    """

    def __init__(self, entry: Entry) -> None:
        self.path = entry.path
        self._offset = entry.offset
        self._frames = entry.size // _FRAME
        self._lock = threading.Lock()
        self._file = entry.open()
        weakref.finalize(self, _close, self._file)

    def __len__(self) -> int:
        return self._frames

    def __getitem__(self, span: slice) -> NDArray[np.int16]:
        start, stop, _ = span.indices(self._frames)
        size = max(0, stop - start) * _FRAME
        with sentences(StoreError, "read", self.path):
            piece = self._read(size, self._offset + start * _FRAME)
        if len(piece) < size:
            raise StoreError(f"{printable(str(self.path))} was cut short while it was in use; start again")
        return np.frombuffer(piece, "<i2").reshape(-1, CHANNELS)

    def _read(self, size: int, at: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file, size, at)
        with self._lock:  # Windows reads on from one place, which all threads share
            os.lseek(self._file, at, os.SEEK_SET)
            return os.read(self._file, size)


def _close(file: int) -> None:
    """Close what was only read: nothing can be lost, and an error would have nobody to tell it."""
    with contextlib.suppress(OSError):
        os.close(file)


@dataclass(frozen=True)
class Measured:
    """A measured sound: its frames, its highest sample (full scale 1.0), its loudness or None for silence."""

    frames: int
    peak: float
    lufs: float | None


def measured(blocks: Iterable[NDArray[np.float32]]) -> Measured:
    """Measure blocks of shape ``(frames, 2)``."""
    meter, peak, frames = Meter(RATE), 0.0, 0
    for block in _seconds(blocks):
        meter.add(block)
        peak = max(peak, float(np.abs(block).max(initial=0.0)))
        frames += len(block)
    return Measured(frames, peak, meter.lufs())


def draft(found: Measured, blocks: Callable[[], Iterable[NDArray[np.float32]]]) -> Draft:
    """An entry of the blocks; ``scale`` makes of its samples floats at -18 LUFS, and ``peak`` is the highest of those.

    The blocks are made a second time: the level must be known before the first sample is written, and a long file fits
    no memory.
    """
    assert found.lufs is not None  # noqa: S101 (callers refuse silence before)
    stored, level = _PEAK / found.peak * 32_768, gain(REFERENCE_LUFS - found.lufs)
    facts = {"scale": level / stored, "peak": level * found.peak, "source_lufs": found.lufs, "frames": found.frames}
    chunks = (np.rint(block * np.float32(stored)).astype("<i2").tobytes() for block in _seconds(blocks()))
    return Draft(facts, chunks)


def _seconds(blocks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """The same in shorter blocks: measuring takes many times a block's memory, and resampling makes long blocks."""
    for block in blocks:
        for at in range(0, len(block), RATE):
            yield block[at : at + RATE]


def is_stored(entry: Entry) -> bool:
    """Whether an entry is what `draft` makes: so many frames, and a scale that gives them their peak."""
    scale, peak, frames = entry.facts["scale"], entry.facts["peak"], entry.facts["frames"]
    if not (entry.size and is_whole(frames, 1, entry.size) and entry.size == frames * _FRAME):
        return False
    if not (is_number(scale, _QUIETEST, 1.0) and is_number(peak, 0.0, 32_768.0)):
        return False
    return is_number(entry.facts["source_lufs"]) and math.isclose(peak, scale * _PEAK * 32_768, rel_tol=1e-6)


def is_source(entry: Entry) -> bool:
    """Whether an entry is a stored digest of a file."""
    return not entry.size and re.fullmatch(r"[0-9a-f]{64}", str(entry.facts["blake2b"])) is not None


def source_digest(path: Path, store: Store) -> str:
    """Digest of a file's content; of a large file it is stored, and valid until the file changes.

    Raises
    ------
    MediaError
        If the file cannot be read.
    """
    must_be_readable(path)
    state = file_state(path) if path.stat().st_size >= LARGE else None
    if state is None:
        return _content_digest(path)
    fields: dict[str, JSON] = {"kind": "source", **state}
    entry = store.get_or_make(fields, lambda: Draft({"blake2b": _content_digest(path)}, ()), is_source)
    return str(entry.facts["blake2b"])


def file_state(path: Path) -> dict[str, JSON] | None:
    """What changes with a file's content, without reading it; None while that cannot be told.

    A file that was written just now may change again without its time changing.
    """
    found = path.stat()
    if time.time_ns() - found.st_mtime_ns < _SETTLED_NS:
        return None
    file = [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]
    return {"path": str(path.absolute()), "file": file}


def _content_digest(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=32)
    with of_file(path), path.open("rb") as file:
        while piece := file.read(2**20):
            digest.update(piece)
    return digest.hexdigest()
