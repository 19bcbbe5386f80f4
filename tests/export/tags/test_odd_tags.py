"""Tags that other programs write, field by field: what the standards allow, and what is damaged in one of them."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import pytest

from player.export.tags.id3_reader import read_id3
from player.export.tags.mp4_reader import read_mp4
from player.export.tags.vorbis_reader import read_ogg

TITLE = b"\3Calm"
"""UTF-8, and its letters."""


def synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(version: int, data: bytes, flags: int = 0, name: bytes = b"TIT2") -> bytes:
    size = synchsafe(len(data)) if version == 4 else struct.pack(">L", len(data))
    return name + size + bytes([0, flags]) + data


def id3(version: int, body: bytes, flags: int = 0) -> io.BytesIO:
    return io.BytesIO(b"ID3" + bytes([version, 0, flags]) + synchsafe(len(body)) + body)


SIZE = struct.pack(">L", len(TITLE))


@pytest.mark.parametrize(
    ("version", "flags", "data", "title"),
    [
        (3, 0x00, TITLE, "Calm"),
        (3, 0x20, b"g" + TITLE, "Calm"),  # of a group
        (3, 0x80, SIZE + zlib.compress(TITLE), "Calm"),
        (3, 0xA0, SIZE + b"g" + zlib.compress(TITLE), "Calm"),
        (3, 0x80, SIZE + b"no zlib at all", ""),
        (3, 0x40, TITLE, ""),  # encrypted
        (4, 0x40, b"g" + TITLE, "Calm"),
        (4, 0x01, SIZE + TITLE, "Calm"),
        (4, 0x02, TITLE, "Calm"),
        (4, 0x09, SIZE + zlib.compress(TITLE), "Calm"),
        (4, 0x09, SIZE + b"no zlib at all", ""),
        (4, 0x04, TITLE, ""),  # encrypted
        (4, 0x00, b"\4Calm", ""),  # no encoding that there is
        (4, 0x00, b"", ""),
    ],
)
def test_a_frame_is_read_whatever_was_done_to_it_that_can_be_undone(
    version: int, flags: int, data: bytes, title: str
) -> None:
    other = frame(version, b"\3Zo\xc3\xab", name=b"TPE1")
    found = read_id3(id3(version, frame(version, data, flags) + other))
    assert found is not None
    assert (found.title, found.author) == (title, "Zo\u00eb")


@pytest.mark.parametrize(
    ("version", "extended"),
    [
        (3, struct.pack(">L", 6) + bytes(6)),  # its size without itself
        (4, synchsafe(6) + b"\1\0"),  # its size with itself
        (3, b""),  # announced, and not there
        (4, b""),
    ],
)
def test_the_frames_are_found_behind_an_extended_header(version: int, extended: bytes) -> None:
    found = read_id3(id3(version, extended + frame(version, TITLE), flags=0x40))
    assert found is not None
    assert found.title == "Calm"


def test_only_our_own_user_text_is_a_document() -> None:
    texts = [b"\3mood\0calm", b"\3player session\0{}", b'\3player session\0{"second": 1}']
    found = read_id3(id3(3, b"".join(frame(3, text, name=b"TXXX") for text in texts)))
    assert found is not None
    assert found.document == "{}"


def test_a_name_that_never_ends_is_none() -> None:
    found = read_id3(id3(3, frame(3, b"\3" + b"a" * 100, name=b"TXXX") + frame(3, TITLE)))
    assert found is not None
    assert (found.title, found.document) == ("Calm", "")


def atom(name: bytes, content: bytes, *, wide: bool = False) -> bytes:
    if wide:
        return struct.pack(">L4sQ", 1, name, len(content) + 16) + content
    return struct.pack(">L4s", len(content) + 8, name) + content


def item(name: bytes, value: bytes) -> bytes:
    return atom(name, atom(b"data", struct.pack(">LL", 1, 0) + value))


def mp4(*items: bytes, wide: bool = False, before: bytes = b"") -> io.BytesIO:
    meta = atom(b"meta", bytes(4) + atom(b"ilst", b"".join(items)))
    length = atom(b"mvhd", struct.pack(">LLLLL", 0, 0, 0, 1000, 2500))
    return io.BytesIO(atom(b"moov", length + atom(b"udta", before + meta), wide=wide))


NAMED = item(b"\xa9nam", b"Calm")


@pytest.mark.parametrize("wide", [False, True])
def test_an_mp4_is_read_also_where_atoms_have_sizes_of_64_bits(wide: bool) -> None:
    found = read_mp4(mp4(NAMED, wide=wide))
    assert found is not None
    assert (found.title, found.length_ms) == ("Calm", 2500)


def test_what_stands_beside_the_items_is_passed_over() -> None:
    free = atom(b"----", b"".join(atom(name, bytes(4) + b"x") for name in (b"mean", b"name", b"more")))
    found = read_mp4(mp4(free, atom(b"\xa9alb", b""), NAMED, item(b"\xa9nam", b"Second"), before=atom(b"name", b"")))
    assert found is not None
    assert (found.title, found.album) == ("Calm", "")


def test_user_data_without_items_has_no_fields() -> None:
    assert read_mp4(io.BytesIO(atom(b"moov", atom(b"udta", atom(b"name", b"x"))))) is None
    assert read_mp4(io.BytesIO(atom(b"moov", atom(b"trak", b"")))) is None


def opus(comments: bytes, *, wholly: bool = True) -> io.BytesIO:
    """A stream of two packets and no sound; each on a page of its own."""
    first = b"OpusHead" + struct.pack("<BBHLhB", 1, 2, 312, 48_000, 0, 0)
    tags = b"OpusTags" + comments
    pages = []
    for number, packet in enumerate((first, tags if wholly else tags[:-3])):
        lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
        pages.append(
            struct.pack("<4sBBqLLLB", b"OggS", 0, 0, 312 + 24_000, 7, number, 0, len(lacing)) + lacing + packet
        )
    return io.BytesIO(b"".join(pages))


def comments(*texts: bytes) -> bytes:
    counted = b"".join(struct.pack("<L", len(text)) + text for text in texts)
    return struct.pack("<L", 4) + b"test" + struct.pack("<L", len(texts)) + counted


def picture(content: bytes, size: int | None = None) -> bytes:
    head = struct.pack(">L", 3) + struct.pack(">L", 9) + b"image/png" + struct.pack(">L", 0) + bytes(16)
    return base64.b64encode(head + struct.pack(">L", len(content) if size is None else size) + content)


@pytest.mark.parametrize(
    ("block", "cover"),
    [
        (picture(b"a picture"), b"a picture"),
        (picture(b"a picture", 2**31), b""),  # it says more than there is
        (base64.b64encode(b"\0" * 6), b""),
        (b"a", b""),  # no base64
    ],
)
def test_a_damaged_picture_is_none_and_the_rest_is_read(block: bytes, cover: bytes) -> None:
    found = read_ogg(opus(comments(b"title=Calm", b"TITLE=Second", b"METADATA_BLOCK_PICTURE=" + block)))
    assert found is not None
    assert (found.title, found.cover, found.length_ms) == ("Calm", cover, 500)


def test_a_comment_that_is_cut_off_is_damage() -> None:
    with pytest.raises(ValueError, match="a comment is cut off"):
        read_ogg(opus(comments(b"TITLE=Calm"), wholly=False))
