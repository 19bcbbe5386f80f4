"""M4A and M4B (AAC, with chapters) through ffmpeg, where it is installed.

The rule: sound is piped in as it is made, so memory stays constant. ffmpeg writes only the part file of a `NewFile`.
Its exit code does not say everything, so the file is checked: a whole MP4 file consists of boxes up to its last byte,
one of which is the index. No dates and no version of ffmpeg go into the file.

ffmpeg is waited for as long as it gets on: it takes sound, or its file changes. The file may become twice as large as
its bitrate makes it, and must still be an ordinary file when it is done.
"""

from __future__ import annotations

import contextlib
import stat
import sys
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from player.children import ChildProgram, StalledError, ending
from player.errors import OutputError, printable
from player.export import tags as tagging
from player.export.formats.bitrates import usual
from player.export.formats.libsndfile import reason
from player.script import tags as language_tags
from player.sound import ffmpeg
from player.storage.parts import created
from player.units import SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from player.export.formats.bitrates import Quality
    from player.export.tags import Tags

_INSTALL: Final = {"darwin": "brew install ffmpeg", "win32": "winget install ffmpeg"}
_NO_TRACES: Final = ("-fflags", "+bitexact", "-flags:a", "+bitexact")
_SLOWEST_DISK: Final = 250_000
"""Bytes a second: at its end ffmpeg moves the whole file, to make room for the index at its beginning."""
_SPARE_BYTES: Final = 2**24
_CONTAINERS: Final = frozenset(
    (b"moov", b"udta", b"trak", b"mdia", b"meta", b"ilst", b"stbl", b"minf", b"moof", b"traf")
)
_MOST_BOXES, _DEEPEST = 1000, 10
"""With tags and a cover there are 55, five deep, with 999 chapters 49 (ffmpeg 5.1)."""
_LENGTHENED_MS: Final = 500
"""The header of ffmpeg 5.1 is exact. Others may count two more packets of 1024 frames: 256 ms at 8 kHz."""
_ENDS_WITHIN_S: Final = 2.0
"""After it has stopped reading."""


def must_be_installed(form: str) -> str:
    """The path of ffmpeg.

    Raises
    ------
    OutputError
        If there is none.
    """
    if found := ffmpeg.find():
        return found
    command = _INSTALL.get(sys.platform, "sudo apt install ffmpeg")
    raise OutputError(f"{form} is made by ffmpeg, which is not installed here; install it ({command}) or choose mp3")


class Mp4Writer:
    """Writes an M4A or M4B file; every failure is an `OSError`, but that to begin an `OutputError`."""

    def __init__(self, path: Path, form: str, tags: Tags, quality: Quality) -> None:
        self._path = path
        self._tags = tags
        self._bytes, self._bytes_a_second = 0, quality.rate * quality.channels * SAMPLE_WIDTH
        # Named like a part file, so that the next run removes it after a crash.
        self._notes = path.with_name(path.name.replace(".", ".notes-", 1))
        noted = created(self._notes)
        try:
            with noted:
                noted.write(notes(tags).encode("utf-8"))
            self._child = _started(form, _command(path, self._notes, form, quality, tags.language))
        except BaseException:
            self._forget_notes()
            raise
        ffmpeg.limit(self._child.pid, "RLIMIT_FSIZE", _most_bytes(tags, quality))

    def write(self, pcm: bytes) -> None:
        """Encode the next pcm frames."""
        with self._as_os_errors():
            self._child.write(pcm, ffmpeg.STILL_S)
        self._bytes += len(pcm)

    def finish(self) -> None:
        """Complete the file, and check that it is whole."""
        with self._as_os_errors():
            self._child.close_input()
            code = self._child.wait(ffmpeg.STILL_S, self._progress())
            if code or self._child.last_words() or not _is_whole(self._path):
                raise BrokenPipeError
        tagging.tag_mp4(self._path, self._tags)
        if not _is_whole(self._path):
            raise reason(self._path, "its tags did not arrive")
        self._check_length()
        self._forget_notes()

    def drop(self) -> None:
        """Give up."""
        self._child.end()
        self._forget_notes()

    def _check_length(self) -> None:
        """Chapters may be longer than the sound, and the file then is, too."""
        given_ms = self._bytes * 1000 // self._bytes_a_second
        found = tagging.read_tags(self._path)
        made_ms = found.length_ms if found else 0
        if not given_ms <= made_ms + _LENGTHENED_MS <= max(given_ms, self._tags.total_ms) + 2 * _LENGTHENED_MS:
            raise reason(self._path, f"ffmpeg made {made_ms} ms of sound from {given_ms}")

    def _forget_notes(self) -> None:
        with contextlib.suppress(OSError):
            self._notes.unlink()

    def _progress(self) -> Callable[[], object]:
        """What tells whether ffmpeg gets on with its file, until it could have been written on the slowest disk."""
        end = time.monotonic() + ffmpeg.STILL_S + _size(self._path) / _SLOWEST_DISK

        def state() -> object:
            with contextlib.suppress(OSError):
                if time.monotonic() < end:
                    found = self._path.lstat()
                    return found.st_size, found.st_mtime_ns
            return None

        return state

    @contextlib.contextmanager
    def _as_os_errors(self) -> Iterator[None]:
        try:
            yield
        except StalledError as error:
            self._child.end()
            still = f"ffmpeg stood still for {ffmpeg.STILL_S:.0f} s"
            raise self._reason(ffmpeg.STOPPED if error.is_stopped else still) from error
        except BrokenPipeError as error:
            try:
                silent = f"ffmpeg made no whole file, and ended with {ending(self._child.wait(_ENDS_WITHIN_S))}"
            except (StalledError, BrokenPipeError):
                silent = "ffmpeg reads no more, and does not end"
            self._child.end()
            said = self._child.last_words()
            raise self._reason(f"ffmpeg says: {said}" if said else silent) from error

    def _reason(self, otherwise: str) -> OSError:
        """The file system's own reason, if it has one; what is no ordinary file any more is not touched."""
        if _is_ordinary(self._path):
            return reason(self._path, otherwise)
        return OSError(f"{otherwise} (its file is gone, or is no ordinary one)")


def _started(form: str, command: list[str]) -> ChildProgram:
    program = must_be_installed(form)
    try:
        return ChildProgram([program, *command], stdin=True)
    except OSError as error:  # it is no program, or has just been removed
        told = f"{form} is made by ffmpeg, but {printable(program)} cannot be run ({error.strerror or error})"
        raise OutputError(f"{told}; install it anew, or choose mp3") from error


def notes(tags: Tags) -> str:
    """Chapters in ffmpeg's own format, "FFMETADATA1"."""
    lines = [";FFMETADATA1"]
    ends = [*(after.start_ms for _, after in pairwise(tags.chapters)), tags.total_ms]
    for chapter, end_ms in zip(tags.chapters, ends, strict=False):
        times = f"START={chapter.start_ms}\nEND={end_ms}"
        lines.append(f"[CHAPTER]\nTIMEBASE=1/1000\n{times}\ntitle={_escaped(chapter.title)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    clean = printable(" ".join(text.split()))
    return "".join(f"\\{char}" if char in "=;#\\" else char for char in clean)


def _command(path: Path, notes: Path, form: str, quality: Quality, language: str) -> list[str]:
    bitrate = quality.bitrate or usual(quality.channels)
    sound = ["-f", "s16le", "-ar", str(quality.rate), "-ac", str(quality.channels), "-i", "pipe:0"]
    words = ["-f", "ffmetadata", "-i", f"file:{notes.absolute()}", "-map", "0:a", "-map_metadata", "1"]
    encoded = ["-map_chapters", "1", "-c:a", "aac", "-b:a", f"{bitrate}k", *_NO_TRACES]
    brand = ["-brand", "M4B "] if form == "m4b" else []
    spoken = ["-metadata:s:a:0", f"language={language_tags.iso_639_2(language) or 'und'}"]
    where = ["-movflags", "+faststart", *brand, "-f", "ipod", "-y", f"file:{path.absolute()}"]
    return ["-v", "error", *sound, *words, *encoded, *spoken, *where]


def _most_bytes(tags: Tags, quality: Quality) -> int:
    """Twice what the sound takes at its bitrate, in bytes, and something for index, chapters and notes."""
    bitrate = quality.bitrate or usual(quality.channels)
    return 2 * bitrate * tags.total_ms // 8 + _SPARE_BYTES


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.lstat().st_size
    return 0


def _is_ordinary(path: Path) -> bool:
    """Whether it is still a file of its own: not gone, no link, no pipe, and under no other name too."""
    with contextlib.suppress(OSError):
        found = path.lstat()
        return stat.S_ISREG(found.st_mode) and found.st_nlink <= 1
    return False


def _is_whole(path: Path) -> bool:
    """Whether it is a file that consists of boxes up to its last byte, with an index (``moov``), and can be tagged.

    Boxes are counted as far as what tags the file goes into them: of a million it would make objects in memory.
    """
    if not _is_ordinary(path):
        return False
    size, names, inner, count = path.stat().st_size, set(), [(0, path.stat().st_size, 0)], 0
    with path.open("rb") as file:
        while inner:
            at, end, depth = inner.pop()
            for name, start, stop in _boxes(file, at, end):
                count, at = count + 1, stop
                names |= {name} if not depth else set()
                if count > _MOST_BOXES or depth > _DEEPEST:
                    return False
                if name in _CONTAINERS:
                    inner.append((start + 4 * (name == b"meta"), stop, depth + 1))
            if not depth and at != size:
                return False
    return {b"moov", b"mdat"} <= names


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes that stand one behind the other in these bytes: name, start and end; it stops at what is none."""
    while at + 8 <= end:
        file.seek(at)
        header = file.read(16)
        length, start = int.from_bytes(header[:4], "big"), at + 8
        if length == 1:  # the size follows in eight bytes: over 4 GiB
            length, start = int.from_bytes(header[8:], "big"), at + 16
        if not start <= at + length <= end:
            return
        yield header[4:8], start, at + length
        at += length
