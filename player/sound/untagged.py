"""A sound file as a decoder may see it: without ID3 tags, which no sound needs.

The rule: the sound's bytes stay as they are and where they are, but for a tag's name, which becomes zeros. The MP3
decoder in libsndfile (mpg123 1.32) reads every tag that it meets, wherever in a stream, and expands compressed frames
without a limit: 19 MB took 1.4 GB and over 30 s. A whole header of a tag has 38 bits that must fit, so sound that looks
like one by chance, three of whose bytes would become zero, comes once in 270 GB.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from player.storage.failures import of_file

if TYPE_CHECKING:
    from pathlib import Path

    from _typeshed import WriteableBuffer

_HEADER: Final = 10
_FLAGS: Final = "".join(rf"\x{flags:02x}" for flags in range(0, 256, 16)).encode()
_TAG: Final = re.compile(rb"ID3(?=[\x02-\x04].[" + _FLAGS + rb"][\x00-\x7f]{4})", re.DOTALL)
_MOST_TAGS: Final = 100
"""Tags in front of a sound, one behind the other, that are passed over."""
_BUFFER: Final = 2**18
_FARTHEST: Final = 2**62
"""A place that a file may name and a system can count; there is nothing to read."""


def start_of_sound(path: Path) -> int:
    """How many bytes of a file its leading ID3 tags take; 0 for most files.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    start = 0
    with of_file(path), path.open("rb") as file:
        for _ in range(_MOST_TAGS):
            file.seek(start)
            head = file.read(_HEADER)
            if len(head) < _HEADER or head[:3] != b"ID3":
                break
            size = 0
            for byte in head[6:]:
                size = size << 7 | byte & 0x7F
            start += _HEADER + size + (_HEADER if head[5] & 0x10 else 0)  # a footer, as long as the header
    return start


def may_hold_tags(path: Path) -> bool:
    """Whether a decoder may look for ID3 tags in a file: in MP3, which WAV may hold too."""
    with of_file(path), path.open("rb") as file:
        head = file.read(4)
    return head[:3] == b"ID3" or head in {b"RIFF", b"RIFX", b"RF64"} or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")


def untagged(path: Path) -> UntaggedFile:
    """The file from the start of its sound on, with no tag in it.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    return UntaggedFile(_Untagged(path, start_of_sound(path)), _BUFFER)


class UntaggedFile(io.BufferedReader):
    """A file whose failures are kept: it ends where it cannot be read on, and the reader asks for the reason.

    libsndfile calls it from C, where Python prints what is raised, and goes on as if the file had ended.
    """

    raw: _Untagged

    def raise_failure(self) -> None:
        """Raise the `OSError` for which it ended, if it did not end by itself."""
        if self.raw.failure:
            raise self.raw.failure


class _Untagged(io.RawIOBase):
    def __init__(self, path: Path, start: int) -> None:
        super().__init__()
        self.failure: OSError | None = None
        self._path = path
        self._file = path.open("rb", buffering=0)
        self._start, self._at = start, 0
        self._size = max(0, self._file.seek(0, io.SEEK_END) - start)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = min(max(0, place), _FARTHEST)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read with so much before and behind that a tag's header is seen where it lies across two pieces."""
        if self._at >= self._size:
            return 0
        view = memoryview(buffer).cast("B")
        before = min(self._at, _HEADER)
        try:
            self._file.seek(self._start + self._at - before)
            piece = self._file.read(before + len(view) + _HEADER) or b""
        except OSError as error:
            error.filename = str(self._path)
            self.failure, self._size = error, 0
            return 0
        part = _TAG.sub(bytes(3), piece)[before : before + len(view)]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()
