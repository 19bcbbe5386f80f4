"""The labels of a page in a language: its buttons, its headings, and its sentences about itself.

The rule: a language that has no words of its own gets the English ones, and they are marked as English, so that a
screen reader says them as such (tests/export/page/test_document.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from player.script import library
from player.script.languages import words_for
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from player.script.languages import PageWords

_MINUTE_MS: Final = 60_000


@dataclass(frozen=True)
class Labels:
    """The labels in a language.

    Attributes
    ----------
    language
        BCP 47: the one that was asked for, or else that of the words.
    minute
        The word for one minute, and for several.
    """

    language: str
    words: PageWords
    minute: tuple[str, ...]

    def length(self, ms: int) -> str:
        """Such as ``15 minutes`` and ``3:20 minutes``."""
        one, several = self.minute
        if ms % _MINUTE_MS:
            clock = timecode(ms)
            return self.words.hours.format(time=clock) if ms >= 60 * _MINUTE_MS else f"{clock} {several}"
        return f"{ms // _MINUTE_MS} {one if ms == _MINUTE_MS else several}"


def labels(language: str) -> Labels:
    """The labels for a BCP 47 tag; the English ones for a language without words."""
    if found := words_for(language):
        return Labels(language, found.page, found.captions.minute)
    if found := words_for(library.ORIGINAL):
        return Labels(library.ORIGINAL, found.page, found.captions.minute)
    raise LookupError("there are no words at all")


def common(languages: Iterable[str]) -> str | None:
    """The language that all these are of, without a country where they have several; None where they are of several."""
    tags = set(languages)
    bases = {each.partition("-")[0] for each in tags}
    return (tags if len(tags) == 1 else bases).pop() if len(bases) == 1 else None
