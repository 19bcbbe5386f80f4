"""Whether a file that came from another machine is of the kind that its name says, as far as that is cheap to see.

The rule: of sound, the beginning is looked at. Text is read whole: it steers no terminal, a playlist names only files
of its own export, and a page can run nothing but the script of this version. What sound or text say is not judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from player.errors import printable
from player.export import playlists, sidecars
from player.export.captions import is_transcript
from player.export.page.document import METAS, begins_as_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_AreOwn = Callable[[Sequence[str]], bool]
_Judge = Callable[[str, _AreOwn], bool]

MOST_TEXT: Final = 16 * 2**20
"""Bytes of a text beside the sound. A day of speech has about 220 000 words, and captions of it 4 MB."""
_HEAD: Final = 2**14
_PIECE: Final = 2**20
_META: Final = b"<meta"
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
_LABELS: Final = re.compile(r"\d+\.\d{6}\t\d+\.\d{6}\t")


def fits(path: Path, name: str, are_own: _AreOwn) -> bool:
    """Whether the file in ``path`` is what ``name`` says.

    ``are_own`` says of names whether the file's own export can have them all.
    """
    if judge := _judge(name):
        text = _read_text(path)
        return text is not None and judge(text, are_own)
    if name.lower().endswith(".html"):
        return _is_page(path)
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


def _is_page(path: Path) -> bool:
    """Whether it has our policy before anything else, and no other ``meta`` than ours: one could lead elsewhere."""
    with path.open("rb") as file:
        head = file.read(_HEAD).decode("utf-8", "replace")
    return begins_as_page(head) and _count(path, _META) <= METAS


def _count(path: Path, sign: bytes) -> int:
    count, rest = 0, b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            text = (rest + piece).lower()
            count += text.count(sign)
            rest = text[1 - len(sign) :]
    return count


def _is_playlist(text: str, are_own: _AreOwn) -> bool:
    """Whether all that it names is a file of the same export, and no address."""
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    return text.startswith("#EXTM3U\n") and are_own([line.removeprefix("./") for line in lines])


def _is_chapters(text: str) -> bool:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and isinstance(told.get("chapters"), list)


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
