"""The options of an export: a format, its quality, and other files beside it.

The rule: options hold everything that is not in the session, and no path; so a session, its values, a voice and options
always make the same bytes. It knows no formats: `exporter.must_be_possible_for` refuses what is not possible.
"""

from __future__ import annotations

from dataclasses import dataclass


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
        The format, by the ending of its files.
    bitrate
        kbit/s; None is the format's own.
    mono
        One channel, the mean of both.
    preset
        A name of `player.export.names.PRESETS`, or None.
    captions
        Files with the spoken lines: any of ``vtt``, ``srt`` and ``lrc``.
    chapters, labels
        Whether the podcasts' JSON chapters, and Audacity's labels, are written beside the file.
    split
        A file for each section and a playlist, in place of one file.
    stems
        Voice, bed and tones as files of their own, beside the whole.
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
    position: AlbumPosition | None = None
