"""The two sides of a sound: what each is off zero, how high it reaches, and what one loudspeaker keeps of both.

The rule: sound goes in by blocks and costs no memory. It knows no files and no loudness.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from player.storage.facts import is_number, is_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

CANCELS_DB: Final = 6.0
"""Two unrelated sides lose 3 dB in their mean; a sound that loses more than this is mostly turned against itself."""
_ALL_DB: Final = 120.0
_MOST_GAIN: Final = 10.0  # the louder of two sides is never so much softer than both


@dataclass(frozen=True)
class Balance:
    """What one loudspeaker plays of a sound.

    Attributes
    ----------
    mono_loss_db
        How much softer the mean of both sides is than they are: 0 for equal sides, 120 where nothing is left.
    side
        The louder side, 0 or 1.
    side_gain
        Factor that makes this side, played on both, as loud as the two are.
    """

    mono_loss_db: float = 0.0
    side: int = 0
    side_gain: float = 1.0

    @property
    def cancels(self) -> bool:
        """Whether the sides cancel each other where one loudspeaker plays both."""
        return self.mono_loss_db > CANCELS_DB


EVEN: Final = Balance()


def is_balance(facts: Mapping[str, object]) -> bool:
    """Whether stored facts hold the fields of a balance, with values that sound can have."""
    loss, gain = facts["mono_loss_db"], facts["side_gain"]
    return is_number(loss) and is_whole(facts["side"], 0, 1) and is_number(gain, 0.0, _MOST_GAIN)


class SidesMeter:
    """Measures blocks of shape ``(frames, 2)``, all at once as if in a row."""

    def __init__(self) -> None:
        self._frames = 0
        self._sums = np.zeros(2)
        self._products = np.zeros((2, 2))
        self._highest, self._lowest = np.full(2, -np.inf), np.full(2, np.inf)

    def add(self, block: NDArray[np.float32]) -> None:
        """Add a block that is not empty."""
        sides = np.ascontiguousarray(block.T, np.float64)  # numpy adds up a row ten times as fast as a column of two
        self._frames += len(block)
        self._sums += sides.sum(axis=1)
        self._products += sides @ sides.T
        self._highest = np.maximum(self._highest, sides.max(axis=1))
        self._lowest = np.minimum(self._lowest, sides.min(axis=1))

    @property
    def offsets(self) -> NDArray[np.float32]:
        """The mean of each side, shape ``(2,)``: a direct current, which is not heard but takes room, and clicks."""
        means: NDArray[np.float32] = (self._sums / max(1, self._frames)).astype(np.float32)
        return means

    @property
    def peak(self) -> float:
        """The highest magnitude once the offsets are taken off."""
        if not self._frames:
            return 0.0
        return float(np.maximum(self._highest - self.offsets, self.offsets - self._lowest).max())

    @property
    def balance(self) -> Balance:
        """What one loudspeaker plays of it, offsets left out."""
        means = self._sums / max(1, self._frames)
        powers = self._products / max(1, self._frames) - np.outer(means, means)
        left, right, both = powers[0, 0], powers[1, 1], (powers.sum() / 4)
        side = int(right > left)
        if max(left, right) <= 0:
            return Balance()
        mean = (left + right) / 2
        loss_db = 10 * math.log10(mean / max(both, mean * 10 ** (-_ALL_DB / 10)))
        return Balance(loss_db, side, math.sqrt(mean / max(left, right)))
