"""FLAC, Ogg and Opus by libsndfile, a piece at a time.

The rule: a file counts as written only when it has been closed, opened again and found to have every frame: libsndfile
does not always notice a full disk. One large write to Ogg crashes it (bastibe/python-soundfile 233, 396, 426), so sound
is written in pieces. It knows no programme: bytes of 16-bit sound go in.
"""

from __future__ import annotations

import contextlib
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from player.export import tags as tagging
from player.export.formats import bitrates, ogg_pages
from player.storage.names import native
from player.units import CHANNELS, RATE, SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from player.export.formats.bitrates import Quality
    from player.export.tags import Tags

PIECE_FRAMES: Final = 65_536
_PROBE_BYTES: Final = 2**20


@dataclass(frozen=True)
class Encoding:
    """How libsndfile encodes a format.

    Attributes
    ----------
    compression
        0 best to 1 smallest, or None for its default. There is no other way to a bitrate: soundfile drops
        ``bitrate_mode`` without this, and with it libsndfile 1.2.2 refuses the mode for Vorbis and Opus.
    """

    container: str
    subtype: str
    tag: Callable[[Path, Tags], None]
    compression: float | None = None


ENCODINGS: Final = {
    "flac": Encoding("FLAC", "PCM_16", tagging.tag_flac),
    "ogg": Encoding("OGG", "VORBIS", tagging.tag_ogg, compression=0.5),  # measured: 164 kbit/s, speech over noise
    "opus": Encoding("OGG", "OPUS", tagging.tag_opus, compression=0.768),  # 129 kbit/s
}
_LEVELS: Final = {"ogg": bitrates.vorbis_level, "opus": bitrates.opus_level}


def encoding_of(form: str, quality: Quality) -> Encoding:
    """The encoding of a format."""
    chosen = ENCODINGS[form]
    if quality.bitrate is None:
        return chosen
    return replace(chosen, compression=_LEVELS[form](quality.bitrate, quality.channels, quality.rate))


_STREAMINFO_END: Final = 42
_WRITTEN_AT_THE_END: Final = (slice(12, 15), slice(15, 18), slice(26, 42))
"""Of a FLAC file: the sizes of its smallest and its largest frame, and the MD5 digest of its samples."""


class SoundWriter:
    """Writes a file by libsndfile; every failure is an `OSError`."""

    def __init__(self, path: Path, encoding: Encoding, tags: Tags, channels: int = CHANNELS, rate: int = RATE) -> None:
        import soundfile  # noqa: PLC0415 (19 ms, which MP3 and WAV do without)

        self._path = path
        self._encoding = encoding
        self._tags = tags
        self._frame_bytes = channels * SAMPLE_WIDTH
        self._frames = 0
        self._checksum = 0
        self._open: Callable[..., soundfile.SoundFile] = soundfile.SoundFile
        self._failures = (soundfile.LibsndfileError, AssertionError)  # a short write is an assertion in soundfile
        with self._as_os_errors():
            self._file = self._open(
                native(path),
                "w",
                rate,
                channels,
                encoding.subtype,
                format=encoding.container,
                compression_level=encoding.compression,
            )

    def write(self, pcm: bytes) -> None:
        """Encode the next pcm frames."""
        with self._as_os_errors():
            piece = PIECE_FRAMES * self._frame_bytes
            for at in range(0, len(pcm), piece):
                self._file.buffer_write(pcm[at : at + piece], "int16")
        self._frames += len(pcm) // self._frame_bytes
        if self._encoding.container == "OGG":
            self._checksum = zlib.crc32(pcm, self._checksum)

    def finish(self) -> None:
        """Close the file, tag it, and check that it has every frame."""
        with self._as_os_errors():
            self._file.close()
        if self._encoding.container == "FLAC" and self._frames and not _has_whole_head(self._path):
            raise reason(self._path, "its head was not completed")
        self._encoding.tag(self._path, self._tags)
        if self._encoding.container == "OGG":
            self._renumber()
        self._verify()

    def drop(self) -> None:
        """Give up."""
        with contextlib.suppress(*self._failures):
            self._file.close()

    def _renumber(self) -> None:
        try:
            ogg_pages.renumber(self._path, self._checksum)
        except ValueError as error:  # libsndfile did not notice that a page was not written
            raise reason(self._path, str(error)) from error

    def _verify(self) -> None:
        """The header may count more frames than there are, so the last one is read as well."""
        with self._as_os_errors(), self._open(native(self._path)) as file:
            count = file.frames
            if count == self._frames and (not count or file.seek(count - 1) == count - 1 == count - len(file.read(1))):
                return
        raise reason(self._path, f"only {count} of {self._frames} frames arrived")

    @contextlib.contextmanager
    def _as_os_errors(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            raise reason(self._path, str(error)) from error


def _has_whole_head(path: Path) -> bool:
    """Whether a FLAC file tells the sizes of its frames and the digest of its samples, which are written at its end.

    They are zero where the encoder could not go back to them, and libsndfile does not notice (RFC 9639, 8.2).
    """
    with path.open("rb") as file:
        head = file.read(_STREAMINFO_END)
    return len(head) == _STREAMINFO_END and all(any(head[field]) for field in _WRITTEN_AT_THE_END)


def reason(path: Path, otherwise: str) -> OSError:
    """Why a file could not be written; a probe asks the file system, as libsndfile only says "System error"."""
    try:
        with path.open("ab") as file:
            file.write(bytes(_PROBE_BYTES))
    except OSError as error:
        return error
    return OSError(otherwise)
