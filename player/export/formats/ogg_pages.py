"""The pages of an Ogg file: their serial number and their checksums.

The rule: the same sound makes the same bytes. libsndfile draws a random serial number for every stream, so here it is
replaced by a checksum of the sound, and each page's checksum is computed again. Layout after RFC 3533.
It knows only bytes in a file.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEADER: Final = 27
_SERIAL_AT, _CRC_AT, _COUNT_AT = 14, 22, 26
_MIRRORED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_START: Final = 0xFFFFFFFF
"""What makes zlib begin at 0, as Ogg does."""


def renumber(path: Path, serial: int) -> None:
    """Give all pages of a file of one stream this serial number.

    Raises
    ------
    OSError
        If it cannot be read or written.
    ValueError
        If a page is damaged or cut off.
    """
    with path.open("r+b") as file:
        for at, page in _pages(file):
            page[_SERIAL_AT : _SERIAL_AT + 4] = struct.pack("<L", serial)
            page[_CRC_AT : _CRC_AT + 4] = bytes(4)
            page[_CRC_AT : _CRC_AT + 4] = struct.pack("<L", checksum(bytes(page)))
            file.seek(at)
            file.write(page)


def checksum(data: bytes) -> int:
    """CRC-32 as Ogg computes it: polynomial 0x04c11db7, highest bit first, from 0, nothing inverted at the end.

    zlib's begins with the lowest bit, so each byte is mirrored before, and the result after.
    """
    mirrored = zlib.crc32(data.translate(_MIRRORED), _START) ^ _START
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_MIRRORED), "big")


def _pages(file: BinaryIO) -> Iterator[tuple[int, bytearray]]:
    """Each page and where it begins."""
    at = 0
    while True:
        file.seek(at)
        header = file.read(_HEADER)
        if not header:
            return
        if len(header) < _HEADER or header[:4] != b"OggS":
            raise ValueError(f"the Ogg page at byte {at} is damaged")
        sizes = file.read(header[_COUNT_AT])
        page = bytearray(header + sizes + file.read(sum(sizes)))
        if len(page) != _HEADER + len(sizes) + sum(sizes):
            raise ValueError(f"the Ogg page at byte {at} is cut off")
        yield at, page
        at += len(page)
