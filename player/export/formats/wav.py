"""WAV: unchanged samples behind a header that counts them.

The rule: a file counts as written only when its size shows that it has every byte. A WAV file over 4 GiB cannot count
its own bytes: it becomes RF64, which has wider numbers in one more chunk (EBU Tech 3306). It knows no programme: bytes
of 16-bit sound go in. libsndfile could write them as well, but takes three times as long.
"""

from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING, Final

from player.export import tags as tagging
from player.units import CHANNELS, RATE, SAMPLE_WIDTH

if TYPE_CHECKING:
    from pathlib import Path

    from player.export.tags import Tags

_LARGEST: Final = 2**32 - 2**20
"""Bytes of sound, 6 h 12 min of two channels; a mebibyte is left for tags."""
_DS64: Final = 8 + 28
_SIZE_IN_DS64: Final = 0xFFFFFFFF
"""In place of a size that the ``ds64`` chunk holds."""
_PCM: Final = 1
_INFO: Final = {
    "title": b"INAM",
    "artist": b"IART",
    "date": b"ICRD",
    "copyright": b"ICOP",
    "comment": b"ICMT",
    "genre": b"IGNR",
    "software": b"ISFT",
    "album": b"IPRD",
    "tracknumber": b"ITRK",
}


class WavWriter:
    """Writes a WAV file; every failure is an `OSError`."""

    def __init__(self, path: Path, tags: Tags, channels: int = CHANNELS, rate: int = RATE) -> None:
        self._path = path
        self._tags = tags
        self._channels = channels
        self._rate = rate
        self._frame_bytes = channels * SAMPLE_WIDTH
        self._is_large = tags.total_ms * rate // 1000 * self._frame_bytes > _LARGEST
        self._bytes = 0
        self._file = path.open("wb")
        self._file.write(self._header())

    def write(self, pcm: bytes) -> None:
        """Write the next pcm frames."""
        self._file.write(pcm)
        self._bytes += len(pcm)

    def finish(self) -> None:
        """Write the length, close the file, check that it has every frame, and tag it."""
        header = self._header()
        self._file.seek(0)
        self._file.write(header)
        self._file.close()
        if missing := len(header) + self._bytes - self._path.stat().st_size:
            count = (self._bytes - missing) // self._frame_bytes
            raise OSError(f"only {count} of {self._bytes // self._frame_bytes} frames arrived")
        tagging.tag_wav(self._path, self._tags)

    def drop(self) -> None:
        """Give up."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _header(self) -> bytes:
        """Everything before the samples, with their present number."""
        form = struct.pack(
            "<HHLLHH",
            _PCM,
            self._channels,
            self._rate,
            self._rate * self._frame_bytes,
            self._frame_bytes,
            8 * SAMPLE_WIDTH,
        )
        front = _chunk(b"fmt ", form) + _info(self._tags)
        if not self._is_large:
            size = 4 + len(front) + 8 + self._bytes
            return struct.pack("<4sL4s", b"RIFF", size, b"WAVE") + front + struct.pack("<4sL", b"data", self._bytes)
        size = 4 + _DS64 + len(front) + 8 + self._bytes
        sizes = _chunk(b"ds64", struct.pack("<QQQL", size, self._bytes, self._bytes // self._frame_bytes, 0))
        front = struct.pack("<4sL4s", b"RF64", _SIZE_IN_DS64, b"WAVE") + sizes + front
        return front + struct.pack("<4sL", b"data", _SIZE_IN_DS64)


def _info(tags: Tags) -> bytes:
    """Titles for the header, where Windows looks for them."""
    pairs = tagging.riff_info(tags)
    return _chunk(b"LIST", b"INFO" + b"".join(_chunk(_INFO[name], text.encode() + b"\0") for name, text in pairs))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sL", name, len(content)) + content + b"\0" * (len(content) % 2)
