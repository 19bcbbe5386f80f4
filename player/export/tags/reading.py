"""Reading tags: what a finished file says of itself, in any format.

The rule: it reads files that this program has written, and tells them by the program's name in their tags. Files come
from anywhere and may have been edited since, so a text that is missing or of another kind is empty. Only the length
comes from the sound, where mutagen can count it.
"""

from __future__ import annotations

import base64
import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import mutagen
from mutagen import MutagenError
from mutagen.flac import Picture
from mutagen.id3 import ID3
from mutagen.mp4 import MP4Tags

from player.errors import MediaError, printable
from player.export.tags.origin import FLAWS, riff_tag
from player.script import tags as language_tags

if TYPE_CHECKING:
    from pathlib import Path

_OURS: Final = "player "
"""How the name of the software begins (`about.software`)."""
_ATOM_LANGUAGE: Final = "----:player:language"


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
    try:
        with path.open("rb") as file:
            head = file.read(4)
        return _of_wav(riff_tag(path)) if head in {b"RIFF", b"RF64"} else _of_file(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise MediaError(f"{printable(str(path))} cannot be read: {printable(reason)}") from error
    except (*FLAWS, MutagenError):
        return None


def _of_wav(tag: bytes) -> TagsRead | None:
    kind: Any = ID3
    return _of_frames(kind(io.BytesIO(tag)), 0) if tag else None


def _of_file(path: Path) -> TagsRead | None:
    opener: Any = mutagen  # mutagen publishes types for a part of itself only
    file = opener.File(path)
    tags, length_ms = getattr(file, "tags", None), round(getattr(getattr(file, "info", None), "length", 0) * 1000)
    if tags is None:
        return None
    if hasattr(tags, "getall"):
        return _of_frames(tags, length_ms)
    return _of_atoms(tags, length_ms) if isinstance(tags, MP4Tags) else _of_comments(file, tags, length_ms)


def _of_frames(tags: Any, length_ms: int) -> TagsRead | None:  # noqa: ANN401
    def text(name: str) -> str:
        found = tags.getall(name)
        return str(found[0].text[0]) if found and found[0].text else ""

    if not text("TSSE").startswith(_OURS):
        return None
    pictures = tags.getall("APIC")
    return TagsRead(
        title=text("TIT2"),
        summary=text("COMM"),
        language=language_tags.of_iso_639_2(text("TLAN")),
        author=text("TPE1"),
        album=text("TALB"),
        track=_number(text("TRCK")),
        disc=_number(text("TPOS")),
        length_ms=length_ms or _number(text("TLEN")),
        cover=bytes(pictures[0].data) if pictures else b"",
    )


def _of_comments(file: Any, tags: Any, length_ms: int) -> TagsRead | None:  # noqa: ANN401
    def text(name: str) -> str:
        return str(tags[name][0]) if name in tags else ""

    if not text("ENCODER").startswith(_OURS):
        return None
    return TagsRead(
        title=text("TITLE"),
        summary=text("DESCRIPTION"),
        language=text("LANGUAGE"),
        author=text("ARTIST"),
        album=text("ALBUM"),
        track=_number(text("TRACKNUMBER")),
        disc=_number(text("DISCNUMBER")),
        length_ms=length_ms,
        cover=_picture_of(file, text("METADATA_BLOCK_PICTURE")),
    )


def _of_atoms(tags: Any, length_ms: int) -> TagsRead | None:  # noqa: ANN401
    def text(name: str) -> str:
        return str(tags[name][0]) if tags.get(name) else ""

    if not text("\xa9too").startswith(_OURS):
        return None
    language = tags.get(_ATOM_LANGUAGE)
    return TagsRead(
        title=text("\xa9nam"),
        summary=text("desc"),
        language=bytes(language[0]).decode() if language else "",
        author=text("\xa9ART"),
        album=text("\xa9alb"),
        track=int(tags["trkn"][0][0]) if tags.get("trkn") else 0,
        disc=int(tags["disk"][0][0]) if tags.get("disk") else 0,
        length_ms=length_ms,
        cover=bytes(tags["covr"][0]) if tags.get("covr") else b"",
    )


def _picture_of(file: Any, encoded: str) -> bytes:  # noqa: ANN401
    """FLAC has pictures of its own; Ogg carries the same block in base64. A damaged one is none."""
    kind: Any = Picture
    with contextlib.suppress(MutagenError, *FLAWS):
        if pictures := getattr(file, "pictures", None):
            return bytes(pictures[0].data)
        return bytes(kind(base64.b64decode(encoded)).data) if encoded else b""
    return b""


def _number(text: str) -> int:
    """The first number of ``2/5``."""
    first = text.partition("/")[0].strip()
    return int(first) if first.isascii() and first.isdigit() and len(first) < 10 else 0
