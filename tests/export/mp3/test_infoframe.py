"""The Info frame at every rate, read field by field where the specification has them."""

from __future__ import annotations

import struct
from random import Random

import pytest

from player.export.mp3.infoframe import Checksum, StreamFacts, frame_bytes, frames_in, info_frame, samples_per_frame


def crc_16(stream: bytes) -> int:
    """Polynomial 0x8005, lowest bit first, from 0, bit by bit."""
    found = 0
    for byte in stream:
        found ^= byte
        for _ in range(8):
            found = found >> 1 ^ (0xA001 if found & 1 else 0)
    return found


def facts(header: str, bitrate: int, rate: int, frames: int = 1000, padding: int = 600) -> StreamFacts:
    samples = frames * (1152 if rate > 24_000 else 576) - 576 - padding
    size = frames * frame_bytes(bitrate, rate)
    return StreamFacts(bytes.fromhex(header), bitrate, frames, samples, 0xABCD, size, rate)


@pytest.mark.parametrize(
    ("header", "bitrate", "rate", "size", "info_at", "has_contents", "written", "source"),
    [
        ("fffba464", 160, 48_000, 480, 36, True, "fffba444", 0x8C),
        ("fffb5464", 64, 48_000, 192, 36, True, "fffb5444", 0x8C),  # the smallest in which all has its place
        ("fffb4464", 56, 48_000, 168, 36, False, "fffb4444", 0x8C),
        ("fffb54c4", 64, 48_000, 192, 21, True, "fffb54c4", 0x80),
        ("fffb44c4", 56, 48_000, 168, 21, False, "fffb44c4", 0x80),
        ("fffb9264", 128, 44_100, 417, 36, True, "fffb9044", 0x4C),  # its first frame was padded
        ("fffb90c4", 128, 44_100, 417, 21, True, "fffb90c4", 0x40),
        ("fff36464", 48, 24_000, 144, 21, False, "fff36444", 0x0C),
        ("fff3a464", 96, 24_000, 288, 21, True, "fff3a444", 0x0C),
        ("fff3a4c4", 96, 24_000, 288, 13, True, "fff3a4c4", 0x00),
    ],
)
def test_each_field_stands_where_players_look_for_it(
    header: str, bitrate: int, rate: int, size: int, info_at: int, written: str, source: int, *, has_contents: bool
) -> None:
    stream = facts(header, bitrate, rate)
    frame = info_frame(stream)
    assert (len(frame), frame[:4].hex()) == (size, written)
    assert not any(frame[4:info_at])
    total = size + stream.stream_bytes
    fields = (b"Info", 0x0F if has_contents else 0x0B, 1000, total)
    assert struct.unpack_from(">4s3L", frame, info_at) == fields
    lame_at = info_at + (120 if has_contents else 20)
    assert struct.unpack_from(">L", frame, lame_at - 4) == (57,)
    assert frame[lame_at : lame_at + 9] == b"LAME3.100"
    assert frame[lame_at + 9 : lame_at + 20] == b"\1" + bytes(10)
    assert frame[lame_at + 20] == bitrate
    assert frame[lame_at + 21 : lame_at + 24].hex() == "240258"  # 576 and 600 samples, 12 bits each
    assert struct.unpack_from(">BBHLH", frame, lame_at + 24) == (source, 0, 0, total, 0xABCD)
    assert struct.unpack_from(">H", frame, lame_at + 34) == (crc_16(frame[: lame_at + 34]),)
    assert not any(frame[lame_at + 36 :])


def test_the_table_of_contents_has_the_place_of_each_hundredth_of_the_frames() -> None:
    """In 256ths of the file; the Info frame itself is first."""
    frame = info_frame(facts("fffba464", 160, 48_000))
    places = [(1 + 1000 * percent // 100) / 1001 * 256 for percent in range(100)]
    assert list(frame[52:152]) == [int(place + 0.5) for place in places]
    assert frame[52:152][-1] == 253


def test_a_file_of_one_frame_begins_in_its_middle() -> None:
    assert set(info_frame(facts("fffba464", 160, 48_000, frames=1, padding=0))[52:152]) == {128}


def test_a_bitrate_of_more_than_a_byte_is_noted_as_the_most() -> None:
    assert info_frame(facts("fffbe464", 320, 48_000))[36 + 120 + 20] == 255


def test_a_day_at_the_highest_bitrate_is_noted() -> None:
    """Its 3.5 GB are more than a number with a sign holds."""
    frame = info_frame(facts("fffbe464", 320, 48_000, frames=3_600_000))
    assert struct.unpack_from(">4s3L", frame, 36) == (b"Info", 0x0F, 3_600_000, 3_600_001 * 960)
    assert struct.unpack_from(">L", frame, 36 + 120 + 28) == (3_600_001 * 960,)
    assert list(frame[52:152]) == [int(percent / 100 * 256 + 0.5) for percent in range(100)]


@pytest.mark.parametrize("length", [0, 1, 511, 512, 513, 1023, 1024, 1025, 5000])
def test_the_checksum_of_more_than_a_row_is_that_of_its_bits(length: int) -> None:
    stream = Random(length).randbytes(length)
    whole, pieces = Checksum(), Checksum()
    whole.update(stream)
    for at in range(0, length, 300):
        pieces.update(stream[at : at + 300])
    assert whole.value() == pieces.value() == crc_16(stream)


@pytest.mark.parametrize("padding", [0, 4095])
def test_twelve_bits_of_padding_can_be_noted(padding: int) -> None:
    frame = info_frame(facts("fffba464", 160, 48_000, padding=padding))
    assert int.from_bytes(frame[177:180], "big") == 576 << 12 | padding


@pytest.mark.parametrize("padding", [-1, 4096])
def test_another_padding_cannot_be_noted(padding: int) -> None:
    with pytest.raises(ValueError, match=f"^a padding of {padding} samples cannot be noted$"):
        info_frame(facts("fffba464", 160, 48_000, padding=padding))


@pytest.mark.parametrize(
    ("rate", "samples", "bitrate", "size"),
    [(48_000, 1152, 160, 480), (44_100, 1152, 128, 417), (44_100, 1152, 192, 626), (24_000, 576, 160, 480)],
)
def test_a_frame_has_its_samples_and_bytes(rate: int, samples: int, bitrate: int, size: int) -> None:
    assert (samples_per_frame(rate), frame_bytes(bitrate, rate)) == (samples, size)
    for frames in (1, 7, 1000, 1001):
        exact = frames * samples * bitrate * 125 / rate
        assert frames_in(int(exact), bitrate, rate) == frames_in(int(exact + 1), bitrate, rate) == frames
