"""M4A and M4B (AAC, with chapters) through ffmpeg, where it is installed.

The rule: sound is piped in as it is made, so memory stays constant. ffmpeg writes only the part file of a `NewFile`.
Its exit code does not say everything, so the file is checked: a whole MP4 file consists of boxes up to its last byte,
one of which is the index. No dates and no version of ffmpeg go into the file.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from player.errors import OutputError, printable
from player.export import tags as tagging
from player.export.formats.bitrates import usual
from player.export.formats.libsndfile import reason
from player.script import tags as language_tags
from player.sound import ffmpeg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from player.export.formats.bitrates import Quality
    from player.export.tags import Tags

_INSTALL: Final = {"darwin": "brew install ffmpeg", "win32": "winget install ffmpeg"}
_NO_TRACES: Final = ("-fflags", "+bitexact", "-flags:a", "+bitexact")


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
    """Writes an M4A or M4B file; every failure is an `OSError`."""

    def __init__(self, path: Path, form: str, tags: Tags, quality: Quality) -> None:
        self._path = path
        self._tags = tags
        # Named like a part file, so that the next run removes it after a crash.
        self._notes = path.with_name(path.name.replace(".", ".notes-", 1))
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `_end`)
        try:
            self._notes.write_text(notes(tags), encoding="utf-8")
            command = [
                must_be_installed(form),
                *_command(path, self._notes, form, quality, tags.language),
            ]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=self._stderr)
        except BaseException:
            self._end()
            raise

    def write(self, pcm: bytes) -> None:
        """Encode the next pcm frames."""
        with self._as_os_errors():
            cast("BinaryIO", self._process.stdin).write(pcm)

    def finish(self) -> None:
        """Complete the file, and check that it is whole."""
        with self._as_os_errors():
            self._process.communicate()
            self._stderr.seek(0)
            if self._process.returncode or self._stderr.read(1) or not _is_whole(self._path):
                raise BrokenPipeError
        tagging.tag_mp4(self._path, self._tags)
        if not _is_whole(self._path):
            raise reason(self._path, "its tags did not arrive")
        self._end()

    def drop(self) -> None:
        """Give up."""
        self._process.kill()
        with contextlib.suppress(OSError):  # from what is still in the pipe
            self._process.communicate()
        self._end()

    def _end(self) -> None:
        self._stderr.close()
        with contextlib.suppress(OSError):
            self._notes.unlink()

    @contextlib.contextmanager
    def _as_os_errors(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError as error:
            self._process.wait()
            self._stderr.seek(0)
            lines = self._stderr.read(4096).decode("utf-8", "replace").strip().splitlines()
            said = f"ffmpeg says: {printable(lines[-1])}" if lines else "ffmpeg stopped without a word"
            raise reason(self._path, said) from error


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


def _is_whole(path: Path) -> bool:
    """Whether the file consists of boxes up to its last byte, and one is the index (``moov``)."""
    size, at, names = path.stat().st_size, 0, set()
    with path.open("rb") as file:
        while at < size:
            file.seek(at)
            header = file.read(16)
            length = int.from_bytes(header[:4], "big")
            if length == 1:  # the size follows in eight bytes: over 4 GiB
                length = int.from_bytes(header[8:], "big")
            if length < 8:
                return False
            names.add(header[4:8])
            at += length
    return at == size and {b"moov", b"mdat"} <= names
