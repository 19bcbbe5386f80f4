"""The join of a loop: its end fades out into its beginning.

The rule: the last four seconds fade out along a cosine while the first four fade in along a sine, so that the power of
two unrelated sounds stays even (a linear fade of noise dips by 3 dB). The loop begins where the fading in ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from player.units import CHANNELS, RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

JOIN_FRAMES: Final = 4 * RATE


def seamless(blocks: Iterable[NDArray[np.float32]], join: int = JOIN_FRAMES) -> Iterator[NDArray[np.float32]]:
    """Blocks of shape ``(frames, 2)`` whose end leads into their beginning; ``join`` frames fewer than came in.

    Of material shorter than three joins, a third is the join. Buffered in memory: three joins and a block.
    """
    source = iter(blocks)
    buffered = _beginning(source, 3 * join)
    join = max(1, min(join, len(buffered) // 3))
    head, buffered = buffered[:join], buffered[join:]
    for block in source:
        yield buffered[:-join]
        buffered = np.concatenate((buffered[-join:], block))
    yield buffered[: len(buffered) - join]
    yield joined(buffered[len(buffered) - join :], head, 0, join)


def joined(
    end: NDArray[np.float32], beginning: NDArray[np.float32], at: int, join: int = JOIN_FRAMES
) -> NDArray[np.float32]:
    """Frames of a join of ``join`` frames from its frame ``at`` on: what fades out, and as much that fades in."""
    quarter = ((np.arange(at, at + len(end)) + 0.5) * (np.pi / 2 / join)).astype(np.float32)[:, None]
    return end * np.cos(quarter) + beginning * np.sin(quarter)


def _beginning(source: Iterator[NDArray[np.float32]], frames: int) -> NDArray[np.float32]:
    taken = [np.empty((0, CHANNELS), np.float32)]
    while sum(map(len, taken)) < frames and (block := next(source, None)) is not None:
        taken.append(block)
    return np.concatenate(taken)
