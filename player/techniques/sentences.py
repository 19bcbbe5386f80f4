"""Sentences and clauses: where a text is divided for a voice, in any language.

The one module that knows `sentencex`, which knows the abbreviations and full stops of over two hundred languages
(Wikimedia; docs/decisions/sentences-of-many-languages.md has what was measured). What it does not know about a language
stands in that language's file.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

import sentencex

from player.script.languages import words_for

_CLOSING: Final = "\"'\u201c\u201d\u2018\u2019\u00bb)\\]"
_OPENING: Final = "\"'\u201c\u2018\u00ab(\\[¿¡"
_LINE_END: Final = re.compile(r"\s*\n\s*\n\s*|[^\S\n]*\n[^\S\n]*(?![a-z\u00df-\u00f6\u00f8-\u00ff\s])")
"""An empty line; or a line break, unless the next line goes on in lower case."""
_STOP: Final = re.compile(rf"(?P<word>[^\s.!?…]*)(?P<stop>[.!?…]+[{_CLOSING}]*) (?=[{_OPENING}]*(?P<next>\w))")
_DOTS: Final = re.compile(r"(?:…|\.\.)[" + _CLOSING + r"]*$|\.\.\.$")
_NUMBER: Final = re.compile(r"(\S+) \d{1,4}\.$")
_SYLLABLE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
MOST_SYLLABLES: Final = 120
"""Of Chinese, Japanese or Korean in one sentence. espeak-ng leaves out what comes behind: it spoke 143 Korean
characters whole, and not 161; 192 Chinese ones, and not 208 (measured by the time a character takes)."""
_CLAUSE_END: Final = re.compile(r"[,;:—–…](?=\s)|[、，；：]|\s-(?=\s)")


@lru_cache(maxsize=4096)
def sentences(text: str, language: str) -> tuple[str, ...]:
    """The sentences of a text, with white space folded; at least one for a text with a word.

    An empty line ends a sentence, and so does a line break before anything but a small letter.

    Parameters
    ----------
    language
        BCP 47, such as ``de-AT``.
    """
    primary = language.partition("-")[0].lower()
    found: list[str] = []
    for line in _LINE_END.split(text):
        begins = True
        for piece in _pieces(" ".join(line.split()), primary):
            if found and not any(map(str.isalnum, piece)):  # nothing to say: it belongs to what is before it
                found[-1] += piece
            elif found and not begins and _goes_on(found[-1], piece, language):
                found[-1] += " " + piece
            else:
                found.append(piece)
            begins = False
    return tuple(part for each in found for part in _of_bearable_length(each))


def _pieces(line: str, primary: str) -> list[str]:
    """What the library divides, and after it the ends that it misses."""
    said = (each.strip() for each in sentencex.segment(primary, line)) if line else ()
    return [piece for each in said if each for piece in _divided(each)]


def _divided(text: str) -> list[str]:
    """Divided before capital letters that follow an ellipsis, a closing quote or an ordinary word.

    The library takes many a short word for an abbreviation (English "me", Italian "no"), and joins two sentences.
    """
    ends = [match.end() for match in _STOP.finditer(text) if match["next"].isupper() and _is_end(match)]
    return [text[start:end].strip() for start, end in pairwise([0, *ends, len(text)])]


def _is_end(match: re.Match[str]) -> bool:
    """Whether it ends a sentence: not if it is a single letter or has points inside, as ``z. B.`` and ``p.m.`` do."""
    word, before = match["word"], match.string[: match.start()][-1:]
    return match["stop"] != "." or (len(word) > 1 and word.isalpha() and word.islower() and before in {"", " "})


def _goes_on(before: str, piece: str, language: str) -> bool:
    """Whether a sentence is not over: after dots before a small letter, an abbreviation, or an ordinal number."""
    if _DOTS.search(before) and piece[:1].islower():
        return True
    words = words_for(language)
    if words is None:
        return False
    if any(before == each or before.endswith((f" {each}", f"({each}")) for each in words.abbreviations):
        return True
    number = _NUMBER.search(before)
    return number is not None and number[1].lower() in words.ordinals_after


def _of_bearable_length(sentence: str) -> tuple[str, ...]:
    """The sentence, or its parts where it is longer than engines take in a writing of syllables or words."""
    if len(sentence) <= MOST_SYLLABLES or not _SYLLABLE.search(sentence):
        return (sentence,)
    before = sentence[: MOST_SYLLABLES + 1]
    end = max([*clause_ends(before), before.rfind(" ")])
    end = end if end > 0 else MOST_SYLLABLES
    return sentence[:end].strip(), *_of_bearable_length(sentence[end:].strip())


def clause_ends(text: str) -> tuple[int, ...]:
    """The positions after the commas and the like inside a sentence, at which a speaker pauses."""
    return tuple(match.end() for match in _CLAUSE_END.finditer(text.rstrip()))
