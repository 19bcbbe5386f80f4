"""MP3 by LAME: constant bitrate, streamed, with the tags and the Info frame in front.

The rule: a decoder gives back exactly the samples that went in, at the same moments, and the same sound makes the same
bytes, on any number of cores. lameenc writes no Info frame, so its place is left empty and filled in at the end.
It knows no programme: bytes of 16-bit sound go in, of one channel or two.

On all cores, it is encoded at 48 kHz alone. At 44.1 kHz frames differ by a byte of padding, and at 24 kHz MPEG-2 lays
them out in another way: there one encoder makes the whole stream.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, Protocol

import lameenc

from player.cores import cores
from player.export.formats.bitrates import usual
from player.export.mp3.infoframe import Checksum, StreamFacts, frame_bytes, frames_in, info_frame
from player.export.mp3.parallel import CutPlan, ParallelEncoder
from player.units import CHANNELS, RATE, SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from player.export.mp3.parallel import Encoder

PLAN: Final = CutPlan(stretch=900, lead=50, search=60)
"""Stretches of 22 s, 4.1 MB each. After a lead of 1.2 s two encoders nearly always agree on every bit."""
_QUALITY: Final = 3
"""LAME's own default at a constant bitrate; its 2 takes 1.4 times as long."""
_MOST_THREADS: Final = 4
"""Each keeps a stretch in memory; with four, half an hour is encoded in a few seconds."""


class Mp3Writer:
    """An MP3 file being written.

    Parameters
    ----------
    path
        The file, which is emptied.
    id3
        The rendered ID3v2 tag.
    bitrate
        One of `bitrates.of_mp3`; if not given, a good one for speech over a background.
    threads
        How many encode at the same time; as many as there are cores, if not given.
    plan
        How the sound is cut for them.
    """

    def __init__(
        self,
        path: Path,
        id3: bytes,
        bitrate: int | None = None,
        *,
        channels: int = CHANNELS,
        rate: int = RATE,
        threads: int | None = None,
        plan: CutPlan = PLAN,
    ) -> None:
        self._bitrate = bitrate = bitrate or usual(channels)
        self._sample_bytes = channels * SAMPLE_WIDTH
        self._info_at = len(id3)
        self._samples = 0
        self._bytes = 0
        self._header = b""
        self._checksum = Checksum()
        threads = threads or min(cores(), _MOST_THREADS)
        self._rate = rate
        self._encoder: _StreamEncoder
        if rate == RATE:
            self._encoder = ParallelEncoder(lambda: encoder(bitrate, channels), bitrate, plan, threads, channels)
        else:
            self._encoder = _OneEncoder(encoder(bitrate, channels, rate))
        self._file = path.open("wb")
        self._file.write(id3 + bytes(frame_bytes(bitrate, rate)))

    def write(self, pcm: bytes) -> None:
        """Encode the next samples."""
        self._samples += len(pcm) // self._sample_bytes
        for frames in self._encoder.write(pcm):
            self._add(frames)

    def finish(self) -> None:
        """Write what is left, and the Info frame."""
        for frames in self._encoder.finish():
            self._add(frames)
        stream = StreamFacts(
            self._header,
            self._bitrate,
            frames_in(self._bytes, self._bitrate, self._rate),
            self._samples,
            self._checksum.value(),
            self._bytes,
            self._rate,
        )
        self._file.seek(self._info_at)
        self._file.write(info_frame(stream))
        self._file.close()

    def drop(self) -> None:
        """Give up."""
        self._encoder.stop()
        with contextlib.suppress(OSError):
            self._file.close()

    def _add(self, frames: bytes) -> None:
        self._header = self._header or frames[:4]
        self._bytes += len(frames)
        self._checksum.update(frames)
        self._file.write(frames)


class _StreamEncoder(Protocol):
    """Sound goes in, and the stream comes out in order; `ParallelEncoder` is one."""

    def write(self, pcm: bytes) -> Iterator[bytes]: ...

    def finish(self) -> Iterator[bytes]: ...

    def stop(self) -> None: ...


class _OneEncoder:
    """One encoder for the whole stream."""

    def __init__(self, lame: Encoder) -> None:
        self._lame = lame
        self._lame.encode(b"")  # LAME cannot flush what never began

    def write(self, pcm: bytes) -> Iterator[bytes]:
        yield bytes(self._lame.encode(pcm))

    def finish(self) -> Iterator[bytes]:
        yield bytes(self._lame.flush())

    def stop(self) -> None:
        """There is nothing to end."""


def encoder(bitrate: int, channels: int = CHANNELS, rate: int = RATE) -> lameenc.Encoder:
    """LAME for one channel or two."""
    lame = lameenc.Encoder()
    lame.set_channels(channels)
    lame.set_in_sample_rate(rate)
    lame.set_out_sample_rate(rate)  # left to itself LAME lowers the rate with the bitrate
    lame.set_bit_rate(bitrate)
    lame.set_quality(_QUALITY)
    lame.silence()
    return lame
