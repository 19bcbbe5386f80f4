"""Texts as a feed can hold them, whatever the tags of a file or an option has in it, and as long as apps read them."""

from __future__ import annotations

import re
from typing import Final

_NO_TEXT: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Controls, halves of characters, and what Unicode says is no character: XML 1.0 (2.2) forbids or discourages them."""


_NO_MARKUP: Final = str.maketrans({"<": "‹", ">": "›"})
"""RSS leaves open whether a text is HTML, and apps differ: look-alikes are the same text in both."""


def legible(text: str) -> str:
    """The text on one line, without what XML cannot hold, and without what an app may take for markup."""
    return " ".join(_NO_TEXT.sub("", " ".join(text.split())).split()).translate(_NO_MARKUP)


_LINE_CHARACTERS: Final = 255
_TEXT_BYTES: Final = 4000
"""Apple's guide to RSS: the most of any tag, and of a description, which it counts in bytes (of UTF-8)."""


def line(text: str) -> str:
    """A title or a name, cut after a word where it is longer than apps read."""
    return text if len(text) <= _LINE_CHARACTERS else _cut(text[: _LINE_CHARACTERS - 1])


def description(text: str) -> str:
    """A description, cut after a word where it is longer than apps read."""
    coded = text.encode()
    return text if len(coded) <= _TEXT_BYTES else _cut(coded[: _TEXT_BYTES - len("…".encode())].decode(errors="ignore"))


def _cut(start: str) -> str:
    """The start without its last word, of which there may be only a part; whole where it is a single one."""
    return (start.rpartition(" ")[0].rstrip() or start) + "…"
