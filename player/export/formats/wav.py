"""WAV: the samples as they are, behind a head that counts them.

The rule: a file counts as written only when it has been found to hold every byte. Over 4 GiB a WAV file cannot count
its own bytes: RF64 takes over, which is the same with wider numbers in one more chunk (EBU Tech 3306).
It knows no programme: bytes of 16-bit sound at 48 kHz go in. libsndfile could write them as well, and takes three times
as long.
"""

from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING, Final

from player.export import tags as tagging
from player.units import CHANNELS, FRAMES_PER_MS, RATE, SAMPLE_WIDTH

if TYPE_CHECKING:
    from pathlib import Path

    from player.export.tags import Tags

_LARGEST: Final = 2**32 - 2**20
"""Bytes of sound, 6 h 12 min of two channels; a mebibyte is left for tags."""
_DS64: Final = 8 + 28
_COUNTED_THERE: Final = 0xFFFFFFFF
"""In the place of a size that is in that chunk."""
_PCM: Final = 1
_INFO: Final = {
    "title": b"INAM",
    "comment": b"ICMT",
    "genre": b"IGNR",
    "software": b"ISFT",
    "album": b"IPRD",
    "tracknumber": b"ITRK",
}


class WavWriter:
    """A WAV file being written; what goes wrong is an `OSError`."""

    def __init__(self, path: Path, tags: Tags, channels: int = CHANNELS) -> None:
        self._path = path
        self._tags = tags
        self._channels = channels
        self._frame = channels * SAMPLE_WIDTH
        self._is_large = tags.total_ms * FRAMES_PER_MS * self._frame > _LARGEST
        self._bytes = 0
        self._file = path.open("wb")
        self._file.write(self._head())

    def write(self, pcm: bytes) -> None:
        """Add the next frames."""
        self._file.write(pcm)
        self._bytes += len(pcm)

    def finish(self) -> None:
        """Note the length, close the file, make sure that it holds every frame, and give it its tags."""
        head = self._head()
        self._file.seek(0)
        self._file.write(head)
        self._file.close()
        if missing := len(head) + self._bytes - self._path.stat().st_size:
            held = (self._bytes - missing) // self._frame
            raise OSError(f"only {held} of {self._bytes // self._frame} frames arrived")
        tagging.tag_wav(self._path, self._tags)

    def drop(self) -> None:
        """Give up."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _head(self) -> bytes:
        """Everything before the samples, for as many as there are now."""
        form = struct.pack("<HHLLHH", _PCM, self._channels, RATE, RATE * self._frame, self._frame, 8 * SAMPLE_WIDTH)
        front = _chunk(b"fmt ", form) + _info(self._tags)
        if not self._is_large:
            size = 4 + len(front) + 8 + self._bytes
            return struct.pack("<4sL4s", b"RIFF", size, b"WAVE") + front + struct.pack("<4sL", b"data", self._bytes)
        size = 4 + _DS64 + len(front) + 8 + self._bytes
        sizes = _chunk(b"ds64", struct.pack("<QQQL", size, self._bytes, self._bytes // self._frame, 0))
        front = struct.pack("<4sL4s", b"RF64", _COUNTED_THERE, b"WAVE") + sizes + front
        return front + struct.pack("<4sL", b"data", _COUNTED_THERE)


def _info(tags: Tags) -> bytes:
    """Titles for the head, where Windows looks for them."""
    pairs = tagging.riff_info(tags)
    return _chunk(b"LIST", b"INFO" + b"".join(_chunk(_INFO[name], text.encode() + b"\0") for name, text in pairs))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sL", name, len(content)) + content + b"\0" * (len(content) % 2)
