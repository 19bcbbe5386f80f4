"""ID3v2.2, 2.3 and 2.4, read under the limits of `fields`.

The rule: frames inside frames (of chapters and their tables) are never opened, and a frame that is not wanted is passed
over by its length. A library would first read and expand all of them: 2 MB of zeros compressed a thousand times take
2 GB, and chapters nested in chapters its whole stack. After id3.org's "ID3v2.2.0", "2.3.0" and "2.4.0 structure".
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from player.export.tags.fields import (
    FACTS,
    LARGEST_COVER,
    LARGEST_SCRIPT,
    LARGEST_TAG,
    LONGEST_DOCUMENT,
    LONGEST_TEXT,
    MOST_FIELDS,
    SCRIPT,
    TagFields,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

HEADER: Final = 10
_TEXTS: Final = {
    "software": ("TSSE", "TSS"),
    "title": ("TIT2", "TT2"),
    "language": ("TLAN", "TLA"),
    "author": ("TPE1", "TP1"),
    "album": ("TALB", "TAL"),
    "track": ("TRCK", "TRK"),
    "disc": ("TPOS", "TPA"),
    "length": ("TLEN", "TLE"),
}
"""Names of frames in four letters and, for version 2.2, in three."""
_FIELDS: Final = {name: field for field, names in _TEXTS.items() for name in names}
_SUMMARY, _DOCUMENT, _SCRIPT, _COVER = ("COMM", "COM"), ("TXXX", "TXX"), ("GEOB", "GEO"), ("APIC", "PIC")
_WANTED: Final = {
    **dict.fromkeys((*_FIELDS, *_SUMMARY), LONGEST_TEXT),
    **dict.fromkeys(_DOCUMENT, 2 * LONGEST_DOCUMENT),  # of UTF-16
    **dict.fromkeys(_SCRIPT, LARGEST_SCRIPT),
    **dict.fromkeys(_COVER, LARGEST_COVER),
}
"""Names of the frames that are read, and how many bytes they may have when expanded."""
_LONGEST_NAME: Final = 2**12
"""Bytes of the description in front of a content."""
_MOST_EXPANDED: Final = 16
"""Compressed frames that are looked at; this program writes none, and others at most what it wrote."""
_ENCODINGS: Final = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_WIDE: Final = {1, 2}
_UNSYNCHRONISED, _EXTENDED = 0x80, 0x40
"""Flags of a tag."""
_COMPRESSED_3, _ENCRYPTED_3, _GROUPED_3 = 0x80, 0x40, 0x20
"""Flags of a frame in version 2.3 (3.3.1)."""
_GROUPED_4, _COMPRESSED_4, _ENCRYPTED_4, _UNSYNCHRONISED_4, _LENGTH_4 = 0x40, 0x08, 0x04, 0x02, 0x01
"""Flags of a frame in version 2.4 (4.1)."""


class _Frame(NamedTuple):
    name: str
    flags: int
    data: bytes


def tag_size(head: bytes) -> int:
    """Bytes of the tag that begins with these ten, its header among them; 0 if none begins."""
    return HEADER + _synchsafe(head[6:HEADER]) if len(head) >= HEADER and head[:3] == b"ID3" else 0


def read_id3(file: BinaryIO, most: int = LARGEST_TAG) -> TagFields | None:
    """The fields of the tag that begins here; None if none begins, if it is cut off, or has over ``most`` bytes."""
    head = file.read(HEADER)
    size = tag_size(head)
    if not size or size > min(most, LARGEST_TAG) or head[3] not in {2, 3, 4}:
        return None
    body = file.read(size - HEADER)
    return _fields(body, head[3], head[5]) if len(body) == size - HEADER else None


def _fields(body: bytes, version: int, flags: int) -> TagFields:
    texts: dict[str, str] = {}
    script = cover = b""
    for frame in _wanted(body, version, flags):
        data = _plain(frame, version, whole=bool(flags & _UNSYNCHRONISED))
        if not data or data[0] >= len(_ENCODINGS):
            continue
        if name := _FIELDS.get(frame.name):
            texts.setdefault(name, _text(data[0], data[1:]))
        elif frame.name in _SUMMARY:
            texts.setdefault("summary", _text(data[0], _split(data[0], data[4:])[1]))
        elif frame.name in _DOCUMENT:
            description, value = _split(data[0], data[1:])
            if description == f"player {FACTS}":
                texts.setdefault("document", _text(data[0], value))
        elif frame.name in _SCRIPT:
            script = script or _of_object(data)
        else:
            cover = cover or _of_picture(data, version)
    length = texts.pop("length", "")
    length_ms = int(length) if length.isascii() and length.isdigit() and len(length) < 12 else 0
    return TagFields(**texts, length_ms=length_ms, script=script, cover=cover)


def _of_object(data: bytes) -> bytes:
    """The script, if it is what a general object is; else empty."""
    _, rest = _split(0, data[1:])
    _, rest = _split(data[0], rest)
    description, content = _split(data[0], rest)
    return content if description == f"player {SCRIPT}" else b""


def _of_picture(data: bytes, version: int) -> bytes:
    rest = data[4:] if version == 2 else _split(0, data[1:])[1]  # a kind of three letters, or a MIME type
    return _split(data[0], rest[1:])[1]


def _wanted(body: bytes, version: int, flags: int) -> Iterator[_Frame]:
    if flags & _UNSYNCHRONISED and version < 4:
        body = _synchronised(body)
    start = _extended(body, version) if flags & _EXTENDED and version > 2 else 0
    size_of = _plain_size
    if version == 4 and _reached(body, start, _synchsafe) >= _reached(body, start, _plain_size):
        size_of = _synchsafe  # some programs write plain sizes into 2.4, against its rule
    expanded, compressed = 0, {3: _COMPRESSED_3, 4: _COMPRESSED_4}.get(version, 0)
    for name, flag, begin, end in _walked(body, start, version, size_of):
        expanded += bool(flag & compressed and name in _WANTED)
        if name in _WANTED and end - begin <= _WANTED[name] + HEADER and expanded <= _MOST_EXPANDED:
            yield _Frame(name, flag, body[begin:end])


def _walked(body: bytes, at: int, version: int, size_of: Callable[[bytes], int]) -> Iterator[tuple[str, int, int, int]]:
    """Name, flags, beginning and end of each frame, as far as they are whole."""
    letters, head = (3, 6) if version == 2 else (4, HEADER)
    for _ in range(MOST_FIELDS):
        name = body[at : at + letters]
        if not re.fullmatch(rb"[A-Z0-9]+ ?\0?", name) or at + head > len(body):
            return
        size = size_of(body[at + letters : at + 2 * letters])
        begin, at = at + head, at + head + size
        if at > len(body):
            return
        yield name.decode("ascii"), 0 if version == 2 else body[begin - 1], begin, at


def _reached(body: bytes, start: int, size_of: Callable[[bytes], int]) -> int:
    """Where the frames end, if their sizes are written like this."""
    return max((end for *_, end in _walked(body, start, 4, size_of)), default=start)


def _plain(frame: _Frame, version: int, *, whole: bool) -> bytes:
    """The content of a frame without what was done to it; empty if it cannot be had, or is too much."""
    data, most = frame.data, _WANTED[frame.name]
    if version == 3 and frame.flags:
        if frame.flags & _ENCRYPTED_3:
            return b""
        skipped = 4 * bool(frame.flags & _COMPRESSED_3) + bool(frame.flags & _GROUPED_3)
        return _expanded(data[skipped:], most) if frame.flags & _COMPRESSED_3 else data[skipped:]
    if version == 4:
        if frame.flags & _ENCRYPTED_4:
            return b""
        data = data[bool(frame.flags & _GROUPED_4) + 4 * bool(frame.flags & (_LENGTH_4 | _COMPRESSED_4)) :]
        data = _synchronised(data) if whole or frame.flags & _UNSYNCHRONISED_4 else data
        return _expanded(data, most) if frame.flags & _COMPRESSED_4 else data
    return data


def _expanded(data: bytes, most: int) -> bytes:
    try:
        found = zlib.decompressobj().decompress(data, most + 1)
    except zlib.error:
        return b""
    return found if len(found) <= most else b""


def _synchronised(data: bytes) -> bytes:
    """Without the zeros that keep a decoder from taking it for sound; as it is where a program did not put them in."""
    return data if re.search(rb"\xff[\xe0-\xff]", data) else data.replace(b"\xff\x00", b"\xff")


def _extended(body: bytes, version: int) -> int:
    """Bytes of the extended header; some programs announce one that is not there."""
    if re.match(rb"[A-Z][A-Z0-9]{3}", body):
        return 0
    return _plain_size(body[:4]) + 4 if version == 3 else _synchsafe(body[:4])


def _plain_size(four: bytes) -> int:
    return int.from_bytes(four, "big")


def _synchsafe(four: bytes) -> int:
    size = 0
    for byte in four:
        size = size << 7 | byte & 0x7F
    return size


def _split(encoding: int, data: bytes) -> tuple[str, bytes]:
    """A short text up to its zero, and what stands behind it; a zero of UTF-16 is two bytes at an even place."""
    width = 2 if encoding in _WIDE else 1
    head = data[:_LONGEST_NAME]
    for at in range(0, len(head), width):
        if not any(head[at : at + width]):
            return _text(encoding, head[:at]), data[at + width :]
    return "", b""


def _text(encoding: int, data: bytes) -> str:
    """The text up to its first zero: version 2.4 may have several in a frame."""
    return data.decode(_ENCODINGS[encoding], "replace").partition("\0")[0]
