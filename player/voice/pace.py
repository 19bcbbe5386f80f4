"""How fast espeak-ng speaks, as measured, and how long a text can therefore take with any engine.

The rule: a rate in the program is what a listener hears over several sentences; only here is it turned into the number
that an engine must be told. A length that no text of that size can have is a fault of the engine; one that is merely
odd is not, as a number or an address takes long to read.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

# Six everyday sentences of relaxation, 64 words, each spoken by itself, trimmed at -60 dBFS with 5 ms left at both
# ends: the number told, words a minute inside the sentences, and the same with 1.2 s of silence between them.
# espeak-ng 1.52.0 through pyttsx3 2.99, mean of gmw/en and gmw/en-us, which both lie within 2 % of it.
# tests/voice/test_pace.py measures it again. Below 84 espeak-ng slows down no further.
_MEASURED: Final = (
    (84, 111, 94.6),
    (90, 118, 99.8),
    (100, 131, 109.0),
    (110, 145, 118.0),
    (120, 157, 126.4),
    (130, 171, 135.0),
    (140, 184, 143.2),
    (160, 210, 158.0),
    (180, 235, 172.1),
    (200, 261, 185.6),
    (220, 287, 198.3),
    (240, 311, 209.5),
    (260, 336, 220.4),
    (300, 389, 241.9),
    (350, 457, 266.6),
    (400, 519, 286.7),
    (450, 584, 305.4),
)
_TOLD, _WITHIN, _HEARD = zip(*_MEASURED, strict=True)

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


def espeak_rate(heard: float) -> int:
    """The number to tell espeak-ng so that ``heard`` words a minute are heard over sentences 1.2 s apart.

    Clamped to what the engine can do, which is 95 to 305 words a minute as heard: 105 is told as 96.
    """
    return round(_between(heard, _HEARD, _TOLD))


def espeak_within(told: float) -> float:
    """Words a minute inside phrases, without any gaps, that espeak-ng speaks when it is told ``told``."""
    return _between(told, _TOLD, _WITHIN)


def _between(value: float, known: Sequence[float], wanted: Sequence[float]) -> float:
    """Interpolated along straight lines between measured values; beyond the first and the last it stays."""
    after = bisect_right(known, value)
    if after in (0, len(known)):
        return wanted[max(0, after - 1)]
    share = (value - known[after - 1]) / (known[after] - known[after - 1])
    return wanted[after - 1] + share * (wanted[after] - wanted[after - 1])


def is_odd(text: str, within: float, seconds: float) -> bool:
    """Whether a clip should be made again to be sure: ``seconds`` is unusual at ``within`` words a minute."""
    return not _ODD[0] <= seconds / _usual_s(text, within) <= _ODD[1]


def is_impossible(text: str, within: float, seconds: float) -> bool:
    """Whether no voice can have spoken the text in ``seconds`` at anything like ``within`` words a minute."""
    return not _IMPOSSIBLE[0] <= seconds / _usual_s(text, within) <= _IMPOSSIBLE[1]


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
