"""Warnings about texts that a voice reads wrongly, or that it does not get, such as pasted markup.

Each names what it found, and what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING, Final

from player.script import markup, tags
from player.script.pronunciation import pairs_in
from player.script.yaml.scalar_types import shown
from player.techniques.cue import Slot, Speech, Utterance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from player.script.languages import LanguageWords

_STAGE_DIRECTION: Final = re.compile(
    r"\[[^\[\]]*\](?!\()|\((?:(?:long|short|brief)\s)?(?:pause|silence|break|wait)\b[^()]*\)", re.IGNORECASE
)
_OPTION: Final = re.compile(r"\b(?:for|then): [0-9][0-9.:]{0,8}(?:ms|s|m|h)?(?![\w])")
"""An option that is indented more than its key, where a text goes on: YAML takes it for a part of the text."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_SHORTEST_SHOUTED: Final = 5
"""Letters of one word in capitals; a shorter one alone is an abbreviation, such as TENS."""
_SCRIPTS: Final = {
    "Latn": ("LATIN",),
    "Cyrl": ("CYRILLIC",),
    "Grek": ("GREEK",),
    "Arab": ("ARABIC",),
    "Hebr": ("HEBREW",),
    "Deva": ("DEVANAGARI",),
    "Hans": ("CJK",),
    "Hant": ("CJK",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA"),
    "Kore": ("HANGUL", "CJK"),
}
"""ISO 15924 to the first words of its letters' Unicode names. Of a script that is not here, nothing is said."""


def found(words: LanguageWords | None, slots: Iterable[Slot]) -> Iterator[tuple[Slot, str, str]]:
    """Each text that would be read wrongly: its slot, a name of the cause, and a sentence."""
    for slot in slots:
        said = [cue.said for cue in slot.cues if isinstance(cue, Speech) and isinstance(cue.said, Utterance)]
        for each in said:
            for cause, text in _signs(each.text):
                yield slot, cause, text
            if wrong := _of_another_script(each):
                yield slot, "script", wrong
        for word, text in _heteronyms(words, said):
            yield slot, f"heteronym {word}", text


def _signs(text: str) -> Iterator[tuple[str, str]]:
    """What no voice reads as it is meant; each sign once, and no sign of a tag as a sign of its own."""
    if match := markup.TAG.search(text):
        remedy = "leave it out, and write silence as a step of its own: '- pause: 3s'"
        yield "tag", f"{shown(match[0])} is a tag, which no voice can say, so it is not spoken; {remedy}"
    text = markup.TAG.sub(" ", text)
    if match := _STAGE_DIRECTION.search(text):
        remedy = "write silence as a step of its own ('- pause: 3s'), and other words without brackets"
        yield "brackets", f"a voice reads {shown(match[0])} out; {remedy}"
    if match := _OPTION.search(text):
        remedy = "if it is an option, begin its line in the column of the key beside which it belongs"
        yield "option", f"a voice reads {shown(match[0])} out; {remedy}"
    text = _STAGE_DIRECTION.sub(" ", text)
    if match := markup.REFERENCE.search(text):
        yield "entity", f"{shown(match[0])} stands for a sign in web pages only; write the sign itself, or leave it out"
    text = markup.REFERENCE.sub(" ", text)
    if match := markup.MARKUP.search(text):
        yield (
            "markup",
            f"{shown(match[0].strip())} is markup, which no voice can say, so it is not spoken; leave it out",
        )
    if shouted := _shouted(text):
        remedy = "write it in small letters, and give a word weight by its place in the sentence"
        yield "capitals", f"a voice may spell words in capitals such as {shown(shouted)}; {remedy}"
    if sign := next((sign for sign in text if markup.is_symbol(sign)), ""):
        name = unicodedata.name(sign, "a sign without a name").lower()
        yield "symbol", f"{sign!r} ({name}) is not spoken, as voices read its name; write a word, or nothing"


def _shouted(text: str) -> str:
    """The first words that stand in capitals: several in a row, or a long one."""
    for in_capitals, group in groupby(_WORD.findall(text), key=str.isupper):
        words = list(group)
        if in_capitals and (len(words) > 1 or len(words[0]) >= _SHORTEST_SHOUTED):
            return " ".join(words)
    return ""


def _of_another_script(said: Utterance) -> str:
    """A sentence about a text in letters that the voice of its language does not know; empty if there are none."""
    letters = [char for char in said.text if char.isalpha() and char not in "ªº"]
    if not letters:
        return ""
    known = _SCRIPTS.get(tags.script_of(said.language))
    if known is None:
        return ""
    strange = [char for char in letters if not unicodedata.name(char, "").startswith(known)]
    is_latin_among = known != _SCRIPTS["Latn"] and len(strange) < len(letters)
    if not strange or (is_latin_among and all(unicodedata.name(char, "").startswith("LATIN") for char in strange)):
        return ""
    remedy = "write it in the letters of the language, or give the text its own: 'say: {text: ..., language: ...}'"
    return f"a voice of {said.language} cannot say {shown(''.join(strange))}; {remedy}"


def _heteronyms(words: LanguageWords | None, said: Sequence[Utterance]) -> Iterator[tuple[str, str]]:
    """Words that a voice may read in two ways, and for which the script does not say in which."""
    if words is None:
        return
    firsts = {word: one for word, (one, _) in words.heteronyms.items()}
    met = [(each, word) for each in said for word, _ in pairs_in(each.text, firsts)]
    for word in {word for each, word in met if word not in dict(each.respelt)}:
        one, other = words.heteronyms[word]
        remedy = f"use another word, or say which is right in the head of the script: 'pronounce: {{{word}: {one}}}'"
        yield word, f"a voice may read {word!r} as {one!r} or as {other!r}; {remedy}"
