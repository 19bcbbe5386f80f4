"""What stands in the packets of an MP3 stream: where each one's sound lies, and under which windows.

The rule: nothing is decoded, only the side information is read. Without checksums, at 48 kHz and a constant bitrate,
every packet has the same size (`packet_bytes`) and none is padded, so that packet n begins n sizes after packet 0.

A packet is a header, side information, and room for sound. The rooms of all packets together are one long shelf: the
sound of a packet begins up to 511 bytes before its own room (the bit reservoir), follows that of the packet before it,
and ends in its own room at the latest. Layout after ISO 11172-3, 2.4.1: Layer III, one channel or two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from player.export.mp3.infoframe import FRAMES_PER_PACKET, packet_bytes
from player.units import CHANNELS, SAMPLE_WIDTH

_HEADER: Final = 4
_GRANULE_BITS: Final = 59
_SWITCHED_AT, _KIND_AT = 33, 34  # within a granule
_REACH_BITS, _LENGTH_BITS, _KIND_BITS = 9, 12, 3


class FrameLayout(NamedTuple):
    """How a packet begins.

    Attributes
    ----------
    front
        Bytes of header and side information.
    granules_at
        Bits before the first granule's, from the end of the header on.
    granules
        How many: two of each channel, all channels of the first before those of the second.
    """

    front: int
    granules_at: int
    granules: int


LAYOUTS: Final = {1: FrameLayout(_HEADER + 17, 18, 2), 2: FrameLayout(_HEADER + 32, 20, 4)}
"""By the number of channels."""


@dataclass(frozen=True)
class SideInformation:
    """The side information of a packet."""

    bits: int
    layout: FrameLayout

    @classmethod
    def of(cls, packet: bytes, channels: int) -> SideInformation:
        """Of a packet, of which the front is enough."""
        layout = LAYOUTS[channels]
        return cls(int.from_bytes(packet[_HEADER : layout.front], "big"), layout)

    @property
    def reach(self) -> int:
        """Bytes before its own room where its sound begins (``main_data_begin``)."""
        return self._field(0, _REACH_BITS)

    @property
    def length(self) -> int:
        """Bytes of its sound (``part2_3_length`` of all granules, in bits, filled up to a byte)."""
        bits = sum(self._field(self._granule_at(each), _LENGTH_BITS) for each in range(self.layout.granules))
        return -(-bits // 8)

    @property
    def last_windows(self) -> tuple[int, ...]:
        """Under which windows each channel leaves the packet: 0 long, otherwise its kind and whether it is mixed."""
        granules = self.layout.granules
        return tuple(self._windows(each) for each in range(granules // 2, granules))

    def _windows(self, granule: int) -> int:
        at = self._granule_at(granule)
        return self._field(at + _KIND_AT, _KIND_BITS) if self._field(at + _SWITCHED_AT, 1) else 0

    def _granule_at(self, granule: int) -> int:
        return self.layout.granules_at + _GRANULE_BITS * granule

    def _field(self, at: int, size: int) -> int:
        return self.bits >> 8 * (self.layout.front - _HEADER) - at - size & (1 << size) - 1


def packet_pcm(channels: int) -> int:
    """Bytes of sound that a packet stands for."""
    return FRAMES_PER_PACKET * channels * SAMPLE_WIDTH


class EncodedStretch:
    """What one encoder has made so far; packets are numbered as in the whole programme.

    Parameters
    ----------
    bitrate
        kbit/s, constant.
    first
        The number of its first packet.
    """

    def __init__(self, bitrate: int, first: int, channels: int = CHANNELS) -> None:
        self._channels = channels
        self._front = LAYOUTS[channels].front
        self._size = packet_bytes(bitrate)
        self.first = first
        """The number of the first packet that it still holds."""
        self._held = bytearray()
        self.room = self._size - self._front
        """Bytes of a packet's room."""
        self.packet_pcm = packet_pcm(channels)
        """Bytes of sound that a packet stands for."""

    def add(self, stream: bytes) -> None:
        """Go on with what came from the encoder, which may end inside a packet."""
        self._held += stream

    @property
    def end(self) -> int:
        """The number after its last whole packet."""
        return self.first + len(self._held) // self._size

    def side(self, packet: int) -> SideInformation:
        """The side information of a packet that it holds."""
        at = self._at(packet)
        return SideInformation.of(bytes(self._held[at : at + self._front]), self._channels)

    def free(self, packet: int) -> int:
        """Bytes before a packet's room that no packet before it needs."""
        before = self.side(packet - 1)
        return self.room + before.reach - before.length

    def cut(self, packet: int) -> bytes:
        """Take out everything before a packet."""
        at = self._at(packet)
        taken = bytes(self._held[:at])
        del self._held[:at]
        self.first = packet
        return taken

    def shelf(self, packet: int, count: int) -> bytes:
        """The last bytes in the rooms before a packet."""
        return b"".join(self._held[each] for each in self._rooms(packet, count))

    def fill_shelf(self, packet: int, stuff: bytes) -> None:
        """Put other bytes there."""
        for each in self._rooms(packet, len(stuff)):
            size = each.stop - each.start
            self._held[each], stuff = stuff[:size], stuff[size:]

    def _rooms(self, packet: int, count: int) -> list[slice]:
        """The places of so many bytes before a packet, in order."""
        places: list[slice] = []
        while count:
            end = self._at(packet)
            size = min(count, self.room)
            places.insert(0, slice(end - size, end))
            packet, count = packet - 1, count - size
        return places

    def _at(self, packet: int) -> int:
        at = (packet - self.first) * self._size
        if at < 0:
            raise IndexError(f"packet {packet} is not held any more, which begins at {self.first}")
        return at
