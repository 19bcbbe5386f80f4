"""ID3v2.3, in front of an MP3 stream and behind the sound of a WAV file.

The rule: version 2.3, because Windows and many car radios read nothing newer; chapters after "ID3v2 Chapter Frame
Addendum 1.0". The same tags make the same bytes, without padding, and frames come in the order in which players show
them: texts first, the picture, which is largest, last.
"""

from __future__ import annotations

import io
import os
import struct
from typing import TYPE_CHECKING, Any, Final

from player.export.tags.about import chapters, clean, counted, plain_lyrics, software
from player.export.tags.languages import iso_639_2
from player.export.tags.origin import FACTS, SCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from player.export.tags.about import Tags
    from player.export.tags.origin import Origin

_LATIN_1, _UTF_8 = 0, 3
"""mutagen writes UTF-8 as UTF-16 where the version has none."""
_TOP_LEVEL_IN_ORDER: Final = 3
_UNUSED_OFFSET: Final = 0xFFFFFFFF
_MOST_CHAPTERS: Final = 255
"""An ID3 table of contents counts its entries in one byte."""
_MS, _LYRICS, _FRONT_COVER = 2, 1, 3
"""A time stamp in milliseconds, a kind of text, a kind of picture: ID3v2.3.0, 4.10 and 4.15."""


def id3(tags: Tags) -> bytes:
    """The whole ID3v2.3 tag, to stand in front of an MP3 stream."""
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
    """Names as libsndfile has them, and texts, for the head of a WAV file, where Windows looks for them."""
    texts = {
        "title": tags.title,
        "album": tags.album,
        "tracknumber": counted(tags.track, tags.tracks),
        "comment": tags.summary,
        "genre": tags.technique,
        "software": software(),
    }
    yield from ((name, clean(text)) for name, text in texts.items() if text)


def _rendered(frame: object) -> bytes:
    """One frame of a tag. Of a whole tag mutagen orders the frames by size, and players show chapters as they come."""
    from mutagen import id3 as known  # noqa: PLC0415  (only an export needs mutagen)

    kind: Any = known.ID3
    tag, rendered = kind(), io.BytesIO()
    tag.add(frame)
    tag.save(rendered, v1=0, v2_version=3, padding=lambda _: 0)
    return rendered.getvalue()[10:]


def _frames(tags: Tags) -> Iterator[object]:
    from mutagen import id3 as known  # noqa: PLC0415

    frames: Any = known  # mutagen is typed by halves
    language = iso_639_2(tags.language)
    yield from _texts(frames, tags, language)
    yield from _chapters(frames, tags)
    yield from _lyrics(frames, tags, language or "und")
    if tags.origin:
        yield from _origin(frames, tags.origin)
    if cover := tags.cover():
        yield frames.APIC(encoding=_LATIN_1, mime="image/png", type=_FRONT_COVER, desc="", data=cover)


def _texts(frames: Any, tags: Tags, language: str) -> Iterator[object]:  # noqa: ANN401
    texts = {
        frames.TIT2: tags.title,
        frames.TALB: tags.album,
        frames.TRCK: counted(tags.track, tags.tracks),
        frames.TPOS: counted(tags.disc, tags.discs),
        frames.TCON: tags.technique,
        frames.TLAN: language,
        frames.TLEN: str(tags.total_ms),
        frames.TSSE: software(),
    }
    yield from (kind(encoding=_UTF_8, text=clean(text)) for kind, text in texts.items() if text)
    if tags.summary:
        yield frames.COMM(encoding=_UTF_8, lang=language or "und", desc="", text=clean(tags.summary))


def _chapters(frames: Any, tags: Tags) -> Iterator[object]:  # noqa: ANN401
    found = chapters(tags)[:_MOST_CHAPTERS]
    names = [f"ch{number}" for number in range(len(found))]
    if names:
        yield frames.CTOC(element_id="toc", flags=_TOP_LEVEL_IN_ORDER, child_element_ids=names, sub_frames=[])
    for name, chapter in zip(names, found, strict=True):
        title = frames.TIT2(encoding=_UTF_8, text=chapter.title)
        times = {"start_time": chapter.start_ms, "end_time": chapter.end_ms}
        offsets = {"start_offset": _UNUSED_OFFSET, "end_offset": _UNUSED_OFFSET}
        yield frames.CHAP(element_id=name, sub_frames=[title], **times, **offsets)


def _lyrics(frames: Any, tags: Tags, language: str) -> Iterator[object]:  # noqa: ANN401
    """The text, and the text with its times: there a line break stands before each new line (ID3v2.3.0, 4.10)."""
    if not tags.lyrics:
        return
    yield frames.USLT(encoding=_UTF_8, lang=language, desc="", text=plain_lyrics(tags))
    lines = [("\n" * (place > 0) + clean(line.text), line.start_ms) for place, line in enumerate(tags.lyrics)]
    yield frames.SYLT(encoding=_UTF_8, lang=language, format=_MS, type=_LYRICS, desc="", text=lines)


def _origin(frames: Any, origin: Origin) -> Iterator[object]:  # noqa: ANN401
    yield frames.TXXX(encoding=_LATIN_1, desc=f"player {FACTS}", text=[origin.document()])
    description = f"player {SCRIPT}"
    named = {"mime": "application/yaml", "filename": clean(origin.name), "desc": description}
    yield frames.GEOB(encoding=_UTF_8, data=origin.script, **named)
