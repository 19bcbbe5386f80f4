"""What someone wants of an export: a format, its quality, and what else is made beside the file.

The rule: a wish says all that is not in the session, and nothing of where the files go; so a session, its values, a
voice and a wish always make the same bytes. It knows no formats: what cannot be had is told where it is made.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AlbumPosition:
    """Where a session stands in a programme: the programme's title, and which of how many it is, counted from 1."""

    programme: str
    number: int
    count: int


@dataclass(frozen=True)
class ExportOptions:
    """How a session is to become files.

    Attributes
    ----------
    form
        The format, by the ending of its files.
    bitrate
        kbit/s; None is the format's own.
    mono
        One channel, the mean of both sides.
    preset
        A name of `player.export.presets.PRESETS`, or None.
    captions
        Sidecars with what is said: any of ``vtt``, ``srt`` and ``lrc``.
    chapters, labels
        Whether the podcasts' JSON chapters, and Audacity's labels, are written beside the file.
    split
        A file for each section, and a playlist, in the place of one file.
    stems
        Voice, bed and tones as files of their own, beside the whole.
    place
        Where it stands in a programme, which its file then tells; None is by itself.
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
    place: AlbumPosition | None = None
