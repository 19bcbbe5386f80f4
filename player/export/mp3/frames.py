"""The frames of an MP3 stream: where the main data of each one lies, and which block types it has.

The rule: nothing is decoded, only the side information is read. Without checksums, at 48 kHz and a constant bitrate,
every frame has the same size (`frame_bytes`) and none is padded, so that frame n begins n sizes after frame 0.

A frame is a header, side information, and a data area. The data areas of all frames together are one continuous stream
of main data. The main data of a frame begins up to 511 bytes before its own data area (``main_data_begin``: that part
of the stream is the bit reservoir), follows that of the frame before it, and ends in its own data area at the latest.
Layout after ISO 11172-3, 2.4.1: Layer III, one channel or two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from player.export.mp3.infoframe import SAMPLES_PER_FRAME, frame_bytes
from player.units import SAMPLE_WIDTH

_HEADER: Final = 4
_GRANULE_BITS: Final = 59
_WINDOW_SWITCHING_AT, _BLOCK_TYPE_AT = 33, 34  # within a granule
_MAIN_DATA_BEGIN_BITS, _PART2_3_LENGTH_BITS, _BLOCK_TYPE_BITS = 9, 12, 3


class FrameLayout(NamedTuple):
    """How a frame begins.

    Attributes
    ----------
    data_at
        Bytes of header and side information: where the data area begins.
    granules_at
        Bits before the first granule's, from the end of the header on.
    granules
        How many: two of each channel, all channels of the first before those of the second.
    """

    data_at: int
    granules_at: int
    granules: int


LAYOUTS: Final = {1: FrameLayout(_HEADER + 17, 18, 2), 2: FrameLayout(_HEADER + 32, 20, 4)}
"""By the number of channels."""


@dataclass(frozen=True)
class SideInformation:
    """The side information of a frame."""

    bits: int
    layout: FrameLayout

    @classmethod
    def of(cls, frame: bytes, channels: int) -> SideInformation:
        """Read it from a frame; the bytes before the data area are enough."""
        layout = LAYOUTS[channels]
        return cls(int.from_bytes(frame[_HEADER : layout.data_at], "big"), layout)

    @property
    def main_data_begin(self) -> int:
        """How many bytes before the frame's own data area its main data begins."""
        return self._field(0, _MAIN_DATA_BEGIN_BITS)

    @property
    def main_data_bytes(self) -> int:
        """Length of the main data (``part2_3_length`` of all granules, in bits, rounded up to a byte)."""
        bits = sum(self._field(self._granule_at(each), _PART2_3_LENGTH_BITS) for each in range(self.layout.granules))
        return -(-bits // 8)

    @property
    def last_block_types(self) -> tuple[int, ...]:
        """The block type of each channel's last granule: 0 for long, else ``block_type`` and ``mixed_block_flag``."""
        granules = self.layout.granules
        return tuple(self._block_type(each) for each in range(granules // 2, granules))

    def _block_type(self, granule: int) -> int:
        at = self._granule_at(granule)
        return self._field(at + _BLOCK_TYPE_AT, _BLOCK_TYPE_BITS) if self._field(at + _WINDOW_SWITCHING_AT, 1) else 0

    def _granule_at(self, granule: int) -> int:
        return self.layout.granules_at + _GRANULE_BITS * granule

    def _field(self, at: int, size: int) -> int:
        return self.bits >> 8 * (self.layout.data_at - _HEADER) - at - size & (1 << size) - 1


def frame_pcm_bytes(channels: int) -> int:
    """Bytes of 16-bit sound that a frame holds."""
    return SAMPLES_PER_FRAME * channels * SAMPLE_WIDTH


class EncodedStretch:
    """The frames that one encoder has made so far, numbered as in the whole programme.

    Parameters
    ----------
    bitrate
        kbit/s, constant.
    first
        The number of its first frame.
    channels
        1 or 2.
    """

    def __init__(self, bitrate: int, first: int, channels: int) -> None:
        self._channels = channels
        self._data_at = LAYOUTS[channels].data_at
        self._frame_bytes = frame_bytes(bitrate)
        self.first = first
        """The number of the first frame that is still here."""
        self._stream = bytearray()
        self.data_area = self._frame_bytes - self._data_at
        """Bytes of a frame's data area."""
        self.frame_pcm_bytes = frame_pcm_bytes(channels)
        """Bytes of 16-bit sound that a frame holds."""

    def add(self, stream: bytes) -> None:
        """Append what the encoder gave; it may end inside a frame."""
        self._stream += stream

    @property
    def end(self) -> int:
        """The number after its last whole frame."""
        return self.first + len(self._stream) // self._frame_bytes

    def side_information(self, frame: int) -> SideInformation:
        """The side information of a frame."""
        at = self._at(frame)
        return SideInformation.of(bytes(self._stream[at : at + self._data_at]), self._channels)

    def free_reservoir(self, frame: int) -> int:
        """Bytes directly before a frame's data area that no frame before it uses."""
        before = self.side_information(frame - 1)
        return self.data_area + before.main_data_begin - before.main_data_bytes

    def cut(self, frame: int) -> bytes:
        """Take out everything before a frame."""
        at = self._at(frame)
        taken = bytes(self._stream[:at])
        del self._stream[:at]
        self.first = frame
        return taken

    def reservoir(self, frame: int, count: int) -> bytes:
        """The last ``count`` bytes in the data areas before a frame."""
        return b"".join(self._stream[each] for each in self._reservoir_slices(frame, count))

    def fill_reservoir(self, frame: int, data: bytes) -> None:
        """Replace the last bytes in the data areas before a frame."""
        for each in self._reservoir_slices(frame, len(data)):
            size = each.stop - each.start
            self._stream[each], data = data[:size], data[size:]

    def _reservoir_slices(self, frame: int, count: int) -> list[slice]:
        """Where the last ``count`` bytes in the data areas before a frame lie, in order."""
        slices: list[slice] = []
        while count:
            end = self._at(frame)
            size = min(count, self.data_area)
            slices.insert(0, slice(end - size, end))
            frame, count = frame - 1, count - size
        return slices

    def _at(self, frame: int) -> int:
        at = (frame - self.first) * self._frame_bytes
        if at < 0:
            raise IndexError(f"frame {frame} is not here any more: the first is {self.first}")
        return at
