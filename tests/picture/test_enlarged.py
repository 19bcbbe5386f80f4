"""A cover in three times its size: the same picture, smooth, from a PNG that anybody may have made."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib

import numpy as np
import pytest
from matplotlib.image import imread, imsave

from player.picture.cover import PACKING, SIDE, SIGNATURE, cover, packed
from player.picture.enlarged import LARGE, enlarged
from tests.fakes_mix import timeline
from tests.fakes_picture import bundled

SMALL = cover(timeline(60_000), "guide")


def pixels(png: bytes) -> np.ndarray:
    read: np.ndarray = imread(io.BytesIO(png), format="png")
    return read[..., :3]


def test_it_is_the_same_picture_and_no_row_of_it_is_lost() -> None:
    session, laid = bundled("box-breathing")
    small = cover(laid, session.technique)
    large = pixels(enlarged(small))
    assert large.shape == (LARGE, LARGE, 3)
    assert np.array_equal(large[1::3, 1::3], pixels(small))  # the middle one of each nine is the pixel itself
    means = large.reshape(SIDE, 3, SIDE, 3, 3).mean((1, 3))
    assert np.abs(means - pixels(small)).mean() < 0.01


def test_what_is_between_two_pixels_is_between_their_colours() -> None:
    ramp = np.repeat(np.linspace(0, 255, SIDE).astype(np.uint8)[None], SIDE, axis=0)
    grey = bytes(np.repeat(np.arange(256, dtype=np.uint8), 3))
    steps = np.diff(pixels(enlarged(packed(ramp, grey)))[0, :, 0])
    assert (steps >= 0).all()
    assert steps.max() <= 1 / 255 + 1e-6


def test_it_is_the_same_on_every_machine() -> None:
    seen = np.round(pixels(enlarged(SMALL)) * 255).astype(np.uint8)
    assert hashlib.sha256(seen.tobytes()).hexdigest()[:16] == "87a06ea595fe7e06"


def with_data(data: bytes) -> bytes:
    header = struct.pack(">2L", SIDE, SIDE) + PACKING
    chunks = ((b"IHDR", header), (b"PLTE", bytes(768)), (b"IDAT", data))
    return SIGNATURE + b"".join(struct.pack(">L", len(body)) + name + body + bytes(4) for name, body in chunks)


def others() -> bytes:
    file = io.BytesIO()
    imsave(file, np.zeros((SIDE, SIDE, 3), np.uint8), format="png")
    return file.getvalue()


@pytest.mark.parametrize(
    "png",
    [
        b"",
        b"GIF89a",
        SIGNATURE,
        SMALL[:40],
        SMALL[:-3000],
        others(),
        with_data(b"no zlib"),
        with_data(zlib.compress(bytes(100))),
        with_data(zlib.compress(bytes(10**8))),
        with_data(zlib.compress(b"\x02" * SIDE * (SIDE + 1))),
    ],
)
def test_what_is_no_cover_of_this_program_is_refused(png: bytes) -> None:
    with pytest.raises(ValueError, match=r"not drawn by this program|damaged|packed in another way"):
        enlarged(png)
