"""What a file says of itself: title, summary, technique, language, and its chapters. The one module that knows mutagen.

The rule: tags never touch the sound, and the same session makes the same tags: no dates, no padding.
MP3 and WAV carry ID3v2.3, because Windows and many car radios read nothing newer, with chapters after "ID3v2 Chapter
Frame Addendum 1.0"; FLAC, Ogg and Opus carry Vorbis comments with chapters as ``CHAPTER001=00:00:00.000``.
"""

from __future__ import annotations

import contextlib
import io
import os
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from player.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from player.timeline.model import Section

_UTF_8: Final = 3
_TOP_LEVEL_IN_ORDER: Final = 3
_UNUSED_OFFSET: Final = 0xFFFFFFFF
_MOST_CHAPTERS: Final = 255
"""An ID3 table of contents counts its entries in one byte."""
_LANGUAGES: Final = (
    "ar:ara bg:bul ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng es:spa et:est eu:eus fa:fas fi:fin "
    "fr:fra ga:gle he:heb hi:hin hr:hrv hu:hun id:ind is:isl it:ita ja:jpn ko:kor lt:lit lv:lav ms:msa "
    "nb:nob nl:nld nn:nno no:nor pl:pol pt:por ro:ron ru:rus sk:slk sl:slv sr:srp sv:swe sw:swa ta:tam "
    "th:tha tr:tur uk:ukr ur:urd vi:vie zh:zho"
)
"""ISO 639-1 and 639-2: ID3 names languages by three letters, scripts as BCP 47 does."""


@dataclass(frozen=True)
class Tags:
    """What a file says of itself; ``language`` is BCP 47, and what is empty is left out."""

    title: str
    summary: str = ""
    technique: str = ""
    language: str = ""
    chapters: tuple[Section, ...] = ()
    total_ms: int = 0


class _Chapter(NamedTuple):
    title: str
    start_ms: int
    end_ms: int


def id3(tags: Tags) -> bytes:
    """The whole ID3v2.3 tag, to stand in front of an MP3 stream."""
    body = b"".join(map(_rendered, _id3_frames(tags)))
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


def tag_flac(path: Path, tags: Tags) -> None:
    """Give a FLAC file its Vorbis comments."""
    from mutagen.flac import FLAC  # noqa: PLC0415

    _comment(FLAC, path, tags)


def tag_ogg(path: Path, tags: Tags) -> None:
    """Give an Ogg Vorbis file its comments."""
    from mutagen.oggvorbis import OggVorbis  # noqa: PLC0415

    _comment(OggVorbis, path, tags)


def tag_opus(path: Path, tags: Tags) -> None:
    """Give an Opus file its comments."""
    from mutagen.oggopus import OggOpus  # noqa: PLC0415

    _comment(OggOpus, path, tags)


def riff_info(tags: Tags) -> Iterator[tuple[str, str]]:
    """Names as libsndfile has them, and texts, for the head of a WAV file, where Windows looks for them."""
    texts = {"title": tags.title, "comment": tags.summary, "genre": tags.technique, "software": software()}
    yield from ((name, _clean(text)) for name, text in texts.items() if text)


def software() -> str:
    """The program and its version."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return f"player {version('player')}"
    except PackageNotFoundError:  # run from a folder that was never installed
        return "player"


def _rendered(frame: object) -> bytes:
    """One frame of a tag. Of a whole tag mutagen orders the frames by size, and players show chapters as they come."""
    from mutagen import id3 as known  # noqa: PLC0415  (only an export needs mutagen)

    kind: Any = known.ID3
    tag, rendered = kind(), io.BytesIO()
    tag.add(frame)
    tag.save(rendered, v1=0, v2_version=3, padding=_no_padding)
    return rendered.getvalue()[10:]


def _id3_frames(tags: Tags) -> Iterator[object]:
    from mutagen import id3 as known  # noqa: PLC0415

    frames: Any = known  # mutagen is typed by halves
    language = _iso_639_2(tags.language)
    texts = {
        frames.TIT2: tags.title,
        frames.TCON: tags.technique,
        frames.TLAN: language,
        frames.TLEN: str(tags.total_ms),
        frames.TSSE: software(),
    }
    yield from (kind(encoding=_UTF_8, text=_clean(text)) for kind, text in texts.items() if text)
    if tags.summary:
        yield frames.COMM(encoding=_UTF_8, lang=language or "und", desc="", text=_clean(tags.summary))
    if chapters := _chapters(tags)[:_MOST_CHAPTERS]:
        names = [f"ch{number}" for number in range(len(chapters))]
        yield frames.CTOC(element_id="toc", flags=_TOP_LEVEL_IN_ORDER, child_element_ids=names, sub_frames=[])
        for name, chapter in zip(names, chapters, strict=True):
            title = frames.TIT2(encoding=_UTF_8, text=chapter.title)
            times = {"start_time": chapter.start_ms, "end_time": chapter.end_ms}
            offsets = {"start_offset": _UNUSED_OFFSET, "end_offset": _UNUSED_OFFSET}
            yield frames.CHAP(element_id=name, sub_frames=[title], **times, **offsets)


def _comment(kind: Callable[[Path], Any], path: Path, tags: Tags) -> None:
    with _as_os_errors():
        file = kind(path)
        if file.tags is None:
            file.add_tags()
        file.tags.clear()
        for name, text in _comments(tags):
            file.tags.append((name, text))
        file.save(padding=_no_padding)


def _comments(tags: Tags) -> Iterator[tuple[str, str]]:
    """Names and texts of Vorbis comments; those of the chapters as OGM has them, which players know."""
    texts = {"TITLE": tags.title, "DESCRIPTION": tags.summary, "GENRE": tags.technique, "LANGUAGE": tags.language}
    yield from ((name, _clean(text)) for name, text in texts.items() if text)
    yield "ENCODER", software()
    for number, chapter in enumerate(_chapters(tags)[:999], 1):
        seconds, ms = divmod(chapter.start_ms, 1000)
        yield f"CHAPTER{number:03}", f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
        yield f"CHAPTER{number:03}NAME", chapter.title


def _chapters(tags: Tags) -> list[_Chapter]:
    """Each section up to the next; the last to the end."""
    ends = [section.start_ms for section in tags.chapters[1:]] + [tags.total_ms]
    pairs = zip(tags.chapters, ends, strict=True) if tags.chapters else ()
    return [_Chapter(_clean(section.title), section.start_ms, end) for section, end in pairs]


def _clean(text: str) -> str:
    """On one line, without control characters: a zero would end an ID3 text."""
    return printable(" ".join(text.split()))


def _iso_639_2(language: str) -> str:
    primary = language.partition("-")[0].lower()
    known = dict(pair.split(":") for pair in _LANGUAGES.split())
    return primary if len(primary) == 3 else known.get(primary, "")


def _no_padding(_info: object) -> int:
    return 0


@contextlib.contextmanager
def _as_os_errors() -> Iterator[None]:
    """Unwraps what the file system says, which mutagen wraps."""
    from mutagen import MutagenError  # noqa: PLC0415

    try:
        yield
    except MutagenError as error:
        cause = error.args[0] if error.args else None
        raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error
