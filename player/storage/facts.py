"""Facts of an entry that may lie: whether a value is the number that it should be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import TypeIs

MOST_DB = 200.0
"""No gain is larger, either way: the quietest sound that can be stored is 90 dB below the loudest."""


def is_whole(value: object, least: int, most: int) -> TypeIs[int]:
    """Whether it is an integer, and no truth value, from ``least`` to ``most``."""
    return type(value) is int and least <= value <= most


def is_number(value: object, least: float = -MOST_DB, most: float = MOST_DB) -> TypeIs[float]:
    """Whether it is a finite number, and no truth value, from ``least`` to ``most``."""
    return (type(value) is int or type(value) is float) and math.isfinite(value) and least <= value <= most
