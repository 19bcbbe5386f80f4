"""The options of an export: a format, its quality, and other files beside it; and the names that they may have.

The rule: options hold everything that is not in the session, and no path; so a session, its values, a voice and options
always make the same bytes. It knows no formats: `exporter.must_be_possible_for` refuses what is not possible.
It loads no encoder: the command line offers these names. The tables of encoders, presets and captions have exactly
them, in this order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BUILT_IN: Final = ("mp3", "wav", "flac", "ogg", "opus")
"""Formats that need nothing but this program."""
BY_FFMPEG: Final = ("m4a", "m4b")
"""Formats that need ffmpeg. The second is an audio book to players: they remember where one stopped listening."""
FORMATS: Final = (*BUILT_IN, *BY_FFMPEG)
"""The formats of sound files."""
PAGE: Final = "html"
"""A page for a browser, with the sound in it as MP3."""
EXPORT_FORMATS: Final = (*FORMATS, PAGE)
PRESETS: Final = ("podcast", "broadcast", "audiobook", "sleep")
CAPTIONS: Final = ("vtt", "srt", "lrc")


@dataclass(frozen=True)
class AlbumPosition:
    """A session's position in a programme: the programme's title, the session's number from 1, and their count."""

    programme: str
    number: int
    count: int


@dataclass(frozen=True)
class ExportOptions:
    """How a session becomes files.

    Attributes
    ----------
    form
        One of `EXPORT_FORMATS`: the format, by the ending of its files.
    bitrate
        kbit/s; None is the format's own.
    mono
        One channel, the mean of both.
    preset
        One of `PRESETS`, or None.
    captions
        Files with the spoken lines: any of ``vtt``, ``srt`` and ``lrc``.
    chapters, labels
        Whether the podcasts' JSON chapters, and Audacity's labels, are written beside the file.
    split
        A file for each section and a playlist, in place of one file.
    stems
        Voice, bed and tones as files of their own, beside the whole.
    beside
        The sound of a page in a file beside it, and both in a folder.
    position
        Its position in a programme, which goes into its tags; None without one.
    """

    form: str = "mp3"
    bitrate: int | None = None
    mono: bool = False
    preset: str | None = None
    captions: tuple[str, ...] = ()
    chapters: bool = False
    labels: bool = False
    split: bool = False
    stems: bool = False
    beside: bool = False
    position: AlbumPosition | None = None
