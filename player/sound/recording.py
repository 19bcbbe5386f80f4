"""An author's own recording: levelled like speech, and as long as it likes.

The rule: a recording is brought to the voice's loudness by its own, keeps its two sides, and is limited as speech is.
It is decoded once and found by its content; afterwards it is read from the store a stretch at a time. Stretches lie at
fixed places, so a moment of a recording always has the same samples. It does not know where it is placed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from player.errors import MediaError, printable
from player.sound.conform import decode, segment, soft_edges
from player.sound.limiter import limit
from player.sound.stored import REFERENCE_LUFS, Stored, draft, is_stored, measured, source_digest
from player.units import CHANNELS, FRAMES_PER_MS, LONGEST_MS, gain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from pydub import AudioSegment

    from player.storage.store import JSON, Draft, Store

STRETCH: Final = 2000 * FRAMES_PER_MS
"""Frames limited at once; as many as a block of the mixdown has."""
_AROUND: Final = 100 * FRAMES_PER_MS
"""Frames before and after a stretch that its limiter also gets: its gain looks 20 ms ahead and behind, and the filter
that finds true peaks some milliseconds more."""
SCHEMA: Final = 3


@dataclass(frozen=True)
class OpenRecording:
    """A recording ready to be placed.

    Attributes
    ----------
    samples
        Its sound in the store.
    scale
        Factor that makes them float samples at -18 LUFS, full scale 1.0.
    beat_ms
        Always 0: nothing in it falls on a beat.
    after_ms, pauses
        Always empty: its silences belong to it.
    """

    samples: Stored
    scale: float
    beat_ms: int = 0
    after_ms: int = 0
    pauses: tuple[tuple[int, int], ...] = ()

    @property
    def length_ms(self) -> int:
        """Its length in whole milliseconds, rounded up, so that it always fits."""
        return -(-len(self.samples) // FRAMES_PER_MS)

    def passages(self, trim_db: float, ceiling_dbtp: float) -> Passages:
        """The recording in the form that the mixdown needs.

        Parameters
        ----------
        trim_db
            Added to its -18 LUFS, as to everything: less where a sum needs room.
        ceiling_dbtp
            A true peak that would then pass this is brought under it.
        """
        return Passages(self, gain(trim_db), ceiling_dbtp)


class Passages:
    """A recording in the session format; ``passages[start_ms:end_ms]`` is a segment, as it is of a whole clip."""

    def __init__(self, recording: OpenRecording, factor: float, ceiling_dbtp: float) -> None:
        self._samples = recording.samples
        self._factor = np.float32(recording.scale * factor)
        self._ceiling_dbtp = ceiling_dbtp
        self._frames = recording.length_ms * FRAMES_PER_MS
        self._stretch = lru_cache(maxsize=2)(self._limited)

    def __getitem__(self, span: slice) -> AudioSegment:
        start, stop, _ = (each * FRAMES_PER_MS for each in span.indices(self._frames // FRAMES_PER_MS))
        samples = np.empty((max(0, stop - start), CHANNELS), np.float32)
        filled = 0
        while filled < len(samples):
            index, skipped = divmod(start + filled, STRETCH)
            part = self._stretch(index)[skipped : skipped + len(samples) - filled]
            samples[filled : filled + len(part)] = part
            filled += len(part)
        return segment(samples)

    def _limited(self, index: int) -> NDArray[np.float32]:
        """One stretch: levelled, limited, its last millisecond filled, soft where the recording begins and ends."""
        start = index * STRETCH
        stop = min(start + STRETCH, self._frames)
        before = min(start, _AROUND)
        loud = self._samples[start - before : stop + _AROUND] * self._factor
        soft_edges(loud, start - before, len(self._samples))
        limited = limit(loud, self._ceiling_dbtp)[before : before + stop - start]
        return np.pad(limited, ((0, stop - start - len(limited)), (0, 0)))


def open_recording(path: Path, store: Store) -> OpenRecording:
    """The recording in a sound file, taken from the store if it is there.

    Raises
    ------
    MediaError
        If the file cannot be read, is empty or silent, or is longer than 24 hours.
    StoreError
        If it cannot be stored.
    """
    digest = source_digest(path, store)
    fields: dict[str, JSON] = {"kind": "recording", "schema": SCHEMA, "source": digest, "lufs": REFERENCE_LUFS}
    entry = store.get_or_make(fields, lambda: _draft(path), is_stored)
    return OpenRecording(Stored(entry), float(str(entry.facts["scale"])))


def _draft(path: Path) -> Draft:
    found = measured(_within_a_day(path))
    if found.lufs is None:
        raise MediaError(f"{_shown(path)}: it is silent, so nobody would hear it; choose another recording, or `pause`")
    return draft(found, lambda: decode(path))


def _within_a_day(path: Path) -> Iterator[NDArray[np.float32]]:
    frames = 0
    for block in decode(path):
        frames += len(block)
        if frames > LONGEST_MS * FRAMES_PER_MS:
            raise MediaError(f"{_shown(path)}: a recording may last 24 hours, and this one is longer; cut it")
        yield block


def _shown(path: Path) -> str:
    return printable(str(path))
