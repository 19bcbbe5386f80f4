"""A programme as a file: one call opens the sink of any format.

The rule: the file is whole, tagged and verified before it has its name, and whatever goes wrong becomes one sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from player.errors import UsageError
from player.output.file import mp3
from player.output.file import tags as tagging
from player.output.file.atomic import NewFile, sentences
from player.output.file.encode import FORMATS as SOUND_FORMATS
from player.output.file.encode import SoundWriter, encoding_of
from player.output.sink import Sink

if TYPE_CHECKING:
    from pathlib import Path

    from pydub import AudioSegment

    from player.output.file.tags import Tags

FORMATS: Final = ("mp3", *SOUND_FORMATS)


class Writer(Protocol):
    """An encoder and its file; it raises nothing but `OSError`."""

    def write(self, pcm: bytes) -> None:
        """Encode the next frames: 16 bits, little-endian, interleaved."""
        ...

    def finish(self) -> None:
        """Complete the file and close it."""
        ...

    def drop(self) -> None:
        """Close the file as it is; never raises."""
        ...


def export_sink(path: Path, form: str, *, tags: Tags, bitrate: int | None = None, force: bool = False) -> Sink:
    """A sink that writes a file.

    Parameters
    ----------
    form
        One of `FORMATS`.
    bitrate
        kbit/s, for mp3 only: one of 64, 80, 96, 112, 128, 160 (the default), 192, 224, 256, 320.

    Raises
    ------
    UsageError
        If the format or bitrate is unknown, or the file is there already and ``force`` is not given.
    OutputError
        If it cannot be written; also from the sink, at any time.
    """
    if form not in FORMATS:
        raise UsageError(f"the format must be one of {', '.join(FORMATS)}, not {form!r}")
    if bitrate is not None and form != "mp3":
        raise UsageError(f"only mp3 has a bitrate, {form} has not; leave it out")
    if bitrate is not None and bitrate not in mp3.BITRATES:
        raise UsageError(f"the bitrate must be one of {', '.join(map(str, mp3.BITRATES))}, not {bitrate}")
    return _FileSink(NewFile(path, force=force), form, tags, bitrate or mp3.BITRATE)


class _FileSink(Sink):
    def __init__(self, file: NewFile, form: str, tags: Tags, bitrate: int) -> None:
        self._file = file
        try:
            with sentences(file.target):
                self._writer = _opened(file.part, form, tags, bitrate)
        except BaseException:
            file.discard()
            raise

    def write(self, segment: AudioSegment) -> None:
        with sentences(self._file.target):
            self._writer.write(segment.raw_data)

    def close(self) -> None:
        with sentences(self._file.target):
            self._writer.finish()
        self._file.commit()

    def abort(self) -> None:
        self._writer.drop()
        self._file.discard()


def _opened(path: Path, form: str, tags: Tags, bitrate: int) -> Writer:
    if form == "mp3":
        return mp3.Mp3Writer(path, tagging.id3(tags), bitrate)
    return SoundWriter(path, encoding_of(form, tags.total_ms), tags)
