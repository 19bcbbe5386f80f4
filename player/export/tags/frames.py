"""ID3v2.3 tags: in front of an MP3 stream, or behind the sound of a WAV file.

The rule: the version is 2.3, as Windows and many car radios read nothing newer. Chapters follow the "ID3v2 Chapter
Frame Addendum 1.0". The same tags make the same bytes, without padding. Frames stand in the order in which players show
them: texts first, and the picture last, as it is the largest.
"""

from __future__ import annotations

import io
import os
import struct
from typing import TYPE_CHECKING, Any, Final

from mutagen import id3 as mutagen_id3

from player.export.tags.about import chapters, clean, counted, is_address, plain_lyrics, software
from player.export.tags.chapter_limits import ID3 as MOST_CHAPTERS
from player.export.tags.fields import FACTS, SCRIPT
from player.script import tags as language_tags

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from player.export.tags.about import Tags
    from player.export.tags.origin import Origin

_ID3: Final[Any] = mutagen_id3  # mutagen publishes types for a part of itself only
_LATIN_1, _UTF_8 = 0, 3
"""Encodings by their numbers in ID3. Version 2.3 has no UTF-8: mutagen writes UTF-16 in its place."""
_TOP_LEVEL_IN_ORDER: Final = 3
"""Two flags of a table of contents: it is the outermost, and its chapters are in order."""
_UNUSED_OFFSET: Final = 0xFFFFFFFF
"""In place of a chapter's position in bytes: its times count instead."""
_MS, _LYRICS, _FRONT_COVER = 2, 1, 3
"""Numbers of ID3v2.3.0: times in milliseconds and a text that is lyrics (4.10), and a front cover (4.15)."""


def id3(tags: Tags) -> bytes:
    """The whole tag in bytes, as it stands in front of an MP3 stream."""
    body = b"".join(map(_rendered, _frames(tags)))
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + body


def tag_wav(path: Path, tags: Tags) -> None:
    """Add the same tag to a WAV or RF64 file, as a chunk behind the sound."""
    tag = id3(tags)
    with path.open("r+b") as file:
        kind = file.read(4)
        end = file.seek(0, os.SEEK_END)
        file.write(b"\0" * (end % 2) + struct.pack("<4sL", b"id3 ", len(tag)) + tag + b"\0" * (len(tag) % 2))
        size = file.tell() - 8
        file.seek(20 if kind == b"RF64" else 4)  # EBU Tech 3306: RF64 counts in its ds64 chunk
        file.write(struct.pack("<Q" if kind == b"RF64" else "<L", size))


def riff_info(tags: Tags) -> Iterator[tuple[str, str]]:
    """Pairs of a name and a text for the header of a WAV file, where Windows looks; the names are libsndfile's."""
    texts = {
        "title": tags.title,
        "artist": tags.author,
        "album": tags.album,
        "tracknumber": counted(tags.track, tags.tracks),
        "date": str(tags.year or ""),
        "copyright": tags.copyright,
        "comment": tags.summary,
        "genre": tags.technique,
        "software": software(),
    }
    yield from ((name, clean(text)) for name, text in texts.items() if text)


def _rendered(frame: object) -> bytes:
    """One frame in bytes. Given a whole tag, mutagen would sort its frames by size, and players keep that order."""
    tag, rendered = _ID3.ID3(), io.BytesIO()
    tag.add(frame)
    tag.save(rendered, v1=0, v2_version=3, padding=lambda _: 0)
    return rendered.getvalue()[10:]


def _frames(tags: Tags) -> Iterator[object]:
    language = language_tags.iso_639_2(tags.language)
    yield from _texts(tags, language)
    yield from _chapters(tags)
    yield from _lyrics(tags, language or "und")
    if tags.origin:
        yield from _origin(tags.origin)
    if cover := tags.cover():
        yield _ID3.APIC(encoding=_LATIN_1, mime="image/png", type=_FRONT_COVER, desc="", data=cover)


def _texts(tags: Tags, language: str) -> Iterator[object]:
    texts = {
        _ID3.TIT2: tags.title,
        _ID3.TPE1: tags.author,
        _ID3.TALB: tags.album,
        _ID3.TYER: str(tags.year or ""),  # version 2.3's; readers of 2.4 show it as TDRC
        _ID3.TRCK: counted(tags.track, tags.tracks),
        _ID3.TPOS: counted(tags.disc, tags.discs),
        _ID3.TCOP: tags.copyright,
        _ID3.TCON: tags.technique,
        _ID3.TLAN: language,
        _ID3.TLEN: str(tags.total_ms),
        _ID3.TSSE: software(),
    }
    yield from (kind(encoding=_UTF_8, text=clean(text)) for kind, text in texts.items() if text)
    if tags.license:  # both as MusicBrainz Picard has them, after which others read them
        yield _ID3.TXXX(encoding=_UTF_8, desc="LICENSE", text=clean(tags.license))
    if is_address(tags.license):
        yield _ID3.WCOP(url=tags.license)
    if tags.summary:
        yield _ID3.COMM(encoding=_UTF_8, lang=language or "und", desc="", text=clean(tags.summary))


def _chapters(tags: Tags) -> Iterator[object]:
    found = chapters(tags)[:MOST_CHAPTERS]
    names = [f"ch{number}" for number in range(len(found))]
    if names:
        yield _ID3.CTOC(element_id="toc", flags=_TOP_LEVEL_IN_ORDER, child_element_ids=names, sub_frames=[])
    for name, chapter in zip(names, found, strict=True):
        title = _ID3.TIT2(encoding=_UTF_8, text=chapter.title)
        times = {"start_time": chapter.start_ms, "end_time": chapter.end_ms}
        offsets = {"start_offset": _UNUSED_OFFSET, "end_offset": _UNUSED_OFFSET}
        yield _ID3.CHAP(element_id=name, sub_frames=[title], **times, **offsets)


def _lyrics(tags: Tags, language: str) -> Iterator[object]:
    """The lyrics as a text, and again by line with times, where a line break begins each new line (ID3v2.3.0, 4.10)."""
    if not tags.lyrics:
        return
    yield _ID3.USLT(encoding=_UTF_8, lang=language, desc="", text=plain_lyrics(tags))
    lines = [("\n" * (place > 0) + clean(line.text), line.start_ms) for place, line in enumerate(tags.lyrics)]
    yield _ID3.SYLT(encoding=_UTF_8, lang=language, format=_MS, type=_LYRICS, desc="", text=lines)


def _origin(origin: Origin) -> Iterator[object]:
    yield _ID3.TXXX(encoding=_LATIN_1, desc=f"player {FACTS}", text=[origin.document()])
    description = f"player {SCRIPT}"
    named = {"mime": "application/yaml", "filename": clean(origin.name), "desc": description}
    yield _ID3.GEOB(encoding=_UTF_8, data=origin.script, **named)
