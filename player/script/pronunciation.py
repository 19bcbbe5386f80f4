"""Pronunciations: how words are said that a voice may read wrongly, such as ``read`` said as *reed* or as *red*.

Each word has a respelling in letters, or phonemes (IPA) between slashes: ``/ɹˈɛd/``. A script has its own, and the user
a file of them for all scripts, by language.

The rule: only the voice gets them; what is shown, captioned and taken by a person keeps the word as it is written
(tests/script/test_pronunciation.py). A word is compared whole, and in any case.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from player.script.yaml.scalar_types import OutOfRangeError, Schema, TextType, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

Pairs = tuple[tuple[str, str], ...]
"""Words in lower case, each with its respelling."""

_LONGEST: Final = 60
_BESIDE_LETTERS: Final = "'\u2019-"


@dataclass(frozen=True)
class WordType:
    """A word as it stands in a text; the value is in lower case."""

    about: str = "one word, such as read"

    def parse(self, text: str) -> str:
        """The word in lower case."""
        word = _short(text)
        if not _is_word(word) or any(not (_in_word(char) or char in _BESIDE_LETTERS) for char in word):
            raise ValueError(f"must be {self.about}, not {shown(text)}")
        return word.lower()

    def schema(self) -> Schema:
        """A string without blanks."""
        return {"type": "string", "pattern": r"^\S+$", "maxLength": _LONGEST}


@dataclass(frozen=True)
class RespellingType:
    """How a word is to be said: letters, as somebody would spell what is heard, or phonemes between slashes."""

    about: str = "what is heard, spelt in letters, such as reed, or phonemes between slashes, such as /ɹˈid/"

    def parse(self, text: str) -> str:
        """The respelling, or the phonemes with their slashes."""
        words = _short(text)
        if phonemes(words):
            return words
        if not _is_word(words) or any(not (_in_word(char) or char in _BESIDE_LETTERS + " ") for char in words):
            raise ValueError(f"must be {self.about}, not {shown(text)}")
        return words

    def schema(self) -> Schema:
        """A string."""
        return {"type": "string", "minLength": 1, "maxLength": _LONGEST}


_PHONEMES: Final = re.compile(r"/([^\W\d_][^\W\d_ .\u0300-\u036f]*(?:[ .][^\W\d_\u0300-\u036f]+)*)/")

Word = Annotated[str, WordType()]
Respelling = Annotated[str, RespellingType()]


def _short(text: str) -> str:
    words = TextType(one_line=True).parse(text)
    if len(words) > _LONGEST:
        raise OutOfRangeError(f"must be at most {_LONGEST} characters long, not {len(words)}")
    return words


def _is_word(text: str) -> bool:
    return any(unicodedata.category(char)[0] == "L" for char in text)


def _in_word(char: str) -> bool:
    """Whether it is a letter, a sign on a letter, or a figure."""
    return unicodedata.category(char)[0] in "LMN"


def pairs_in(text: str, respellings: Mapping[str, str]) -> Pairs:
    """The words of a text that have a respelling, in the order of their letters."""
    if not respellings:
        return ()
    found = {match[0].lower() for match in _matches(text, respellings)}
    return tuple((word, respellings[word]) for word in sorted(found))


def phonemes(respelling: str) -> str:
    """The phonemes of a respelling that has them, without the slashes; empty for one in letters."""
    match = _PHONEMES.fullmatch(respelling)
    return match[1] if match else ""


def as_read(text: str, pairs: Pairs, notation: str = "") -> str:
    """The text as a voice gets it: each of the words in its respelling.

    Parameters
    ----------
    notation
        How the voice's driver is given phonemes, with ``{word}`` and ``{phonemes}``. Where it cannot be given any, a
        word that has only phonemes stays as it is written.
    """
    respellings, end = dict(pairs), 0
    pieces: list[str] = []
    for match in _matches(text, respellings):
        respelling = respellings[match[0].lower()]
        if sounds := phonemes(respelling):
            respelling = notation.format(word=match[0], phonemes=sounds) if notation else match[0]
        pieces += text[end : match.start()], respelling
        end = match.end()
    return "".join([*pieces, text[end:]])


def _matches(text: str, words: Mapping[str, str]) -> list[re.Match[str]]:
    """Where one of the words stands by itself."""
    lower = text.lower()
    there = sorted((word for word in words if word in lower), key=len, reverse=True)  # of thousands, few are in a text
    if not there:
        return []
    found = re.finditer("|".join(map(re.escape, there)), text, re.IGNORECASE)
    return [each for each in found if each[0].lower() in words and _is_whole(text, each)]


def _is_whole(text: str, found: re.Match[str]) -> bool:
    return not (_in_word_at(text, found.start() - 1) or _in_word_at(text, found.end()))


def _in_word_at(text: str, index: int) -> bool:
    return 0 <= index < len(text) and _in_word(text[index])
