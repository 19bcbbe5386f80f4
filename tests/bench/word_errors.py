"""Which words of a text did a recogniser not hear, and what did it hear in their place?

Both sides are brought to one spelling first, since a recogniser has its own: no case, punctuation or hyphens; numbers
as words (``20``, ``2nd``); contractions written out (``don't``, ``you're``, ``let's``), other apostrophes dropped;
British spellings as Americans write them; and of words that sound alike, one for all (`ALIKE`). Two words are equal to
the one that they make together (``finger tips``). What then differs is a word wrong: the fewest words to exchange, to
leave out or to put in, as word error rates are counted.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ALIKE: Final = (
    *("one won", "two to too", "four for fore", "eight ate", "hold holed", "rest wrest"),
    *("heel heal", "sole soul", "weight wait", "knee nee", "toes tows", "waist waste", "nose knows"),
    *("hear here", "their there", "air heir", "whole hole", "right write", "by buy bye", "know no", "peace piece"),
    *("ok okay",),
)
"""Words that sound alike, the one that stands for all of them first."""

_CONTRACTED: Final = {
    "won't": "will not",
    "can't": "can not",
    "cannot": "can not",
    "shan't": "shall not",
    "let's": "let us",
}
_ENDINGS: Final = {"n't": " not", "'re": " are", "'ll": " will", "'ve": " have", "'m": " am"}
_IS: Final = frozenset({"it", "that", "there", "here", "what", "where", "who", "how", "he", "she"})
_BRITISH: Final = {"colour": "color", "grey": "gray", "centre": "center", "metre": "meter", "neighbour": "neighbor"}
_ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINAL: Final = dict(
    zip(
        ("one", "two", "three", "five", "eight", "nine", "twelve"),
        ("first", "second", "third", "fifth", "eighth", "ninth", "twelfth"),
        strict=True,
    )
)
_SPELLING: Final = {word: group.split()[0] for group in ALIKE for word in group.split()} | _BRITISH


class Wrong(NamedTuple):
    """A word wrong: empty on the one side where it was left out or put in."""

    said: str
    heard: str


def words(text: str) -> list[str]:
    """The words of a text, as both sides spell them, but for words that sound alike."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    plain = re.sub(r"(\d+)\.5\b", r"\1 and a half", plain)
    plain = re.sub(r"(\d+)(st|nd|rd|th)?\b", _number, plain)
    plain = re.sub(r"\ba(?= (?:hundred|thousand)\b)", "one", plain)
    plain = re.sub(r"\byou(?:'re| are)\b", "your", plain)  # "you're" sounds like "your"
    found = re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain)
    return [each for word in found for each in _written_out(word)]


def wrong_words(said: str, heard: str) -> list[Wrong]:
    """What was heard wrongly, in the order of the text."""
    own, other = words(said), words(heard)
    own, other = _as_joined_there(own, other), _as_joined_there(other, own)
    return list(_least([_SPELLING.get(each, each) for each in own], [_SPELLING.get(each, each) for each in other]))


def _written_out(word: str) -> Sequence[str]:
    if word in _CONTRACTED:
        return _CONTRACTED[word].split()
    for ending, full in _ENDINGS.items():
        if word.endswith(ending):
            return (word.removesuffix(ending) + full).split()
    if word.endswith("'s") and word[:-2] in _IS:
        return word[:-2], "is"
    return (word.replace("'", ""),)


def _number(found: re.Match[str]) -> str:
    written = _cardinal(int(found[1]))
    if not found[2]:
        return f" {written} "
    head, _, last = written.rpartition(" ")
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return f" {head} {_ORDINAL.get(last, regular)} "


def _cardinal(number: int) -> str:
    """A number below a million in words, without the British "and"; of a larger one, its digits."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        return f"{_TENS[number // 10]} {_ONES[number % 10] if number % 10 else ''}".strip()
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if size <= number < 1_000_000:
            rest = _cardinal(number % size) if number % size else ""
            return f"{_cardinal(number // size)} {name} {rest}".strip()
    return " ".join(_ONES[int(digit)] for digit in str(number))


def _as_joined_there(own: Sequence[str], other: Sequence[str]) -> list[str]:
    """The words, two of them as one where the other side has them as one and this side does not."""
    only_there, joined, place = set(other) - set(own), list[str](), 0
    while place < len(own):
        pair = "".join(own[place : place + 2])
        together = place + 1 < len(own) and pair in only_there
        joined.append(pair if together else own[place])
        place += 1 + together
    return joined


def _least(own: Sequence[str], other: Sequence[str]) -> Iterator[Wrong]:
    """The fewest differences between two rows of words (Levenshtein)."""
    cost = [[max(i, k) if 0 in {i, k} else 0 for k in range(len(other) + 1)] for i in range(len(own) + 1)]
    for i, said in enumerate(own, 1):
        for k, heard in enumerate(other, 1):
            cost[i][k] = min(cost[i - 1][k - 1] + (said != heard), cost[i - 1][k] + 1, cost[i][k - 1] + 1)
    yield from reversed(list(_way_back(own, other, cost)))


def _way_back(own: Sequence[str], other: Sequence[str], cost: Sequence[Sequence[int]]) -> Iterator[Wrong]:
    i, k = len(own), len(other)
    while i or k:
        if i and k and cost[i][k] == cost[i - 1][k - 1] + (own[i - 1] != other[k - 1]):
            i, k = i - 1, k - 1
            if own[i] != other[k]:
                yield Wrong(own[i], other[k])
        elif i and cost[i][k] == cost[i - 1][k] + 1:
            i -= 1
            yield Wrong(own[i], "")
        else:
            k -= 1
            yield Wrong("", other[k])
