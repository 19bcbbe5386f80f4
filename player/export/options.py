"""The options of an export: a format, its quality, and other files beside it; and the names that they may have.

The rule: options hold everything that is not in the session, and no path; so a session, its values, a voice and options
always make the same bytes. It knows no formats: `exporter.must_be_possible_for` refuses what is not possible.
It loads no encoder: the command line offers these names. The tables of encoders, presets and captions have exactly
them, in this order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from player.script.credits import NO_CREDITS, Credits

BUILT_IN: Final = ("mp3", "wav", "flac", "ogg", "opus")
"""Formats that need nothing but this program."""
BY_FFMPEG: Final = ("m4a", "m4b")
"""Formats that need ffmpeg. The second is an audio book to players: they remember where one stopped listening."""
FORMATS: Final = (*BUILT_IN, *BY_FFMPEG)
"""The formats of sound files."""
PAGE: Final = "html"
"""A page for a browser, with the sound in it as MP3."""
EXPORT_FORMATS: Final = (*FORMATS, PAGE)
PAGE_BITRATE: Final = 96
"""kbit/s in one channel: fifteen minutes are 11 MB of sound and 15 MB of page."""
PRESETS: Final = ("podcast", "broadcast", "audiobook", "sleep")
CAPTIONS: Final = ("vtt", "srt", "lrc", "txt", "html")
SAMPLE_RATES: Final = (24_000, 44_100, 48_000)
"""Frames a second that a file may have; the last is the session's own, and needs no resampling."""
LOW_BITRATE: Final = 64
"""kbit/s below which a file has one channel, unless two are asked for.

Measured: at 48, LAME keeps sound up to 11.3 kHz in one channel and up to 7.5 kHz in two; at 32, up to 8.3 and 4.9 kHz.
"""


@dataclass(frozen=True)
class AlbumPosition:
    """A session's position in a programme: the programme's title, the session's number from 1, and their count.

    ``credits`` are what the programme's head says for all its sessions.
    """

    programme: str
    number: int
    count: int
    credits: Credits = NO_CREDITS

    @property
    def album(self) -> str:
        """What players file the session under."""
        return self.credits.album or self.programme


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
        One channel, the mean of both; None is one below `LOW_BITRATE` and two otherwise.
    sample_rate
        One of `SAMPLE_RATES`; None is what the preset asks for, or else 48 kHz.
    preset
        One of `PRESETS`, or None.
    captions
        Files with the spoken lines: any of `CAPTIONS`.
    chapters, labels
        Whether the podcasts' JSON chapters, and Audacity's labels, are written beside the file.
    split
        A file for each section and a playlist, in place of one file.
    stems
        Voice, bed and tones as files of their own, beside the whole.
    beside
        The sound of a page in a file beside it, and both in a folder.
    author, album, year, license
        What goes into the tags in place of what the script says; None is the script's own.
    position
        Its position in a programme, which goes into its tags; None without one.
    """

    form: str = "mp3"
    bitrate: int | None = None
    mono: bool | None = None
    sample_rate: int | None = None
    preset: str | None = None
    captions: tuple[str, ...] = ()
    chapters: bool = False
    labels: bool = False
    split: bool = False
    stems: bool = False
    beside: bool = False
    author: str | None = None
    album: str | None = None
    year: int | None = None
    license: str | None = None
    position: AlbumPosition | None = None

    @property
    def channels(self) -> int:
        """One or two."""
        is_mono = (self.bitrate or LOW_BITRATE) < LOW_BITRATE if self.mono is None else self.mono
        return 1 if is_mono else 2

    @property
    def of_sound(self) -> ExportOptions:
        """The options of the sound that is made: these, or for a page those of the MP3 in it or beside it."""
        if self.form != PAGE:
            return self
        bitrate, rate = self.bitrate or PAGE_BITRATE, SAMPLE_RATES[-1]
        return replace(self, form="mp3", bitrate=bitrate, mono=True, sample_rate=rate, beside=False)
