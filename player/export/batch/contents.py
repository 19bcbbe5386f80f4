"""Whether a file that came from another machine is of the kind that its name says, as far as that is cheap to see.

The rule: of sound, the beginning is looked at. Text is read whole: it steers no terminal, a playlist names only files
of its own export, chapters no pictures and no links, and a page has only elements that ours have, and the script of
this version. What sound or text say is not judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeGuard

from player.errors import printable
from player.export import playlists, sidecars
from player.export.captions import is_transcript
from player.export.page.recognised import is_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_AreOwn = Callable[[Sequence[str]], bool]
_Judge = Callable[[str, _AreOwn], bool]

MOST_TEXT: Final = 16 * 2**20
"""Bytes of a text beside the sound. A day of speech has about 220 000 words, and captions of it 4 MB."""
_SOUND: Final[Mapping[str, tuple[tuple[int, bytes], ...]]] = {
    ".mp3": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3")),
    ".wav": ((0, b"RIFF"), (0, b"RF64")),
    ".flac": ((0, b"fLaC"),),
    ".ogg": ((0, b"OggS"),),
    ".opus": ((0, b"OggS"),),
    ".m4a": ((4, b"ftyp"),),
    ".m4b": ((4, b"ftyp"),),
}
"""How sound begins: any of these bytes at their place."""
_SRT: Final = re.compile(r"1\n\d\d:\d\d:\d\d,\d{3} --> ")
_PLAYLIST: Final = re.compile(r"^#EXTINF:\d+\.\d{3},[^\n]*\n([^\n#][^\n]*)\n", re.MULTILINE)
_PLAYLIST_WHOLE: Final = re.compile(rf"#EXTM3U\n#PLAYLIST:[^\n]*\n(?:{_PLAYLIST.pattern})*", re.MULTILINE)
_CHAPTERS: Final = frozenset({"version", "title", "fileName", "chapters"})
_CHAPTER: Final = frozenset({"startTime", "endTime", "title"})
_NUMBERS: Final = (int, float)
_LABELS: Final = re.compile(r"\d+\.\d{6}\t\d+\.\d{6}\t")


def fits(path: Path, name: str, are_own: _AreOwn) -> bool:
    """Whether the file in ``path`` is what ``name`` says.

    ``are_own`` says of names whether the file's own export can have them all.
    """
    if judge := _judge(name):
        text = _read_text(path)
        return text is not None and judge(text, are_own)
    if name.lower().endswith(".html"):
        return is_page(path, are_own)
    with path.open("rb") as file:
        head = file.read(16)
    sound = next((signs for ending, signs in _SOUND.items() if name.lower().endswith(ending)), ())
    return any(head.startswith(sign, at) for at, sign in sound)


def is_text(name: str) -> bool:
    """Whether it is the name of a text beside the sound."""
    return _judge(name) is not None


def _read_text(path: Path) -> str | None:
    """A text without what steers a terminal; None if it is anything else."""
    if path.stat().st_size > MOST_TEXT:
        return None
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    plain = text.replace("\n", "").replace("\t", "")
    return text if printable(plain) == plain else None


def _is_playlist(text: str, are_own: _AreOwn) -> bool:
    """Whether it is one that `playlists` can have made, and all that it names is a file of the same export.

    Other directives of the format name addresses too, such as those of pictures and keys.
    """
    names = _PLAYLIST.findall(text) if _PLAYLIST_WHOLE.fullmatch(text) else None
    return names is not None and are_own([name.removeprefix("./") for name in names])


def _is_chapters(text: str) -> bool:
    try:
        told = json.loads(text, object_pairs_hook=_with_each_key_once)
    except (ValueError, RecursionError):
        return False
    if not _has_only(told, _CHAPTERS):
        return False
    chapters = told.pop("chapters", None)
    texts = all(isinstance(text, str) for text in told.values())
    return texts and isinstance(chapters, list) and all(map(_is_chapter, chapters))


def _with_each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Of a key that stands there twice, another program may read the value that was not looked at here."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _is_chapter(told: object) -> bool:
    """Its times and its title, and nothing else: other keys of the format name addresses."""
    if not _has_only(told, _CHAPTER):
        return False
    return all(isinstance(value, str) if key == "title" else type(value) in _NUMBERS for key, value in told.items())


def _has_only(told: object, keys: frozenset[str]) -> TypeGuard[dict[str, object]]:
    return isinstance(told, dict) and told.keys() <= keys


_TEXTS: Final[Mapping[str, _Judge]] = {
    sidecars.TRANSCRIPT: lambda text, _: is_transcript(text),
    sidecars.CHAPTERS: lambda text, _: _is_chapters(text),
    sidecars.LABELS: lambda text, _: not text or _LABELS.match(text) is not None,
    playlists.ENDING: _is_playlist,
    ".vtt": lambda text, _: text.startswith("WEBVTT\n"),
    ".srt": lambda text, _: not text or _SRT.match(text) is not None,
    ".lrc": lambda text, _: text.startswith("["),
    ".txt": lambda *_: True,
}
"""By the ending of their names; the first that fits counts."""


def _judge(name: str) -> _Judge | None:
    """What judges a text of that name; None if it is the name of something else."""
    return next((judge for ending, judge in _TEXTS.items() if name.lower().endswith(ending)), None)
