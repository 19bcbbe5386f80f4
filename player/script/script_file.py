"""The bytes of a script's file, or the sentence for what is none: a folder, a device, a sound file, a picture.

The rule: whatever a user names by mistake is told by what it is, as far as its first bytes say that, and no device is
read. A pipe is a script, as a shell may make one.
"""

from __future__ import annotations

import os
import shlex
import stat
from typing import TYPE_CHECKING, Final

from player.errors import UsageError, printable
from player.script.yaml.encoding import LARGEST

if TYPE_CHECKING:
    from pathlib import Path

_SOUND: Final = "a sound file"
_PICTURE: Final = "a picture"
_ARCHIVE: Final = "an archive"
_PROGRAM: Final = "a program"
_HEADS: Final = (
    (b"ID3", _SOUND),
    (b"fLaC", _SOUND),
    (b"OggS", _SOUND),
    (b"RF64", _SOUND),
    (b"caff", _SOUND),
    (b"FORM", _SOUND),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"PK\x03\x04", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", _PROGRAM),
    (b"MZ\x90\x00", _PROGRAM),
    (b"SQLite format 3", "a database"),
)
"""The first bytes of kinds of files; none of these is the beginning of a text in YAML but by a rare accident."""
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
"""The byte order marks of UTF-16: a text, and another remedy."""
_LOOKED_AT: Final = 1024


def read_bytes(path: Path) -> bytes:
    """What the file has, and a little more than a script may have where it is larger.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    UsageError
        If it cannot be read, or is no text.
    """
    shown_path = printable(str(path))
    try:
        _must_be_no_device(path, path.stat())  # one such as a terminal would be waited for
        with path.open("rb") as file:
            _must_be_no_device(path, os.fstat(file.fileno()))
            data = file.read(LARGEST + 4)  # a little more than allowed shows that it is too large
    except IsADirectoryError:
        raise UsageError(f"{shown_path} is a folder; name a script in it") from None
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        if path.is_dir():  # Windows reports a permission error
            reason = "it is a folder"
        raise UsageError(f"{shown_path} cannot be read: {reason}") from error
    if text := _is_none(path, data):
        raise UsageError(f"{shown_path} {text}")
    return data


def _must_be_no_device(path: Path, found: os.stat_result) -> None:
    if stat.S_ISCHR(found.st_mode) or stat.S_ISBLK(found.st_mode):
        raise UsageError(f"{printable(str(path))} is a device, and no script; name a file")


def _is_none(path: Path, data: bytes) -> str:
    """What the file is in place of a script, to stand behind its name; empty for a text."""
    kind = _kind(data)
    back = f"`player extract {shlex.quote(printable(str(path)))}` gives its script back, if it has one"
    if kind == _SOUND:
        return f"is a sound file; any music player plays it, and {back}"
    if data[:64].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return f"is a page; a browser shows it, and {back}"
    if kind:
        return f"is {kind}, and no script; name a script, which is a text file such as `player new` writes"
    if b"\0" in data[:_LOOKED_AT] and not _is_wide(data):
        return "is no text; name a script, which is a text file such as `player new` writes"
    return ""


def _kind(data: bytes) -> str:
    """What kind of file begins with these bytes; empty if none that is known."""
    if data[:4] == b"RIFF":
        return _PICTURE if data[8:12] == b"WEBP" else _SOUND
    if data[4:8] == b"ftyp" or _is_mpeg(data):
        return _SOUND
    return next((kind for head, kind in _HEADS if data.startswith(head)), "")


def _is_mpeg(data: bytes) -> bool:
    """Whether it begins with the header of an MPEG audio frame: eleven bits, and no layer or rate that is none."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    return bool(data[1] & 0x06) and data[2] & 0xF0 != 0xF0 and data[2] & 0x0C != 0x0C and not data.startswith(_WIDE)


def _is_wide(data: bytes) -> bool:
    """Whether it may be a text in UTF-16, in which every other byte of most letters is nothing."""
    return data.startswith(_WIDE) or {data[1:8:2], data[0:8:2]} & {b"\0" * 4} != set()
