"""Signs that were pasted into a text and are no words: markup, tags, character references, symbols.

espeak-ng and Piper read ``**`` as "asterisk asterisk" (3 s), and ✅ as "white heavy check mark" (2 s, measured). So a
voice does not get such signs, and `player check` tells of them. What is shown keeps the text as it is written.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import Final

TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
REFERENCE: Final = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,6}|#x[0-9A-Fa-f]{1,6});")
MARKUP: Final = re.compile(
    r"\*+|_{2,}|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)|`+|~{2,}|^#{1,6}\s|^>\s|\[(?=[^\]]*\]\()|\]\([^)]*\)", re.MULTILINE
)
"""Markdown: emphasis, code, headings, quotations, links."""
_WORDS: Final = frozenset("+=%°€$£&§@#/\\|^")
"""Signs that are words to a voice, such as "percent"."""


def is_symbol(sign: str) -> bool:
    """Whether a sign is one of those that Unicode has names for, and a listener none: arrows, pictures, bullets."""
    category = unicodedata.category(sign)
    return sign not in _WORDS and (category in {"So", "Sm", "Co", "Cn"} or sign in "•‣·\ufe0f\u200d")


@lru_cache(maxsize=4096)
def without(text: str) -> str:
    """The text as a voice gets it; the text itself where nothing would be left of it."""
    read = MARKUP.sub("", TAG.sub(" ", text))
    read = REFERENCE.sub(lambda match: html.unescape(match[0]), read)
    read = "".join(" " if is_symbol(char) else char for char in read)
    if read == text or not any(map(str.isalnum, read)):
        return text
    return " ".join(read.split())
