"""The Info frame: the silent first frame of an MP3 stream, which tells players its exact length.

The rule: a decoder that knows it plays exactly the samples that went in, as it cuts the encoder's delay and padding.
One that does not know it plays 24 ms of silence. Bytes in, bytes out.

A frame is MPEG's here: 1152 samples of each channel. Samples are counted in one channel.

Layout: the Xing header (frames, bytes, table of contents, quality) and behind it LAME's extension, after "Mp3 Info Tag
rev 1 specifications" (gabriel.mp3-tech.org/mp3infotag.html) and what LAME 3.100 itself writes. What it notes of its own
settings (lowpass, noise shaping, gain) is left at 0, which means unknown.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLES_PER_FRAME: Final = 1152
DELAY: Final = 576
"""LAME's encoder delay. Decoders add 529 samples, so that sound begins 1105 samples late: players cut them."""

_VERSION: Final = b"LAME3.100"
_ALL_FIELDS: Final = 0x0F
_QUALITY: Final = 57
"""LAME's own value for constant bitrate at its quality 3."""
_CONSTANT_BITRATE: Final = 1
_JOINT_STEREO, _MONO = 3 << 2, 0
_SOURCE_48_KHZ: Final = 2 << 6
_ROW: Final = 512


@dataclass(frozen=True)
class StreamFacts:
    """Facts of a finished stream at 48 kHz.

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
    """

    header: bytes
    bitrate: int
    frames: int
    samples: int
    checksum: int


def frame_bytes(bitrate: int) -> int:
    """Size of a frame (24 ms) at a bitrate in kbit/s; at 48 kHz it is always whole."""
    return 3 * bitrate


def info_frame(stream: StreamFacts) -> bytes:
    """The frame to put in front of the stream, as large as every other.

    Raises
    ------
    ValueError
        If the padding cannot be noted: LAME makes another number of frames of that many samples.
    """
    padding = stream.frames * SAMPLES_PER_FRAME - DELAY - stream.samples
    if not 0 <= padding < 1 << 12:
        raise ValueError(f"a padding of {padding} samples cannot be noted")
    mono = stream.header[3] >> 6 == 3
    side_info = bytes(17 if mono else 32)  # no main data: the frame is silent
    header = stream.header[:3] + bytes([stream.header[3] & 0b11001111])  # no joint coding of nothing
    total = (stream.frames + 1) * frame_bytes(stream.bitrate)
    frame = header + side_info + _xing(stream, total) + _lame(stream, total, padding, mono=mono)
    checksum = Checksum()
    checksum.update(frame)
    return (frame + struct.pack(">H", checksum.value())).ljust(frame_bytes(stream.bitrate), b"\0")


def _xing(stream: StreamFacts, total: int) -> bytes:
    size = frame_bytes(stream.bitrate)
    starts = ((1 + stream.frames * percent // 100) * size for percent in range(100))
    contents = bytes(min(255, (2 * 256 * start + total) // (2 * total)) for start in starts)
    return struct.pack(">4s3L100sL", b"Info", _ALL_FIELDS, stream.frames, total, contents, _QUALITY)


def _lame(stream: StreamFacts, total: int, padding: int, *, mono: bool) -> bytes:
    """LAME's extension without its own checksum."""
    encoder = _VERSION + bytes([_CONSTANT_BITRATE, 0]) + bytes(4 + 2 + 2 + 1) + bytes([min(stream.bitrate, 255)])
    gap = (DELAY << 12 | padding).to_bytes(3, "big")
    source = _SOURCE_48_KHZ | (_MONO if mono else _JOINT_STEREO)
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
