"""What a file says of itself: title, summary, technique, language, and its chapters. The one module that knows mutagen.

The rule: tags never touch the sound, and the same session makes the same tags: no dates, no padding.
MP3 and WAV carry ID3v2.3, because Windows and many car radios read nothing newer, with chapters after "ID3v2 Chapter
Frame Addendum 1.0"; FLAC, Ogg and Opus carry Vorbis comments with chapters as ``CHAPTER001=00:00:00.000``.
"""

from __future__ import annotations

import contextlib
import io
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
    tag, rendered = _frames().ID3(), io.BytesIO()
    _fill(tag, tags)
    tag.save(rendered, v1=0, v2_version=3, padding=_no_padding)
    return rendered.getvalue()


def tag_wav(path: Path, tags: Tags) -> None:
    """Add the same tag to a WAV file, behind the sound."""
    from mutagen import wave  # noqa: PLC0415

    kind: Any = wave.WAVE
    with _as_os_errors():
        file = kind(path)
        file.add_tags()
        _fill(file.tags, tags)
        file.save(v2_version=3, padding=_no_padding)


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
    """Names as libsndfile has them, and texts, for the head of a WAV file: what Windows shows, but no chapters."""
    texts = {"title": tags.title, "comment": tags.summary, "genre": tags.technique, "software": software()}
    yield from ((name, _clean(text)) for name, text in texts.items() if text)


def software() -> str:
    """The program and its version."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return f"player {version('player')}"
    except PackageNotFoundError:  # run from a folder that was never installed
        return "player"


def _frames() -> Any:  # noqa: ANN401  (mutagen is typed by halves)
    from mutagen import id3 as frames  # noqa: PLC0415  (only an export needs mutagen)

    return frames


def _fill(tag: Any, tags: Tags) -> None:  # noqa: ANN401
    m = _frames()

    def words(kind: type, text: str, **more: object) -> None:
        if text:
            tag.add(kind(encoding=_UTF_8, text=_clean(text), **more))

    language = _iso_639_2(tags.language)
    words(m.TIT2, tags.title)
    words(m.COMM, tags.summary, lang=language or "und", desc="")
    words(m.TCON, tags.technique)
    words(m.TLAN, language)
    words(m.TLEN, str(tags.total_ms))
    words(m.TSSE, software())
    chapters = _chapters(tags)[:_MOST_CHAPTERS]
    names = [f"ch{number}" for number in range(len(chapters))]
    if chapters:
        tag.add(m.CTOC(element_id="toc", flags=_TOP_LEVEL_IN_ORDER, child_element_ids=names, sub_frames=[]))
    for name, chapter in zip(names, chapters, strict=True):
        title = m.TIT2(encoding=_UTF_8, text=chapter.title)
        times = {"start_time": chapter.start_ms, "end_time": chapter.end_ms}
        offsets = {"start_offset": _UNUSED_OFFSET, "end_offset": _UNUSED_OFFSET}
        tag.add(m.CHAP(element_id=name, sub_frames=[title], **times, **offsets))


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
