"""Vorbis comments: FLAC, Ogg Vorbis and Opus.

The rule: names as their own recommendations and common players have them. Chapters stand as
``CHAPTER001=00:00:00.000``, the total in ms as ``LENGTH``, what is said as ``LYRICS`` with a time before each line, and
the picture as FLAC's own block, which Ogg carries in base64. The same tags make the same bytes, without padding.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from mutagen.flac import FLAC, Picture
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from player.export.tags.about import as_os_errors, chapters, clean, plain_lyrics, software
from player.export.tags.chapter_limits import VORBIS as MOST_CHAPTERS
from player.export.tags.fields import FACTS, SCRIPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from player.export.tags.about import Tags

_FRONT_COVER: Final = 3
_PNG_SIDE_AT: Final = 16


def tag_flac(path: Path, tags: Tags) -> None:
    """Give a FLAC file its Vorbis comments and its picture."""

    def pictured(file: Any) -> None:  # noqa: ANN401
        file.clear_pictures()
        if cover := tags.cover():
            file.add_picture(_picture(cover))

    _comment(FLAC, path, _comments(tags), pictured)


def tag_ogg(path: Path, tags: Tags) -> None:
    """Give an Ogg Vorbis file its comments."""
    _comment(OggVorbis, path, _with_picture(tags))


def tag_opus(path: Path, tags: Tags) -> None:
    """Give an Opus file its comments."""
    _comment(OggOpus, path, _with_picture(tags))


def _comment(
    kind: Callable[[Path], Any],
    path: Path,
    comments: Iterator[tuple[str, str]],
    more: Callable[[Any], None] = lambda _: None,
) -> None:
    with as_os_errors():
        file = kind(path)
        if file.tags is None:
            file.add_tags()
        file.tags.clear()
        for name, text in comments:
            file.tags.append((name, text))
        more(file)
        file.save(padding=lambda _: 0)


def _comments(tags: Tags) -> Iterator[tuple[str, str]]:
    """Names and texts of Vorbis comments; those of the chapters as OGM has them, which players know."""
    texts = {
        "TITLE": tags.title,
        "ARTIST": tags.author,
        "ALBUM": tags.album,
        "TRACKNUMBER": str(tags.track or ""),
        "TRACKTOTAL": str(tags.tracks or ""),
        "DISCNUMBER": str(tags.disc or ""),
        "DISCTOTAL": str(tags.discs or ""),
        "DATE": str(tags.year or ""),
        "LICENSE": tags.license,
        "COPYRIGHT": tags.copyright,
        "DESCRIPTION": tags.summary,
        "GENRE": tags.technique,
        "LANGUAGE": tags.language,
        "LENGTH": str(tags.total_ms or ""),
    }
    yield from ((name, clean(text)) for name, text in texts.items() if text)
    yield "ENCODER", software()
    for number, chapter in enumerate(chapters(tags)[:MOST_CHAPTERS], 1):
        seconds, ms = divmod(chapter.start_ms, 1000)
        yield f"CHAPTER{number:03}", f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
        yield f"CHAPTER{number:03}NAME", chapter.title
    if tags.lyrics:
        yield "LYRICS", "\n".join(f"[{_minutes(line.start_ms)}]{clean(line.text)}" for line in tags.lyrics)
        yield "UNSYNCEDLYRICS", plain_lyrics(tags)
    if tags.origin:
        yield f"PLAYER_{FACTS}".upper(), tags.origin.document()
        yield f"PLAYER_{SCRIPT}".upper(), tags.origin.script.decode()


def _with_picture(tags: Tags) -> Iterator[tuple[str, str]]:
    yield from _comments(tags)
    if cover := tags.cover():
        yield "METADATA_BLOCK_PICTURE", base64.b64encode(_picture(cover).write()).decode("ascii")


def _picture(cover: bytes) -> Any:  # noqa: ANN401
    kind: Any = Picture
    picture = kind()
    picture.type, picture.mime, picture.data, picture.depth = _FRONT_COVER, "image/png", cover, 24
    picture.width = int.from_bytes(cover[_PNG_SIDE_AT : _PNG_SIDE_AT + 4], "big")
    picture.height = int.from_bytes(cover[_PNG_SIDE_AT + 4 : _PNG_SIDE_AT + 8], "big")
    return picture


def _minutes(ms: int) -> str:
    hundredths = (ms + 5) // 10
    return f"{hundredths // 6000:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"
