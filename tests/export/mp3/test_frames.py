from __future__ import annotations

from itertools import pairwise

import pytest

from player.export.formats.bitrates import MP3
from player.export.mp3.frames import LAYOUTS, EncodedStretch, FrameLayout, SideInformation
from player.export.mp3.infoframe import packet_bytes
from tests.fakes_mp3 import SOUNDS, in_one_piece, samples

START, SHORT, STOP = 1, 2, 3
UNSWITCHED = 0
FOLLOWERS = {UNSWITCHED: {UNSWITCHED, START}, START: {SHORT}, SHORT: {SHORT, STOP}, STOP: {UNSWITCHED, START}}


def strand(stream: bytes, bitrate: int, first: int = 0, channels: int = 2) -> EncodedStretch:
    made = EncodedStretch(bitrate, first, channels)
    made.add(stream)
    return made


def windows(side: SideInformation, channels: int) -> list[tuple[int, int]]:
    """The kinds of both granules by channel, read bit by bit."""
    bits = f"{side.bits:0136b}" if channels == 1 else f"{side.bits:0256b}"
    starts = range(18, 136, 59) if channels == 1 else range(20, 256, 59)
    kinds = [int(bits[at + 34 : at + 36], 2) if bits[at + 33] == "1" else 0 for at in starts]
    return [(kinds[channel], kinds[channel + channels]) for channel in range(channels)]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("bitrate", MP3)
def test_packets_follow_at_equal_distances_without_padding_or_checksums(bitrate: int, channels: int) -> None:
    """At 48 kHz a packet is 144 x bitrate / 48 bytes: whole at every bitrate of Layer III."""
    stream = in_one_piece(samples("changing", 1152 * 200, channels), bitrate)
    size = packet_bytes(bitrate)
    fronts = [stream[at : at + 4] for at in range(0, len(stream), size)]
    assert len(stream) % size == 0
    assert {front[:2] for front in fronts} == {b"\xff\xfb"}  # sync, MPEG 1, Layer III, no checksum
    assert len({front[2] for front in fronts}) == 1  # the same bitrate
    assert not fronts[0][2] & 0b10  # no padding


@pytest.mark.parametrize(("bitrate", "channels"), [(64, 2), (160, 2), (320, 2), (64, 1), (160, 1)])
@pytest.mark.parametrize("name", SOUNDS)
def test_each_packets_sound_lies_behind_that_of_the_one_before(name: str, bitrate: int, channels: int) -> None:
    stream = in_one_piece(samples(name, 1152 * 200, channels), bitrate)
    held = strand(stream, bitrate, channels=channels)
    for packet in range(1, held.end):
        assert held.free(packet) >= held.side(packet).reach
    lengths = {held.side(packet).length for packet in range(held.end)}
    assert max(lengths) == 0 if name == "silence" else len(lengths) > 10


@pytest.mark.parametrize("channels", [1, 2])
def test_windows_are_read_where_they_stand(channels: int) -> None:
    stream = in_one_piece(samples("clicks", 1152 * 300, channels), 160)
    held = strand(stream, 160, channels=channels)
    sides = [held.side(packet) for packet in range(held.end)]
    assert {side.last_windows[0] >> 1 for side in sides} == set(FOLLOWERS)
    for before, after in pairwise(sides):
        for channel in range(channels):
            first, last = windows(before, channels)[channel]
            assert before.last_windows[channel] >> 1 == last
            assert last in FOLLOWERS[first]
            assert windows(after, channels)[channel][0] in FOLLOWERS[last]


@pytest.mark.parametrize(("channels", "front", "room"), [(1, 21, 171), (2, 36, 156)])
def test_the_shelf_skips_headers_and_side_information(channels: int, front: int, room: int) -> None:
    size = packet_bytes(64)
    held = strand(b"".join(bytes([packet]) * size for packet in range(6)), 64, first=10, channels=channels)
    assert held.room == size - front == room
    assert held.shelf(15, 8 + 2 * room) == b"\2" * 8 + b"\3" * room + b"\4" * room
    held.fill_shelf(15, b"a" * 8 + b"b" * room + b"c" * room)
    stream = held.cut(16)
    wanted = [b"\2" * (size - 8), b"a" * 8, b"\3" * front, b"b" * room, b"\4" * front, b"c" * room, b"\5" * size]
    assert stream[2 * size :] == b"".join(wanted)


def test_side_information_fills_the_front() -> None:
    for channels, layout in LAYOUTS.items():
        bits = layout.granules_at + 59 * layout.granules
        assert layout == FrameLayout(4 + bits // 8, layout.granules_at, 2 * channels)
        assert bits % 8 == 0


def test_numbers_stay_when_the_front_is_taken_out() -> None:
    size = packet_bytes(64)
    held = strand(b"".join(bytes([packet]) * size for packet in range(6)) + b"rest", 64, first=10)
    assert held.end == 16
    assert held.cut(13) == b"\0" * size + b"\1" * size + b"\2" * size
    assert (held.first, held.end) == (13, 16)
    assert held.cut(14) == b"\3" * size
    with pytest.raises(IndexError, match="packet 13 is not held any more"):
        held.side(13)
