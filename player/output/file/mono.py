"""One channel out of two.

The rule: the mean of both sides, so a voice that is the same on both keeps its level sample for sample. A meter that
counts one channel shows 3 LU less than for both (-19 LUFS in mono sounds as loud as -16 in stereo).
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np

from player.output.file import mp3
from player.output.file.infoframe import Checksum, Stream, info_frame, packet_bytes
from player.units import CHANNELS, SAMPLE_WIDTH

if TYPE_CHECKING:
    from pathlib import Path


def mean(pcm: bytes) -> bytes:
    """The mean of both sides: 16 bits, little-endian."""
    sides = np.frombuffer(pcm, "<i2").reshape(-1, CHANNELS)
    return bytes(np.rint(sides.mean(axis=1)).astype("<i2").data)


class MonoMp3Writer:
    """An MP3 file of one channel being written; the one encoder takes half as long as one for two channels.

    Parameters
    ----------
    id3
        The rendered ID3v2 tag.
    bitrate
        One of `mp3.BITRATES`.
    """

    def __init__(self, path: Path, id3: bytes, bitrate: int) -> None:
        self._bitrate = bitrate
        self._info_at = len(id3)
        self._frames = self._bytes = 0
        self._header = b""
        self._checksum = Checksum()
        self._lame = mp3.encoder(bitrate)
        self._lame.set_channels(1)
        self._file = path.open("wb")
        self._file.write(id3 + bytes(packet_bytes(bitrate)))

    def write(self, pcm: bytes) -> None:
        """Encode the next frames."""
        self._frames += len(pcm) // SAMPLE_WIDTH
        self._add(bytes(self._lame.encode(pcm)))

    def finish(self) -> None:
        """Write what is left, and the Info frame."""
        self._add(bytes(self._lame.flush()))
        packets = self._bytes // packet_bytes(self._bitrate)
        stream = Stream(self._header, self._bitrate, packets, self._frames, self._checksum.value())
        self._file.seek(self._info_at)
        self._file.write(info_frame(stream))
        self._file.close()

    def drop(self) -> None:
        """Give up."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _add(self, packets: bytes) -> None:
        self._header = self._header or packets[:4]
        self._bytes += len(packets)
        self._checksum.update(packets)
        self._file.write(packets)
