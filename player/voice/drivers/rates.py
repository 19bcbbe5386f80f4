"""The rate tables: how many words a minute a voice says inside phrases, at each rate that its driver can be given.

All are printed by tests/bench/rates.py, from six sentences of relaxation.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

Measured = tuple[tuple[float, float], ...]
"""Pairs of a rate, or of a model's speed, and the words a minute inside phrases that were measured at it. Both rise."""

# The speed given to the model, of ``heart``. The model's lengths come in steps of 25 ms, so that the words a minute do,
# too.
HIBARI: Final[Measured] = (
    (0.40, 95.4),
    (0.44, 102.4),
    (0.48, 115.9),
    (0.56, 124.8),
    (0.58, 137.9),
    (0.64, 143.8),
    (0.66, 149.0),
    (0.68, 165.1),
    (0.75, 173.5),
    (0.80, 191.3),
    (0.85, 213.3),
    (0.90, 226.9),
    (1.00, 237.8),
    (1.20, 263.2),
    (1.40, 354.7),
    (1.60, 369.4),
    (2.00, 414.1),
)

# The speed given to the model, of ``joe``.
PIPER: Final[Measured] = (
    (0.40, 106.8),
    (0.45, 119.7),
    (0.50, 131.2),
    (0.55, 141.1),
    (0.60, 151.8),
    (0.65, 164.5),
    (0.70, 177.1),
    (0.75, 189.2),
    (0.80, 200.1),
    (0.90, 220.3),
    (1.00, 229.0),
    (1.15, 246.4),
    (1.30, 276.4),
    (1.60, 336.4),
    (2.00, 370.2),
    (2.50, 414.7),
    (3.00, 447.0),
)

# espeak-ng 1.52.0, mean of gmw/en and gmw/en-us, which both lie within 2 % of it. Below 84 it slows down no further.
ESPEAK: Final[Measured] = (
    (84, 111),
    (90, 118),
    (100, 131),
    (110, 145),
    (120, 157),
    (130, 171),
    (140, 184),
    (160, 210),
    (180, 235),
    (200, 261),
    (220, 287),
    (240, 311),
    (260, 336),
    (300, 389),
    (350, 457),
    (400, 519),
    (450, 584),
)


def speed_for(rate: float, measured: Sequence[tuple[float, float]]) -> float:
    """The slowest measured speed at which a voice says at least ``rate`` words a minute, or its fastest.

    Parameters
    ----------
    measured
        Pairs of a speed and the words a minute inside phrases that were measured at it, both rising.
    """
    number = bisect_left([words for _, words in measured], rate - 0.5)
    return measured[min(number, len(measured) - 1)][0]


def in_words_a_minute(speeds: Measured) -> Measured:
    """The rates of a driver of ours, which takes words a minute inside phrases."""
    return tuple((words, words) for _, words in speeds)
