"""A person's own takes: the name of a line's take, and its file in a folder.

The rule: a name depends on the words alone (tests/voice/test_own_takes.py). So a changed script keeps its takes, and
one folder serves many sessions. Numbers in front of names only put the files in order. Case and punctuation do not
count: in none of the bundled sessions do two lines have the same words. The files are not read here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from player.errors import UsageError, printable
from player.storage.folders import expanded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

LONGEST: Final = 40
"""Letters of the words in a name. A longer line is cut after a word, and six digits of a digest make it unique."""
ENDINGS: Final = (
    *(".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".caf", ".w64", ".rf64"),
    *(".m4a", ".mp4", ".aac", ".wma", ".webm", ".mka", ".amr", ".3gp"),
)
"""The endings of sound files. Those of the second row can be read if ffmpeg is installed."""

_APOSTROPHES: Final = re.compile("['\u2019\u02bc]")
_NUMBERED: Final = re.compile(r"\d+-(?=.)")
_DIGITS: Final = 6


def words(text: str) -> str:
    """The words of a text in lower case, joined by hyphens; empty if there are none.

    Letters of all scripts are kept as they are written, in their composed form (NFC).
    """
    bare = _APOSTROPHES.sub("", _folded(text))
    return "-".join("".join(char if _is_letter(char) else " " for char in bare).split())


def name(text: str) -> str:
    """The name of a line's take, without number and ending."""
    whole, symbols = words(text), _symbols(text)
    if whole and len(whole) <= LONGEST and not symbols:
        return whole
    cut = whole if len(whole) <= LONGEST else whole[: LONGEST + 1].rpartition("-")[0] or whole[:LONGEST]
    digest = hashlib.sha256(f"{whole} {symbols}".encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return f"{cut}-{digest}" if cut else digest


class MatchedTakes(NamedTuple):
    """The files by the name of their line, more than one if the user must choose; and the files of no line."""

    files: Mapping[str, tuple[Path, ...]]
    unused: tuple[Path, ...]


def matched(files: Iterable[Path], texts: Iterable[str]) -> MatchedTakes:
    """Match files to lines.

    A number in front of a file's name, case and punctuation do not count. The name of a long line may be written out.
    """
    known = {name(text): name(text) for text in texts}
    for text in texts:
        if not _symbols(text):
            known.setdefault(words(text), name(text))
    found: dict[str, tuple[Path, ...]] = {}
    unused: list[Path] = []
    for file in files:
        stem = words(file.stem)
        line = known.get(stem) or known.get(_NUMBERED.sub("", stem, count=1))
        if line is None:
            unused.append(file)
        else:
            found[line] = (*found.get(line, ()), file)
    return MatchedTakes(found, tuple(unused))


def in_folder(folder: str) -> tuple[Path, ...]:
    """The sound files in a folder, by their endings, in the order of their names, without hidden files.

    Raises
    ------
    UsageError
        If there is no such folder, or it cannot be read.
    """
    shown, path = printable(folder), expanded(folder)
    try:
        found = sorted(file for file in path.iterdir() if file.suffix.lower() in ENDINGS and file.is_file())
        outside = [file for file in found if not file.resolve().is_relative_to(path.resolve())]
    except FileNotFoundError:
        raise UsageError(f"there is no folder {shown} with takes; name the one that they are in") from None
    except NotADirectoryError:
        raise UsageError(f"{shown} is a file, and takes are in a folder; name that") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"the folder {shown} cannot be read: {reason}; choose another folder") from error
    if outside:
        raise UsageError(
            f"{printable(str(outside[0]))} is a link that leads out of the folder; put the sound itself there"
        )
    return tuple(file for file in found if not file.name.startswith("."))


def duplicate_message(files: Iterable[Path], text: str) -> str:
    """The message for a line with more than one take."""
    names = " and ".join(printable(str(file)) for file in files)
    return f"{names} are takes of the same line, {printable(text)!r}; keep one of them there"


def _folded(text: str) -> str:
    """The same for all spellings that differ in case alone (Unicode's canonical caseless match)."""
    lower = unicodedata.normalize("NFD", text).casefold()
    return unicodedata.normalize("NFC", lower)


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN"


def _symbols(text: str) -> str:
    """The symbols that change the meaning of words but are not in names of files: ``+``, ``%`` and the like."""
    return "".join(char for char in _folded(text) if unicodedata.category(char)[0] == "S")
