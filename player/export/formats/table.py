"""The table of encoders: one call opens the sink of any format.

The rule: a file is whole, tagged and verified before it has its name, and every failure becomes one sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from player.errors import OutputError, UsageError
from player.export import tags as tagging
from player.export.formats import bitrates
from player.export.formats.bitrates import USUAL, Quality
from player.export.formats.libsndfile import ENCODINGS, SoundWriter, encoding_of
from player.export.formats.mp4 import Mp4Writer, must_be_installed
from player.export.formats.wav import WavWriter
from player.export.mp3.writer import Mp3Writer
from player.export.options import BY_FFMPEG, FORMATS
from player.storage.atomic import NewFile
from player.storage.failures import sentences
from player.units import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from pydub import AudioSegment
    from typing_extensions import Self

    from player.export.tags import Tags


class Writer(Protocol):
    """An encoder and its file; it raises nothing but `OSError`."""

    def write(self, pcm: bytes) -> None:
        """Encode the next pcm frames: 16 bits, little-endian, interleaved."""
        ...

    def finish(self) -> None:
        """Complete the file and close it."""
        ...

    def drop(self) -> None:
        """Close the file as it is; never raises."""
        ...


def must_be_possible(form: str, quality: Quality) -> None:
    """Refuse a format that cannot be made here, before any work is done for it.

    Raises
    ------
    UsageError
        If there is no such format, or it has no such bitrate or sample rate.
    OutputError
        If what makes it is not installed.
    """
    if form not in FORMATS:
        raise UsageError(f"the format must be one of {', '.join(FORMATS)}, not {form!r}")
    bitrates.must_be_possible(form, quality)
    if form in BY_FFMPEG:
        must_be_installed(form)


def export_sink(path: Path, form: str, *, tags: Tags, quality: Quality = USUAL, force: bool = False) -> FileSink:
    """A sink that writes a file from blocks with two channels, at the file's sample rate.

    Parameters
    ----------
    form
        One of `FORMATS`.
    quality
        Without a bitrate, a good one for speech over noise; one channel is the mean of both.

    Raises
    ------
    UsageError
        If the format, bitrate or sample rate is unknown, or the file is there already and ``force`` is not given.
    OutputError
        If it cannot be written; also from the sink, at any time.
    """
    must_be_possible(form, quality)
    writer = WRITERS[form]
    return FileSink(NewFile(path, force=force), lambda part: writer(part, form, tags, quality), quality)


class FileSink:
    """Writes a file of any format from blocks with two channels and 16 bits, in order.

    The rule: it is a context manager. At a normal end it closes, which gives the file its name; at any exception,
    Ctrl-C too, it aborts, and leaves nothing.
    """

    def __init__(self, file: NewFile, opened: Callable[[Path], Writer], quality: Quality) -> None:
        self._file = file
        self._quality = quality
        try:
            with sentences(OutputError, "write", file.target):
                self._writer = opened(file.part)
        except BaseException:
            file.discard()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self.abort()
            return
        try:
            self.close()
        except BaseException:
            self.abort()
            raise

    def write(self, segment: AudioSegment) -> None:
        """Encode the next block."""
        pcm = segment.raw_data
        with sentences(OutputError, "write", self._file.target):
            self._writer.write(pcm if self._quality.channels == CHANNELS else one_channel_of(pcm))

    def finish(self) -> NewFile:
        """Complete the file; it does not have its name yet."""
        with sentences(OutputError, "write", self._file.target):
            self._writer.finish()
        return self._file

    def close(self) -> None:
        """Complete the file, and give it its name."""
        self.finish().commit()

    def abort(self) -> None:
        """Remove the unfinished file. Never raises, and may follow a `close` that failed."""
        self._writer.drop()
        self._file.discard()


def one_channel_of(pcm: bytes) -> bytes:
    """The mean of both channels: 16 bits, little-endian.

    A voice that is the same in both keeps its level sample for sample. A meter that counts one channel shows 3 LU less
    than for both: -19 LUFS in mono sounds as loud as -16 in stereo.
    """
    channels = np.frombuffer(pcm, "<i2").reshape(-1, CHANNELS)
    return bytes(np.rint(channels.mean(axis=1)).astype("<i2").data)


def _mp3(path: Path, _: str, tags: Tags, quality: Quality) -> Writer:
    return Mp3Writer(path, tagging.id3(tags), quality.bitrate, channels=quality.channels, rate=quality.rate)


def _wav(path: Path, _: str, tags: Tags, quality: Quality) -> Writer:
    return WavWriter(path, tags, quality.channels, quality.rate)


def _sound(path: Path, form: str, tags: Tags, quality: Quality) -> Writer:
    return SoundWriter(path, encoding_of(form, quality), tags, quality.channels, quality.rate)


WRITERS: Final[dict[str, Callable[[Path, str, Tags, Quality], Writer]]] = {
    "mp3": _mp3,
    "wav": _wav,
    **dict.fromkeys(ENCODINGS, _sound),
    **dict.fromkeys(BY_FFMPEG, Mp4Writer),
}
