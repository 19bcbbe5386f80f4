"""The content of tags in any format: title, chapters, spoken lines, a cover and the origin.

The rule: the same session has the same tags: no dates, no folders, no names of machines. What all formats need stands
here too: languages by three letters, and mutagen's errors as those of the file system.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from mutagen import MutagenError

from player import __version__
from player.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from player.export.tags.origin import Origin
    from player.timeline.model import Section


@dataclass(frozen=True)
class SpokenLine:
    """A line that is spoken, and when it begins."""

    text: str
    start_ms: int


@dataclass(frozen=True)
class Tags:
    """The tags of a file; empty ones are left out.

    Attributes
    ----------
    language
        BCP 47.
    chapters
        Their titles and where they begin, each up to the next.
    lyrics
        The spoken lines, in order.
    cover
        Gives a PNG or empty bytes; it may have to wait for it.
    origin
        The script that the file was made from.
    album, track, tracks
        The whole that it is a part of, its number from 1, and the number of parts: a session of a programme, or a
        section of a session.
    disc, discs
        For a section of a session of a programme: which session of how many.
    author, year, license
        Who made it, when (four figures; 0 is not known), and under which terms: a name such as ``CC BY 4.0``, or an
        address.
    """

    title: str
    summary: str = ""
    technique: str = ""
    language: str = ""
    chapters: tuple[Section, ...] = ()
    total_ms: int = 0
    lyrics: tuple[SpokenLine, ...] = ()
    cover: Callable[[], bytes] = field(default=bytes, compare=False)
    origin: Origin | None = None
    album: str = ""
    track: int = 0
    tracks: int = 0
    disc: int = 0
    discs: int = 0
    author: str = ""
    year: int = 0
    license: str = ""

    @property
    def copyright(self) -> str:
        """The line that players show as copyright: ``2026 Ana Silva, CC BY 4.0``; empty without a licence.

        ID3v2.3.0 (4.2.1, TCOP) wants the year in front.
        """
        whose = " ".join(each for each in (str(self.year or ""), self.author) if each)
        return ", ".join(each for each in (whose, self.license) if each) if self.license else ""


class TagChapter(NamedTuple):
    """A chapter with its end."""

    title: str
    start_ms: int
    end_ms: int


def chapters(tags: Tags) -> list[TagChapter]:
    """Each chapter up to the next; the last to the end."""
    ends = [section.start_ms for section in tags.chapters[1:]] + [tags.total_ms]
    pairs = zip(tags.chapters, ends, strict=True) if tags.chapters else ()
    return [TagChapter(clean(section.title), section.start_ms, end) for section, end in pairs]


def plain_lyrics(tags: Tags) -> str:
    """The spoken lines, one on each line."""
    return "\n".join(clean(line.text) for line in tags.lyrics)


def counted(number: int, count: int) -> str:
    """Such as ``2/5``; empty where it is no part."""
    return f"{number}/{count}" if number and count else str(number or "")


def is_address(text: str) -> bool:
    """Whether a licence is an address, which ID3 keeps in a frame for addresses, in Latin-1."""
    return text.startswith(("http://", "https://")) and text.isascii() and " " not in text


def clean(text: str) -> str:
    """On one line, without control characters: a zero would end an ID3 text."""
    return printable(" ".join(text.split()))


def software() -> str:
    """The program and its version."""
    return f"player {__version__}"


@contextlib.contextmanager
def as_os_errors() -> Iterator[None]:
    """Raise the file system's error in place of mutagen's, which wraps it."""
    try:
        yield
    except MutagenError as error:
        cause = error.args[0] if error.args else None
        raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error
