"""Converts words a minute as heard to the rate for a driver, and to the silence that is added.

Everywhere else in the program, a rate is what a listener hears over several sentences. A voice is never set to a rate
at which it sounds bad: silence does the rest. A length that no text of that size can have is a fault of the engine. A
length that is only odd is not, as a number or an address takes long to read.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from player.voice.drivers.table import Driver

WORDS_A_GAP: Final = 640
"""Six sentences of relaxation have 64 words, and 1.2 s of silence between them: heard at 105 words a minute, they are
spoken at 105 / (1 - 105 / 640) = 126. tests/bench/rates.py has the sentences."""
LEAST_STRETCH: Final = 1.005
"""A smaller stretch is not worth the cut: rates in whole numbers are off by as much."""

# Least squares over 90 texts in 12 languages at 131 words a minute within phrases: seconds for each letter (a figure
# counts as five, a character of a script without spaces as four), for each pause inside, and for every text.
_A_LETTER_S: Final = 0.085
_A_PAUSE_S: Final = 0.95
_ANY_TEXT_S: Final = 0.33
_FITTED_AT: Final = 131
_FIRST_WIDE: Final = "\u2e80"
_PAUSE: Final = re.compile(r"[,.;:!?…—]\s")

_ODD: Final = (0.6, 1.67)  # all but a few of those 90 lie inside; a clip at half or double the rate lies outside
_IMPOSSIBLE: Final = (0.2, 6.0)  # the worst of them, an address, took 3.1


class Pace(NamedTuple):
    """The settings for a driver.

    Attributes
    ----------
    rate
        The rate that the driver is set to.
    stretch
        The factor by which silence must lengthen the clip, at commas and after it; 1 or more.
    """

    rate: float
    stretch: float = 1.0


def for_sentence(heard: float, driver: Driver) -> Pace:
    """The pace at which ``heard`` words a minute are heard over sentences 1.2 s apart."""
    if not driver.measured:
        return Pace(heard)
    within = _within(heard)
    rate = driver.rate_for(within)
    if not driver.slowest:  # it has no limit of its own: no silence is added
        return Pace(rate)
    stretch = round(driver.within(rate) / within, 3)
    return Pace(rate, stretch if stretch >= LEAST_STRETCH else 1.0)


def for_count(heard: float, driver: Driver) -> Pace:
    """The pace of a counted word, which gets no silence, and is never too slow to be understood."""
    heard = max(heard, driver.count_rate)
    return Pace(driver.rate_for(_within(heard)) if driver.measured else heard)


def _within(heard: float) -> float:
    return heard / (1 - heard / WORDS_A_GAP)


def is_odd(text: str, within: float, seconds: float) -> bool:
    """Whether a clip should be made again to be sure: ``seconds`` is unusual at ``within`` words a minute."""
    return not _ODD[0] <= seconds / _usual_s(text, within) <= _ODD[1]


def is_impossible(text: str, within: float, seconds: float) -> bool:
    """Whether no voice can have spoken the text in ``seconds`` at anything like ``within`` words a minute."""
    return not _IMPOSSIBLE[0] <= seconds / _usual_s(text, within) <= _IMPOSSIBLE[1]


def likely_s(text: str, heard: float) -> float:
    """About how long a sentence takes at ``heard`` words a minute, in seconds; one in five takes a quarter more."""
    return _usual_s(text, _within(heard))


def _usual_s(text: str, within: float) -> float:
    letters = sum(map(_weight, text))
    pauses = len(_PAUSE.findall(text))
    return (_A_LETTER_S * letters + _A_PAUSE_S * pauses + _ANY_TEXT_S) * _FITTED_AT / within


def _weight(char: str) -> int:
    if char >= _FIRST_WIDE:
        return 4
    if char.isdigit():
        return 5
    return int(char.isalpha() or unicodedata.category(char).startswith("M"))
