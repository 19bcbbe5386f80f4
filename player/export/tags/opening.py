"""Opening a sound file for its tags: which reader of this folder its first bytes ask for.

The rule: the content says what a file is, and never its name. Only a file of a disk is opened: a pipe would be waited
for without end. The sound is never decoded.
"""

from __future__ import annotations

import io
import os
import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mutagen import MutagenError
from mutagen.mp3 import BitrateMode, MPEGInfo

from player.errors import MediaError, printable
from player.export.tags.fields import DAMAGE, MOST_FIELDS, TagFields
from player.export.tags.id3_reader import HEADER, read_id3, tag_size
from player.export.tags.mp4_reader import read_mp4
from player.export.tags.vorbis_reader import read_flac, read_ogg

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

_FIRST_FRAMES: Final = 2**20
"""Bytes of an MP3 stream in which its length is looked for; it stands in its first frame."""
_HEAD: Final = 12


def fields_of(path: Path) -> TagFields | None:
    """The fields of a file's tags; None if it has none, or they are damaged or larger than any of ours.

    Raises
    ------
    MediaError
        If the file cannot be read.
    """
    must_be_a_file(path)
    try:
        with path.open("rb") as file:
            return _read(file)
    except OSError as error:
        reason = printable((error.strerror or str(error)).lower())
        raise MediaError(f"{printable(str(path))} cannot be read: {reason}") from error
    except DAMAGE:
        return None


def must_be_a_file(path: Path) -> None:
    """Refuse what is there and is no file: to read a pipe or a device may never end.

    Raises
    ------
    MediaError
        If it is none. What is missing, and a folder, are told by whoever opens them.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise MediaError(f"{printable(str(path))} is a pipe or a device; name a file")


def _read(file: BinaryIO) -> TagFields | None:
    head = file.read(_HEAD)
    if head[:4] in {b"RIFF", b"RF64"}:
        return read_id3(file, size) if (size := _to_riff_tag(file)) else None
    if head[4:8] == b"ftyp":
        return read_mp4(file)
    start = tag_size(head)
    file.seek(start)
    marker = file.read(4)
    if marker == b"fLaC":
        return read_flac(file)
    file.seek(0)
    if marker == b"OggS":
        return read_ogg(file)
    found = read_id3(file) if start else None
    return found and replace(found, length_ms=_mp3_length_ms(file, start) or found.length_ms)


def _to_riff_tag(file: BinaryIO) -> int:
    """Go to the ID3 chunk of a WAV file, and return its length; 0 without one.

    RF64 keeps the length of its sound in its first chunk (EBU Tech 3306).
    """
    sound_bytes = None
    for _ in range(MOST_FIELDS):
        if len(head := file.read(8)) < 8:
            break
        name, size = struct.unpack("<4sL", head)
        if name.lower() == b"id3 ":
            return int(size)
        if name == b"ds64":
            sound_bytes = struct.unpack("<8xQ", file.read(16))[0]
            size -= 16
        if name == b"data" and sound_bytes is not None:
            size = sound_bytes
        if not 0 <= size < 2**62:
            raise ValueError("a chunk has an impossible length")
        file.seek(size + size % 2, os.SEEK_CUR)
    return 0


def _mp3_length_ms(file: BinaryIO, start: int) -> int:
    """The length of the MP3 stream that begins here; 0 if it is none."""
    size = file.seek(0, os.SEEK_END)
    file.seek(start)
    reader: Any = MPEGInfo
    try:
        found = reader(io.BytesIO(_without_tags(file.read(_FIRST_FRAMES))))
    except (MutagenError, *DAMAGE):
        return 0
    if found.bitrate_mode == BitrateMode.UNKNOWN:  # its length would be that of the bytes it was given
        return round(8000 * (size - start) / found.bitrate) if found.bitrate else 0
    return int(found.length * 1000 + 0.5)


def _without_tags(stream: bytes) -> bytes:
    """The stream behind a few more tags: mutagen would pass over a million empty ones, one at a time."""
    at = 0
    for _ in range(HEADER):
        if not (size := tag_size(stream[at : at + HEADER])):
            return stream[at:]
        at += size
    return b""
