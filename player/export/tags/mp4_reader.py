"""The atoms of M4A and M4B, read under the limits of `fields`.

The rule: only one path is gone down, ``moov.udta.meta.ilst``, so depth is fixed whatever a file nests. After "ISO/IEC
14496-12" and the "QuickTime File Format Specification".
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from player.export.tags.fields import (
    FACTS,
    LARGEST_COVER,
    LARGEST_SCRIPT,
    LONGEST_DOCUMENT,
    LONGEST_TEXT,
    MOST_FIELDS,
    SCRIPT,
    TagFields,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_TEXTS: Final = {
    b"\xa9too": "software",
    b"\xa9nam": "title",
    b"desc": "summary",
    b"player:language": "language",
    b"\xa9ART": "author",
    b"\xa9alb": "album",
    b"trkn": "track",
    b"disk": "disc",
}
_DOCUMENT, _SCRIPT, _COVER = f"player:{FACTS}".encode(), f"player:{SCRIPT}".encode(), b"covr"
_WANTED: Final = {
    **dict.fromkeys(_TEXTS, LONGEST_TEXT),
    _DOCUMENT: LONGEST_DOCUMENT,
    _SCRIPT: LARGEST_SCRIPT,
    _COVER: LARGEST_COVER,
}
"""Names of items, free ones as ``mean:name``, and how many bytes they may have."""
_LONGEST_NAME: Final = 100
_DATA_HEAD: Final = 8
"""Bytes of a value before its content: its type and its locale."""


class _Atom(NamedTuple):
    name: bytes
    start: int
    end: int


def read_mp4(file: BinaryIO) -> TagFields | None:
    """The fields of an MP4 file; None if it has none."""
    length_ms, items = 0, None
    for atom in _inside(file, b"moov", 0, file.seek(0, os.SEEK_END)):
        if atom.name == b"mvhd" and atom.end - atom.start <= LONGEST_TEXT:
            length_ms = _length_ms(_content(file, atom))
        elif atom.name == b"udta" and items is None:
            items = _items(file, atom)
    if items is None:
        return None
    texts = {field: _text(name, items[name]) for name, field in _TEXTS.items() if name in items}
    return TagFields(
        **texts,
        length_ms=length_ms,
        cover=items.get(_COVER, b""),
        script=items.get(_SCRIPT, b""),
        document=items.get(_DOCUMENT, b"").decode(),
    )


def _items(file: BinaryIO, user_data: _Atom) -> dict[bytes, bytes] | None:
    """The first value of each wanted item; None if there is no list of items."""
    for meta in _atoms(file, user_data.start, user_data.end):
        if meta.name == b"meta":
            found: dict[bytes, bytes] = {}
            for item in _inside(file, b"ilst", meta.start + 4, meta.end):
                name, value = _item(file, item)
                if name in _WANTED and name not in found and value.end - value.start <= _WANTED[name] + _DATA_HEAD:
                    found[name] = _content(file, value)[_DATA_HEAD:]
            return found
    return None


def _item(file: BinaryIO, item: _Atom) -> tuple[bytes, _Atom]:
    """The name and the value of an item; a free one has its name in two atoms before its value."""
    words: list[bytes] = []
    for part in _atoms(file, item.start, item.end):
        if part.name == b"data":
            return b":".join(words) if item.name == b"----" else item.name, part
        if item.name != b"----" or len(words) > 1 or part.end - part.start > _LONGEST_NAME:
            break
        words.append(_content(file, part)[4:])
    return b"", item


def _inside(file: BinaryIO, name: bytes, start: int, end: int) -> Iterator[_Atom]:
    """What the first atom of this name holds."""
    for atom in _atoms(file, start, end):
        if atom.name == name:
            yield from _atoms(file, atom.start, atom.end)
            return


def _atoms(file: BinaryIO, at: int, end: int) -> Iterator[_Atom]:
    """The atoms that stand one behind the other in these bytes."""
    for _ in range(MOST_FIELDS):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(16)
        size, start = int.from_bytes(head[:4], "big"), at + 8
        if size == 1:
            size, start = int.from_bytes(head[8:16], "big"), at + 16
        stop = at + size if size else end
        if not start <= stop <= end:
            return
        yield _Atom(head[4:8], start, stop)
        at = stop


def _content(file: BinaryIO, atom: _Atom) -> bytes:
    file.seek(atom.start)
    return file.read(atom.end - atom.start)


def _text(name: bytes, value: bytes) -> str:
    return str(int.from_bytes(value[2:4], "big")) if name in {b"trkn", b"disk"} else value.decode("utf-8", "replace")


def _length_ms(header: bytes) -> int:
    """The length that a movie header says; version 1 has times of eight bytes."""
    at, width = (20, 8) if header[:1] == b"\x01" else (12, 4)
    scale, length = (int.from_bytes(part, "big") for part in (header[at : at + 4], header[at + 4 : at + 4 + width]))
    return round(length * 1000 / scale) if scale else 0
