"""Vorbis comments of FLAC, Ogg Vorbis and Opus, read under the limits of `fields`.

After the FLAC format's RFC 9639, Ogg's RFC 3533, Opus in Ogg's RFC 7845, and "Vorbis comment field and header
specification".
"""

from __future__ import annotations

import base64
import binascii
import os
import struct
from typing import TYPE_CHECKING, Final

from player.export.tags.fields import (
    DAMAGE,
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
    from collections.abc import Iterator
    from typing import BinaryIO

_DOCUMENT, _SCRIPT, _PICTURE = f"PLAYER_{FACTS}".upper(), f"PLAYER_{SCRIPT}".upper(), "METADATA_BLOCK_PICTURE"
_TEXTS: Final = {
    "ENCODER": "software",
    "TITLE": "title",
    "DESCRIPTION": "summary",
    "LANGUAGE": "language",
    "ARTIST": "author",
    "ALBUM": "album",
    "TRACKNUMBER": "track",
    "DISCNUMBER": "disc",
}
_WANTED: Final = {
    **dict.fromkeys(_TEXTS, LONGEST_TEXT),
    _DOCUMENT: LONGEST_DOCUMENT,
    _SCRIPT: LARGEST_SCRIPT,
    _PICTURE: LARGEST_COVER * 4 // 3,  # in base64
}
"""Names of comments, and how many bytes they may have."""
_STREAMINFO, _COMMENTS, _PICTURE_BLOCK = 0, 4, 6
_MOST_BLOCKS: Final = 1000
_MOST_PAGES: Final = 16_384
"""Ogg pages in which the first two packets may lie; of 4 KB each, as encoders make them, that is 64 MB."""
_PAGE: Final = struct.Struct("<4sBBqLLLB")
_LARGEST_PAGE: Final = 27 + 255 + 255 * 255
_CONTINUED: Final = 1
_OPUS_RATE: Final = 48_000


def read_flac(file: BinaryIO) -> TagFields | None:
    """The fields of the FLAC stream whose marker was just read."""
    comments: dict[str, str] | None = None
    cover, length_ms = b"", 0
    for _ in range(_MOST_BLOCKS):
        head = file.read(4)
        kind, size = head[0] & 0x7F, int.from_bytes(head[1:4], "big")
        if kind == _STREAMINFO:
            facts = int.from_bytes(_exactly(file, size)[10:18], "big")
            rate, samples = facts >> 44, facts & (2**36 - 1)
            length_ms = round(samples * 1000 / rate) if rate else 0
        elif kind == _COMMENTS and comments is None:
            comments = _comments(_exactly(file, size))
        elif kind == _PICTURE_BLOCK and not cover:
            cover = _of_picture(_exactly(file, size))
        else:
            file.seek(size, os.SEEK_CUR)
        if head[0] & 0x80:
            break
    return None if comments is None else _fields(comments, length_ms, cover)


def read_ogg(file: BinaryIO) -> TagFields | None:
    """The fields of the Ogg file that begins here, if its first stream is Vorbis or Opus."""
    packets = _packets(file)
    first, second = next(packets, b""), next(packets, b"")
    if first[:7] == b"\x01vorbis" and second[:7] == b"\x03vorbis":
        rate, before, comments = int.from_bytes(first[12:16], "little"), 0, second[7:]
    elif first[:8] == b"OpusHead" and second[:8] == b"OpusTags":
        rate, before, comments = _OPUS_RATE, int.from_bytes(first[10:12], "little"), second[8:]
    else:
        return None
    samples = max(0, _last_position(file) - before)
    return _fields(_comments(comments), round(samples * 1000 / rate) if rate else 0)


def _fields(comments: dict[str, str], length_ms: int, cover: bytes = b"") -> TagFields:
    texts = {field: comments[name] for name, field in _TEXTS.items() if name in comments}
    if not cover and _PICTURE in comments:
        try:
            cover = _of_picture(base64.b64decode(comments[_PICTURE]))
        except binascii.Error:
            cover = b""
    return TagFields(
        **texts,
        length_ms=length_ms,
        cover=cover,
        script=comments.get(_SCRIPT, "").encode(),
        document=comments.get(_DOCUMENT, ""),
    )


def _comments(data: bytes) -> dict[str, str]:
    """The wanted comments by their names in capitals; of several with a name, the first."""
    at = 4 + int.from_bytes(data[:4], "little")
    (count,) = struct.unpack_from("<L", data, at)
    at += 4
    found: dict[str, str] = {}
    for _ in range(min(count, MOST_FIELDS)):
        (size,) = struct.unpack_from("<L", data, at)
        at += 4 + size
        if at > len(data):
            raise ValueError("a comment is cut off")
        name, _, text = data[at - size : at].partition(b"=")
        key = name.decode("ascii", "replace").upper()
        if len(text) <= _WANTED.get(key, -1):
            found.setdefault(key, text.decode("utf-8", "replace"))
    return found


def _of_picture(block: bytes) -> bytes:
    """The picture in a block of FLAC; empty if the block is damaged."""
    try:
        at = 4
        for _ in range(2):  # its MIME type and its description
            at += 4 + struct.unpack_from(">L", block, at)[0]
        (size,) = struct.unpack_from(">L", block, at + 16)
    except DAMAGE:
        return b""
    picture = block[at + 20 : at + 20 + size]
    return picture if len(picture) == size <= LARGEST_COVER else b""


def _packets(file: BinaryIO) -> Iterator[bytes]:
    """The packets of the first stream, as long as all that was read stays small."""
    packet, serial, total = bytearray(), None, 0
    for _ in range(_MOST_PAGES):
        magic, _, _, _, its, _, _, count = _PAGE.unpack(_exactly(file, _PAGE.size))
        sizes = _exactly(file, count)
        content = _exactly(file, sum(sizes))
        total += len(content)
        if magic != b"OggS" or total > LARGEST_TAG:
            return
        serial = its if serial is None else serial
        at = 0
        for size in sizes if its == serial else b"":
            packet += content[at : at + size]
            at += size
            if size < 255:
                yield bytes(packet)
                packet.clear()


def _last_position(file: BinaryIO) -> int:
    """The position in samples that the last page has; 0 if there is none."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - 2 * _LARGEST_PAGE))
    tail = file.read(2 * _LARGEST_PAGE)
    at = tail.rfind(b"OggS", 0, max(0, len(tail) - _PAGE.size + 4))
    return int(_PAGE.unpack_from(tail, at)[3]) if at >= 0 else 0


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise EOFError("the file is cut off")
    return data
