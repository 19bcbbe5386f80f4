from __future__ import annotations

from itertools import pairwise

import pytest

from player.export.formats.bitrates import MP3
from player.export.mp3.frames import LAYOUTS, EncodedStretch, FrameLayout, SideInformation, frame_pcm_bytes
from player.export.mp3.infoframe import frame_bytes
from tests.fakes_mp3 import SOUNDS, in_one_piece, samples

START, SHORT, STOP = 1, 2, 3
UNSWITCHED = 0
FOLLOWERS = {UNSWITCHED: {UNSWITCHED, START}, START: {SHORT}, SHORT: {SHORT, STOP}, STOP: {UNSWITCHED, START}}


def encoded(stream: bytes, bitrate: int, first: int = 0, channels: int = 2) -> EncodedStretch:
    made = EncodedStretch(bitrate, first, channels)
    made.add(stream)
    return made


def block_types(side: SideInformation, channels: int) -> list[tuple[int, int]]:
    """The block types of both granules by channel, read bit by bit."""
    bits = f"{side.bits:0136b}" if channels == 1 else f"{side.bits:0256b}"
    starts = range(18, 136, 59) if channels == 1 else range(20, 256, 59)
    types = [int(bits[at + 34 : at + 36], 2) if bits[at + 33] == "1" else 0 for at in starts]
    return [(types[channel], types[channel + channels]) for channel in range(channels)]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("bitrate", MP3)
def test_frames_follow_at_equal_distances_without_padding_or_checksums(bitrate: int, channels: int) -> None:
    """At 48 kHz a frame is 144 x bitrate / 48 bytes: whole at every bitrate of Layer III."""
    stream = in_one_piece(samples("changing", 1152 * 200, channels), bitrate)
    size = frame_bytes(bitrate)
    headers = [stream[at : at + 4] for at in range(0, len(stream), size)]
    assert len(stream) % size == 0
    assert {header[:2] for header in headers} == {b"\xff\xfb"}  # sync, MPEG 1, Layer III, no checksum
    assert len({header[2] for header in headers}) == 1  # the same bitrate
    assert not headers[0][2] & 0b10  # no padding


@pytest.mark.parametrize(("bitrate", "channels"), [(64, 2), (160, 2), (320, 2), (64, 1), (160, 1)])
@pytest.mark.parametrize("name", SOUNDS)
def test_each_frames_main_data_lies_behind_that_of_the_one_before(name: str, bitrate: int, channels: int) -> None:
    stream = in_one_piece(samples(name, 1152 * 200, channels), bitrate)
    stretch = encoded(stream, bitrate, channels=channels)
    for frame in range(1, stretch.end):
        assert stretch.free_reservoir(frame) >= stretch.side_information(frame).main_data_begin
    lengths = {stretch.side_information(frame).main_data_bytes for frame in range(stretch.end)}
    assert max(lengths) == 0 if name == "silence" else len(lengths) > 10


@pytest.mark.parametrize("channels", [1, 2])
def test_block_types_are_read_where_they_stand(channels: int) -> None:
    stream = in_one_piece(samples("clicks", 1152 * 300, channels), 160)
    stretch = encoded(stream, 160, channels=channels)
    sides = [stretch.side_information(frame) for frame in range(stretch.end)]
    assert {side.last_block_types[0] >> 1 for side in sides} == set(FOLLOWERS)
    for before, after in pairwise(sides):
        for channel in range(channels):
            first, last = block_types(before, channels)[channel]
            assert before.last_block_types[channel] >> 1 == last
            assert last in FOLLOWERS[first]
            assert block_types(after, channels)[channel][0] in FOLLOWERS[last]


@pytest.mark.parametrize(("channels", "size", "first"), [(1, 136, 18), (2, 256, 20)])
def test_without_window_switching_a_granule_is_long_whatever_follows(channels: int, size: int, first: int) -> None:
    """The same bits are then about something else: ISO 11172-3, 2.4.1.7."""
    granule = size - first - 59 * (2 * channels - 1)  # bits from the start of the last granule to the end
    follows = SideInformation(0b0_111 << granule - 37, LAYOUTS[channels])
    assert follows.last_block_types == (0,) * channels
    switched = SideInformation(0b1_101 << granule - 37, LAYOUTS[channels])
    assert switched.last_block_types == (*(0,) * (channels - 1), 0b101)


def test_a_frame_holds_1152_samples_of_each_channel() -> None:
    assert [frame_pcm_bytes(channels) for channels in (1, 2)] == [2304, 4608]
    assert [EncodedStretch(64, 0, channels).frame_pcm_bytes for channels in (1, 2)] == [2304, 4608]


@pytest.mark.parametrize(("channels", "data_at", "data_area"), [(1, 21, 171), (2, 36, 156)])
def test_the_reservoir_skips_headers_and_side_information(channels: int, data_at: int, data_area: int) -> None:
    size = frame_bytes(64)
    stretch = encoded(b"".join(bytes([frame]) * size for frame in range(6)), 64, first=10, channels=channels)
    assert stretch.data_area == size - data_at == data_area
    assert stretch.reservoir(15, 8 + 2 * data_area) == b"\2" * 8 + b"\3" * data_area + b"\4" * data_area
    stretch.fill_reservoir(15, b"a" * 8 + b"b" * data_area + b"c" * data_area)
    stream = stretch.cut(16)
    wanted = [
        b"\2" * (size - 8),
        b"a" * 8,
        b"\3" * data_at,
        b"b" * data_area,
        b"\4" * data_at,
        b"c" * data_area,
        b"\5" * size,
    ]
    assert stream[2 * size :] == b"".join(wanted)


def test_side_information_fills_the_bytes_before_the_data_area() -> None:
    for channels, layout in LAYOUTS.items():
        bits = layout.granules_at + 59 * layout.granules
        assert layout == FrameLayout(4 + bits // 8, layout.granules_at, 2 * channels)
        assert bits % 8 == 0


def test_numbers_stay_when_the_first_frames_are_taken_out() -> None:
    size = frame_bytes(64)
    stretch = encoded(b"".join(bytes([frame]) * size for frame in range(6)) + b"rest", 64, first=10)
    assert stretch.end == 16
    assert stretch.cut(13) == b"\0" * size + b"\1" * size + b"\2" * size
    assert (stretch.first, stretch.end) == (13, 16)
    assert stretch.cut(14) == b"\3" * size
    with pytest.raises(IndexError, match="frame 13 is not here any more"):
        stretch.side_information(13)
