"""A cover in three times its size, for podcast directories: they want 1400 to 3000 pixels a side.

The rule: it takes the pictures of `cover` alone, as they lie in exported files. Their numbers of colours are light, so
they can be reckoned with. All arithmetic is in whole numbers, so that every machine makes the same picture.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

import numpy as np

from player.picture.cover import PACKING, SIDE, SIGNATURE, packed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

LARGE: Final = 3 * SIDE
"""Pixels a side."""
_PARTS: Final = 27
_THIRDS: Final = ((-1, 9, 21, -2, 0), (0, 0, 27, 0, 0), (0, -2, 21, 9, -1))
"""Catmull-Rom's cubic a third before a pixel, on it, and a third behind it: shares of five neighbours, in 27ths."""
_COLOURS: Final = 256


def enlarged(png: bytes) -> bytes:
    """The same picture, `LARGE` pixels a side.

    Raises
    ------
    ValueError
        If it is no picture of `cover`.
    """
    pixels, palette = _unpacked(png)
    tripled = _tripled(_tripled(pixels.astype(np.int64)).T).T
    rounded = (tripled + _PARTS * _PARTS // 2) // (_PARTS * _PARTS)
    return packed(np.clip(rounded, 0, _COLOURS - 1).astype(np.uint8), palette)


def _tripled(rows: Whole) -> Whole:
    """Three rows in place of each, in 27ths."""
    count, padded = len(rows), np.pad(rows, ((2, 2), (0, 0)), "edge")
    thirds = [sum(share * padded[at : at + count] for at, share in enumerate(shares)) for shares in _THIRDS]
    return np.stack(thirds, axis=1).reshape(3 * count, -1)


def _unpacked(png: bytes) -> tuple[NDArray[np.uint8], bytes]:
    """Its numbers of colours by rows, and the colours."""
    found = dict(_chunks(png))
    if found.get(b"IHDR") != struct.pack(">2L", SIDE, SIDE) + PACKING or len(found.get(b"PLTE", b"")) != 3 * _COLOURS:
        raise ValueError("not drawn by this program")
    size = SIDE * (SIDE + 1)
    try:
        data = zlib.decompressobj().decompress(found.get(b"IDAT", b""), size + 1)
    except zlib.error as error:
        raise ValueError("damaged") from error
    if len(data) != size:
        raise ValueError("damaged")
    rows = np.frombuffer(data, np.uint8).reshape(SIDE, SIDE + 1)
    if rows[:, 0].any():
        raise ValueError("its rows are packed in another way")
    return rows[:, 1:], found[b"PLTE"]


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents; what has no whole head is left out."""
    at = len(SIGNATURE) if png.startswith(SIGNATURE) else len(png)
    while len(head := png[at : at + 8]) == 8:
        size, name = struct.unpack(">L4s", head)
        yield name, png[at + 8 : at + 8 + size]
        at += size + 12
