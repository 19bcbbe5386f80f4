"""Reading tags: what a finished file says of itself, in any format.

The rule: it reads files that this program has written, and tells them by the program's name in their tags. Files come
from anywhere and may have been edited since, so a text that is missing or of another kind is empty. Only the length
comes from the sound, where mutagen can count it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from player.export.tags.opening import fields_of
from player.script import tags as language_tags

if TYPE_CHECKING:
    from pathlib import Path

_OURS: Final = "player "
"""How the name of the software begins (`about.software`)."""
_LETTERS_OF_ISO: Final = 3


@dataclass(frozen=True)
class TagsRead:
    """What a file says of itself; a text or number that it does not say is empty or 0.

    Attributes
    ----------
    language
        BCP 47, as short as it can be: ID3 knows only ``en`` of ``en-GB``.
    author
        Whom players show as the artist.
    track, disc
        Its number in its album from 1, and the number of its session where sessions were split.
    length_ms
        Of the sound.
    cover
        A picture, PNG as this program draws it, or of any kind where somebody put another one in.
    """

    title: str
    summary: str = ""
    language: str = ""
    author: str = ""
    album: str = ""
    track: int = 0
    disc: int = 0
    length_ms: int = 0
    cover: bytes = b""


def read_tags(path: Path) -> TagsRead | None:
    """The tags of a file that this program has made; None for any other sound file.

    Raises
    ------
    MediaError
        If the file cannot be read.
    """
    found = fields_of(path)
    if found is None or not found.software.startswith(_OURS):
        return None
    language = found.language
    return TagsRead(
        title=found.title,
        summary=found.summary,
        language=language_tags.of_iso_639_2(language) if len(language) == _LETTERS_OF_ISO else language,
        author=found.author,
        album=found.album,
        track=_number(found.track),
        disc=_number(found.disc),
        length_ms=found.length_ms,
        cover=found.cover,
    )


def _number(text: str) -> int:
    """The first number of ``2/5``."""
    first = text.partition("/")[0].strip()
    return int(first) if first.isascii() and first.isdigit() and len(first) < 10 else 0
