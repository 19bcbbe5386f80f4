"""Names of files that the program makes up, so that every file system can hold them.

The rule: a name depends only on the text that it is made of, so it is the same each time, and texts that differ have
names that differ, however alike they become. What any system can hold stays as it is.

FAT and Windows have no names with quotes, slashes, control characters or one of ``*:<>?|``, none that ends in a dot or
a blank, and none that is a device's up to its first dot (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
Linux counts 255 bytes of a name. Pure.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES: Final = 255
"""Of a whole name on Linux; FAT and macOS count 255 characters of UTF-16."""
_MOST_BYTES_OF_STEM: Final = 200
"""The rest is for a number in front, and endings such as ``.chapters.json``."""
_FORBIDDEN: Final = re.compile(r'["*/:<>?\\|\x00-\x1f\x7f]+')
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?", re.IGNORECASE)
_DIGEST: Final = 6
"""Hexadecimal figures, behind a name that had to change."""


def safe_stem(text: str) -> str:
    """A file's name without its ending: the text where that is possible, and otherwise like it, with a digest."""
    text = unicodedata.normalize("NFC", text)  # macOS takes all forms of a letter for the same
    safe = _shortened(_FORBIDDEN.sub("-", text), _MOST_BYTES_OF_STEM).rstrip(". ")
    if _DEVICE.fullmatch(safe):
        safe = f"_{safe}"
    if safe == text and safe:
        return safe
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGEST]
    kept = _shortened(safe, _MOST_BYTES_OF_STEM - 1 - _DIGEST).encode("utf-8", "ignore").decode()
    return f"{kept.rstrip('-')}-{digest}".lstrip("-")


def native(path: Path) -> bytes | str:
    """A path as libraries in C take it. As text, they refuse one on Linux whose bytes are no text in its encoding."""
    return os.fsencode(path) if os.name == "posix" else str(path)


def words_of(title: str, most: int) -> str:
    """The words of a title in small letters with ``-`` between, at most so many characters: ``settle-in``; or empty.

    Vowel signs and accents that are characters of their own stay with their letters: ``ध्यान`` is one word.
    """
    letters = (char if unicodedata.category(char)[0] in "LMN" else "-" for char in title.lower())
    return re.sub("-+", "-", "".join(letters)).lstrip("-")[:most].rstrip("-")


def with_tail(stem: str, tail: str) -> str:
    """A stem with more behind it, which stays whole where the stem has to be cut for the name to be possible."""
    return f"{_shortened(stem, MOST_BYTES - len(tail.encode()))}{tail}"


def _shortened(text: str, most_bytes: int) -> str:
    """The text, or as many of its whole characters as have room."""
    data = text.encode("utf-8", "surrogateescape")
    return text if len(data) <= most_bytes else data[:most_bytes].decode("utf-8", "ignore")
