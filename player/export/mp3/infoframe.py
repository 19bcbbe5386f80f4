"""The Info frame: the silent first frame of an MP3 stream, which tells players its exact length.

The rule: a decoder that knows it plays exactly the samples that went in, as it cuts the encoder's delay and padding.
One that does not know it plays 24 ms of silence. Bytes in, bytes out.

A frame is MPEG's here: 1152 samples of each channel (MPEG-1, 44.1 and 48 kHz), or 576 (MPEG-2, 24 kHz). Samples are
counted in one channel.

Layout: the Xing header (frames, bytes, table of contents, quality) and behind it LAME's extension, after "Mp3 Info Tag
rev 1 specifications" (gabriel.mp3-tech.org/mp3infotag.html) and what LAME 3.100 itself writes. What it notes of its own
settings (lowpass, noise shaping, gain) is left at 0, which means unknown. Where frames are too small for the table of
contents, at less than 64 kbit/s, it is left out: a constant bitrate needs none, and every frame keeps its size.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from player.units import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLES_PER_FRAME: Final = 1152
"""Of MPEG-1."""
DELAY: Final = 576
"""LAME's encoder delay. Decoders add 529 samples, so that sound begins 1105 samples late: players cut them."""

_VERSION: Final = b"LAME3.100"
_ALL_FIELDS, _NO_CONTENTS = 0x0F, 0x0B
_QUALITY: Final = 57
"""LAME's own value for constant bitrate at its quality 3."""
_CONSTANT_BITRATE: Final = 1
_JOINT_STEREO, _MONO = 3 << 2, 0
_SOURCES: Final = {24_000: 0, 44_100: 1 << 6, 48_000: 2 << 6}
_MPEG_1: Final = 0b1000
_PADDING: Final = 0b10
_SIDE_INFO: Final = {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}
"""Bytes of side information, by whether it is MPEG-1 and whether it is mono (ISO 11172-3 and 13818-3, 2.4.1.7)."""
_MPEG_2_MOST: Final = 24_000
_OWN_BYTES: Final = 156
"""Of everything behind the side information: 120 of the Xing header, a hundred for contents, and 36 of LAME's."""
_ROW: Final = 512


@dataclass(frozen=True)
class StreamFacts:
    """Facts of a finished stream.

    Attributes
    ----------
    header
        The first four bytes of its first frame.
    bitrate
        kbit/s, constant.
    frames
        How many, without the Info frame.
    samples
        How many of each channel went into the encoder.
    checksum
        Of all its bytes.
    stream_bytes
        How many they are.
    rate
        Samples a second.
    """

    header: bytes
    bitrate: int
    frames: int
    samples: int
    checksum: int
    stream_bytes: int
    rate: int = RATE


def samples_per_frame(rate: int) -> int:
    """Samples of each channel in a frame: MPEG-2 has half as many as MPEG-1."""
    return SAMPLES_PER_FRAME if rate > _MPEG_2_MOST else SAMPLES_PER_FRAME // 2


def frame_bytes(bitrate: int, rate: int = RATE) -> int:
    """Size of a frame at a bitrate in kbit/s; at 48 and 24 kHz it is whole, and at 44.1 kHz some are a byte longer."""
    return samples_per_frame(rate) * bitrate * 125 // rate


def frames_in(stream_bytes: int, bitrate: int, rate: int) -> int:
    """How many frames a stream has: padding keeps its size within a byte of the bitrate's."""
    return round(stream_bytes * rate / (samples_per_frame(rate) * bitrate * 125))


def info_frame(stream: StreamFacts) -> bytes:
    """The frame to put in front of the stream, as large as every other.

    Raises
    ------
    ValueError
        If the padding cannot be noted: LAME makes another number of frames of that many samples.
    """
    padding = stream.frames * samples_per_frame(stream.rate) - DELAY - stream.samples
    if not 0 <= padding < 1 << 12:
        raise ValueError(f"a padding of {padding} samples cannot be noted")
    mono = stream.header[3] >> 6 == 3
    side_info = bytes(_SIDE_INFO[bool(stream.header[1] & _MPEG_1), mono])  # no main data: the frame is silent
    # Without padding, and without joint coding of nothing.
    header = stream.header[:2] + bytes([stream.header[2] & ~_PADDING, stream.header[3] & 0b11001111])
    size = frame_bytes(stream.bitrate, stream.rate)
    total = stream.stream_bytes + size
    has_contents = len(header + side_info) + _OWN_BYTES <= size
    xing = _xing(stream, total, has_contents=has_contents)
    frame = header + side_info + xing + _lame(stream, total, padding, mono=mono)
    checksum = Checksum()
    checksum.update(frame)
    return (frame + struct.pack(">H", checksum.value())).ljust(size, b"\0")


def _xing(stream: StreamFacts, total: int, *, has_contents: bool) -> bytes:
    if not has_contents:
        return struct.pack(">4s4L", b"Info", _NO_CONTENTS, stream.frames, total, _QUALITY)
    frames = stream.frames + 1
    starts = ((1 + stream.frames * percent // 100) * total / frames for percent in range(100))
    contents = bytes(int((2 * 256 * start + total) // (2 * total)) for start in starts)
    return struct.pack(">4s3L100sL", b"Info", _ALL_FIELDS, stream.frames, total, contents, _QUALITY)


def _lame(stream: StreamFacts, total: int, padding: int, *, mono: bool) -> bytes:
    """LAME's extension without its own checksum."""
    encoder = _VERSION + bytes([_CONSTANT_BITRATE, 0]) + bytes(4 + 2 + 2 + 1) + bytes([min(stream.bitrate, 255)])
    gap = (DELAY << 12 | padding).to_bytes(3, "big")
    source = _SOURCES[stream.rate] | (_MONO if mono else _JOINT_STEREO)
    return encoder + gap + struct.pack(">BbHLH", source, 0, 0, total, stream.checksum)


class Checksum:
    """CRC-16 of a stream of bytes, as LAME computes it: polynomial 0x8005, lowest bit first, from 0.

    A checksum of rows: each byte's share depends on its place alone, so numpy looks up a row at once.
    """

    def __init__(self) -> None:
        self._shares = _shares()
        self._places = np.arange(_ROW)
        self._rest = b""
        self._crc = 0

    def update(self, more: bytes) -> None:
        """Add these bytes."""
        waiting = self._rest + more
        rows = np.frombuffer(waiting, np.uint8, len(waiting) // _ROW * _ROW).reshape(-1, _ROW)
        self._rest = waiting[rows.size :]
        for own in np.bitwise_xor.reduce(self._shares[self._places, rows], axis=1).tolist():
            # What came before acts as if it were added to the row's first two bytes.
            self._crc = own ^ int(self._shares[0, self._crc & 0xFF] ^ self._shares[1, self._crc >> 8])

    def value(self) -> int:
        """The checksum so far."""
        crc = self._crc
        for byte in self._rest:
            crc = crc >> 8 ^ int(self._shares[-1, (crc ^ byte) & 0xFF])
        return crc


def _shares() -> NDArray[np.uint16]:
    """What each value of a byte adds to a row's checksum, by its place in the row; shape ``(512, 256)``."""
    last = np.arange(256, dtype=np.uint16)
    for _ in range(8):
        last = np.where(last & 1, last >> 1 ^ 0xA001, last >> 1).astype(np.uint16)
    shares = np.empty((_ROW, 256), np.uint16)
    shares[-1] = last
    for place in range(_ROW - 2, -1, -1):
        behind = shares[place + 1]
        shares[place] = behind >> 8 ^ last[behind & 0xFF]
    return shares
