"""Texts as a feed can hold them, whatever the tags of a file or an option has in it."""

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
