"""Headroom: how high the voice may reach so that its sum with tones and bed never passes the programme's peak.

The rule: peaks are added as if they always coincided, so no sum can be higher than the result. First the voice's own
peaks make room, which costs no loudness: a limiter takes a few dB off the rarest. Only if beds or tones are so loud
that this would be heard is everything lowered, by the same amount, so that all levels relative to the voice stay. It
knows the timeline and the peaks, and touches no sound.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from player.sound.envelope import Envelope
from player.sound.master import PEAK_DB
from player.units import gain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from player.techniques.cue import Tone
    from player.timeline.model import Cue, Timeline

_DEEPEST_CUT_DB: Final = 3.0
"""The voice's peaks are never cut by more than this under the programme's: beyond that a limiter can be heard."""
LOWEST_CEILING_DB: Final = PEAK_DB - _DEEPEST_CUT_DB
_LONGEST_STRETCH_MS: Final = 60_000


class Headroom(NamedTuple):
    """The levels that keep the sum under its peak.

    Attributes
    ----------
    trim_db
        Of voice, tones and bed alike; 0 or less.
    ceiling_db
        Of the voice's clips after their trim, for the limiter.
    """

    trim_db: float
    ceiling_db: float


def headroom(
    timeline: Timeline,
    *,
    bed_peak: Callable[[str], float],
    tone_peak: Callable[[Tone], float],
    peak_db: float = PEAK_DB,
) -> Headroom:
    """The headroom of a timeline.

    Parameters
    ----------
    bed_peak
        The highest magnitude of a bed when it is as loud as the voice, full scale 1.0.
    tone_peak
        The highest magnitude of a tone at its level.
    peak_db
        Highest level of the programme, dBFS.
    """
    voice = _Overlaps((cue, 1.0) for cue in timeline.cues if not cue.is_tone)
    tones = _Overlaps((cue, tone_peak(cast("Tone", cue.sound))) for cue in timeline.cues if cue.is_tone)
    envelope = Envelope(timeline)
    beds = {name: bed_peak(name) for name in envelope.sounds}
    under, alone = 0.0, 0.0
    for start_ms, end_ms in _stretches(timeline):
        others = tones.most(start_ms, end_ms)
        others += sum(peak * envelope.highest(name, start_ms, end_ms) for name, peak in beds.items())
        alone = max(alone, others)
        if voice.most(start_ms, end_ms):
            under = max(under, others)
    peak, lowest_ceiling = gain(peak_db), gain(peak_db - _DEEPEST_CUT_DB)
    trim = min(1.0, peak / (lowest_ceiling + under), peak / alone if alone else 1.0)
    return Headroom(20 * math.log10(trim), 20 * math.log10(peak - under * trim))


def _stretches(timeline: Timeline) -> Iterator[tuple[int, int]]:
    """The programme cut wherever a cue begins or ends, and at every minute so that none is long."""
    cuts = {timeline.total_ms, *range(0, timeline.total_ms, _LONGEST_STRETCH_MS)}
    for cue in timeline.cues:
        cuts |= {cue.start_ms, cue.end_ms}
    return pairwise(sorted(cut for cut in cuts if cut <= timeline.total_ms))


class _Overlaps:
    """Cues with their peaks: the highest sum of those that sound together."""

    def __init__(self, cues: Iterable[tuple[Cue, float]]) -> None:
        heights = [(cue.start_ms, cue.end_ms, height) for cue, height in cues]
        changes = sorted([(start, up) for start, _, up in heights] + [(end, -up) for _, end, up in heights])
        self._times = [time for time, _ in changes]
        self._sums = list(accumulate(change for _, change in changes))

    def most(self, start_ms: int, end_ms: int) -> float:
        """The highest sum at any moment of a half-open span, 0 where nothing sounds."""
        # Of changes at one moment only the last counts, and those that end come first: each sum stands until the next.
        sums = self._sums[max(bisect_right(self._times, start_ms) - 1, 0) : bisect_left(self._times, end_ms)]
        return max(sums, default=0.0)
