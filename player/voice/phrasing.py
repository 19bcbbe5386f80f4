"""Adds silence inside and after a sentence, so that a voice becomes as slow as was asked for.

People who speak calmly do not draw out their vowels; they wait at commas and after sentences. So a clip that must
become longer gets silence where the voice paused by itself, at most `MOST_ADDED_MS` at one pause. The rest comes after
it: the timeline adds it to the gap before the next sentence. All silences are in whole milliseconds, and returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from player.techniques.sentences import clause_ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_ADDED_MS: Final = 450
"""Added to one pause inside a sentence. With more, the second half sounds like a sentence of its own."""
SHORTEST_PAUSE_MS: Final = 90
"""A shorter silence is the closure of a consonant."""
PAUSE_DB: Final = -38.0
"""Below the loud parts of a clip (the 95th percentile of its power): silence, to a listener."""

_WINDOW_MS: Final = 5
_FADE_MS: Final = 5


class Phrased(NamedTuple):
    """A clip with its silences.

    Attributes
    ----------
    samples
        int16, shape (frames,).
    pauses
        Start and end of each pause that was lengthened, in ms from the clip's start.
    after_ms
        Silence that belongs after it.
    """

    samples: NDArray[np.int16]
    pauses: tuple[tuple[int, int], ...]
    after_ms: int


def phrased(samples: NDArray[np.int16], rate: int, text: str, stretch: float) -> Phrased:
    """The samples made ``stretch`` times as long by silence alone.

    Parameters
    ----------
    samples
        Mono, shape (frames,), without silence at both ends.
    rate
        Frames a second.
    text
        The spoken text: at most as many pauses are lengthened as it has commas and the like.
    """
    length_ms = len(samples) * 1000 // rate
    wanted_ms = round(length_ms * (stretch - 1))
    found = _pauses(samples, rate, len(clause_ends(text))) if wanted_ms else []
    inside_ms = sum(end - start for start, end in found)
    pieces: list[NDArray[np.int16]] = []
    pauses: list[tuple[int, int]] = []
    last, added_ms = 0, 0
    for start_ms, end_ms in found:
        more_ms = min(MOST_ADDED_MS, wanted_ms * (end_ms - start_ms) // inside_ms)
        middle = (start_ms + end_ms) * rate // 2000
        pieces += [_faded(samples[last:middle], rate, begins=last > 0), np.zeros(more_ms * rate // 1000, np.int16)]
        pauses.append((start_ms + added_ms, end_ms + added_ms + more_ms))
        last, added_ms = middle, added_ms + more_ms
    pieces.append(_faded(samples[last:], rate, begins=last > 0, ends=False))
    return Phrased(np.concatenate(pieces), tuple(pauses), wanted_ms - added_ms)


def _pauses(samples: NDArray[np.int16], rate: int, most: int) -> list[tuple[int, int]]:
    """The longest silences inside a clip, at most ``most``, in ms and in the order of time."""
    window = rate * _WINDOW_MS // 1000
    count = len(samples) // window
    if not most or not count:
        return []
    power = np.mean(samples[: count * window].reshape(count, window).astype(np.float64) ** 2, axis=1)
    quiet = power < np.percentile(power, 95) * 10 ** (PAUSE_DB / 10)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])).astype(np.int8)))
    inside = [(int(start), int(end)) for start, end in edges.reshape(-1, 2) if start > 0 and end < count]
    runs = [(start * window * 1000 // rate, end * window * 1000 // rate) for start, end in inside]
    long_enough = [run for run in runs if run[1] - run[0] >= SHORTEST_PAUSE_MS]
    return sorted(sorted(long_enough, key=lambda run: run[0] - run[1])[:most])


def _faded(samples: NDArray[np.int16], rate: int, *, begins: bool, ends: bool = True) -> NDArray[np.int16]:
    """The samples, faded at added silence, as a voice may breathe in its pauses."""
    fade = min(rate * _FADE_MS // 1000, len(samples))
    ramp = np.linspace(0, 1, fade, endpoint=False)
    gains = np.ones(len(samples))
    if begins:
        gains[:fade] = ramp
    if ends:
        gains[len(samples) - fade :] = ramp[::-1]
    return np.rint(samples * gains).astype(np.int16)
