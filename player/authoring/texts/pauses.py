"""Marks inside a line of text: pauses as people write them, and what stands in brackets.

``[pause 5s]``, ``[pause: 3s]``, ``(pause)``, ``[5 seconds]``, ``(long pause)``, ``(pause for three breaths)``,
``*pause*``, ``<break time="3s"/>`` and ``...`` are pauses. In square brackets, braces and tags nothing is for a
listener, so whatever else stands there was not understood. Round brackets are part of the text, unless they begin as
a pause does.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from player.script import markup
from player.units import LONGEST_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN_MS: Final = 5000
"""``(pause)``. This and the next are the project's own choice, between a sentence's 1.2 s and a guided quiet."""
DOTS_MS: Final = 2000
BREATH_MS: Final = 5000
"""Of ``(pause for three breaths)``: a breath at rest, 12 a minute."""

_NOUNS: Final = frozenset(
    ("pause", "pauses", "silence", "pausa", "pauze", "stille", "silencio", "silenzio", "silêncio")
)
"""Also in the languages that have guiding words."""
_PAUSE: Final = _NOUNS | {"pausing", "wait", "break", "quiet", "rest", "hold", "holding"}
"""In brackets these are no instructions to a listener, as they are anywhere else."""
_SIZES: Final = {"short": 2000, "brief": 2000, "briefly": 2000, "small": 2000, "moment": 3000, "few": 0}
_SIZES_LONG: Final = {"long": 10_000, "longer": 10_000, "extended": 10_000}
_UNIT_MS: Final = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 1),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek", "sekunde", "sekunden", "seconde"), 1000),
    **dict.fromkeys(("secondes", "segundo", "segundos", "secondo", "secondi", "seconden"), 1000),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos", "minuti"), 60_000),
    **dict.fromkeys(("breath", "breaths"), BREATH_MS),
}
_ONE_TO_TEN: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS: Final = {
    **{word: number for number, word in enumerate(_ONE_TO_TEN, start=1)},
    "half": 0.5,
    "couple": 2,
    "few": 4,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "sixty": 60,
}
_FILLERS: Final = frozenset(
    (
        "for",
        "of",
        "a",
        "an",
        "the",
        "about",
        "around",
        "another",
        "to",
        "or",
        "and",
        "more",
        "in",
        "here",
        "now",
        "time",
    )
)
_WORDS: Final = re.compile(r"\d+:\d\d|\d+(?:[.,]\d+)?|[^\s\d.,:;!?…–—\-/()\[\]{}<>*_~=\"'|]+")
_MARK: Final = re.compile(
    r"<!--.*?-->|\[[^\[\]]*\]\([^()\s]*\)|\[[^\[\]]*\]|\{[^{}]*\}|</?[A-Za-z][^<>]*>|\([^()]*\)"
    r"|(?<![\w*])\*{1,3}[^*]{1,60}\*{1,3}(?![\w*])|(?<!\w)_{1,3}[^_]{1,60}_{1,3}(?!\w)|\.{3,}|\.(?: \.){2,}|…+"
)
_BRACKETS: Final = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>|\([^()]*\)")
_LAYOUT: Final = re.compile(r"</?(?:b|big|br|center|em|h[1-6]|i|p|s|small|strong|u)\s*/?>", re.IGNORECASE)
_LINK: Final = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)")
_LEFT: Final = " ,;:.-–—"
"""What a pause leaves of a sentence's signs in front of the rest."""
_DECORATION: Final = " \t*_~=#.:-–—…·•|"


class Piece(NamedTuple):
    """A stretch of a line: a ``text`` to say, a pause, or, where it was not ``read``, what stands there.

    A pause that is ``implied`` is one of dots.
    """

    text: str
    pause_ms: int | None = None
    read: bool = True
    implied: bool = False


def pieces(line: str) -> Iterator[Piece]:
    """The pieces of a line, in their order, without empty ones."""
    if (alone := _pause_alone(line)) is not None:
        yield Piece("", alone)
        return
    said, end = "", 0
    for match in _MARK.finditer(line):
        found = [*_of_mark(match[0])]
        said += line[end : match.start()]
        end = match.end()
        for piece in found:
            if piece.read and piece.pause_ms is None:  # goes on in the sentence
                said += piece.text
                continue
            yield from _said(said)
            said = ""
            yield piece
    yield from _said(said + line[end:])


def pause_ms(text: str) -> int | None:
    """The length of a pause that words and numbers such as ``pause for 10 seconds`` mean; None if they mean none.

    Of ``5-10 seconds`` the longer counts. A number without a unit is seconds.
    """
    words = _WORDS.findall(text.lower())
    names = _PAUSE.intersection(words)
    has_unit = any(word in _UNIT_MS for word in words) or any(":" in word for word in words)
    if not names and not (has_unit and any(word[0].isdigit() for word in words)):
        return None
    known = _PAUSE | _FILLERS | _UNIT_MS.keys() | _NUMBERS.keys() | _SIZES.keys() | _SIZES_LONG.keys()
    if not all(word in known or word[0].isdigit() for word in words):
        return None
    total = _total_ms(words)
    if total is None:
        sizes = {**_SIZES, **_SIZES_LONG}
        total = next((sizes[word] for word in words if sizes.get(word)), PLAIN_MS)
    return total if 0 < total <= LONGEST_MS else None


def _total_ms(words: list[str]) -> int | None:
    """All numbers with their units, in ms; None without any."""
    total, number, found = 0.0, None, False
    for word in words:
        if ":" in word:
            minutes, seconds = word.split(":")
            total, found = total + int(minutes) * 60_000 + int(seconds) * 1000, True
        elif word[0].isdigit() or word in _NUMBERS:
            value = float(word.replace(",", ".")) if word[0].isdigit() else _NUMBERS[word]
            number = max(number or 0.0, value)
        elif word in _UNIT_MS:
            total, number, found = total + (1 if number is None else number) * _UNIT_MS[word], None, True
    if number is not None:
        total, found = total + number * 1000, True
    return round(total) if found else None


def _pause_alone(line: str) -> int | None:
    """The pause that is all of a line, such as ``Pause: 10 seconds`` or ``* pause *``, and is no sentence."""
    line = line.strip()
    stripped = line.strip(_DECORATION)
    if not stripped or line[-1] in ".!?" or line[0] in "[({<":
        return None
    outside = _BRACKETS.sub(" ", stripped.lower())  # "Five: six [pause 5s]" counts, and then pauses
    return pause_ms(stripped) if _NOUNS.intersection(_WORDS.findall(outside)) else None


def _of_mark(mark: str) -> Iterator[Piece]:
    if mark[0] in ".…":
        yield Piece("", DOTS_MS, implied=True)
    elif mark[0] in "*_":
        inside = mark.strip("*_")
        length = pause_ms(inside) if _NOUNS.intersection(_WORDS.findall(inside.lower())) else None
        yield Piece(mark if length is None else "", length)
    elif link := _LINK.fullmatch(mark):
        yield Piece(link[1])
        yield Piece(link[2], read=False)
    elif _LAYOUT.fullmatch(mark):
        yield Piece(" ")
    else:
        found = _of_brackets(mark)
        yield found
        if found.read and found.pause_ms is None and (length := _time_for(mark)) is not None:
            yield Piece("", length)


def _time_for(mark: str) -> int | None:
    """The time that ``(relax for 15 seconds)`` gives to what it says; None if it gives none."""
    before, for_, time = mark[1:-1].lower().rpartition(" for ")
    return pause_ms(time) if before and for_ else None


def _of_brackets(mark: str) -> Piece:
    inside = (
        re.sub(r"^break\s+(?:time|strength)\s*=", "pause ", mark[1:-1].rstrip("/")) if mark[0] == "<" else mark[1:-1]
    )
    length = pause_ms(inside)
    if length is not None:
        return Piece("", length)
    words = _WORDS.findall(inside.lower())
    if not words:
        return Piece(" ")
    return Piece(mark, read=mark[0] == "(" and words[0] not in _PAUSE)


def _said(text: str) -> Iterator[Piece]:
    """A text without markup and without signs that stand for nothing; nothing where no letter is in it."""
    text = " ".join(markup.without(html.unescape(text)).split()).lstrip(_LEFT)
    if any(map(str.isalnum, text)):
        yield Piece(text)
