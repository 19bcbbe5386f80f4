"""The course of a voice: its rate and pitch at each moment, where a script has them change over the session.

The rule: a course is walked in at most `MOST_STEPS` steps of equal time, from the first speech to the last; all that is
said in one breath has the rate and pitch of the breath's beginning (tests/timeline/test_course.py). It needs no clip: a
slot whose length the speech decides has its estimate. The level, which needs no new speech, is no matter of steps: see
`Timeline.voice_level`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from player.script.yaml.types import FASTEST, SLOWEST
from player.techniques.cue import Slot, Sounding, Speech, Utterance
from player.timeline.layout import nominal_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.script.voice_settings import VoiceSettings
    from player.techniques.cue import Part

MOST_STEPS: Final = 8
"""From 105 to 90 words a minute these are steps of 2 %, where listeners notice about 5 (Quené 2007, on the just
noticeable difference for tempo in speech). What is said in another step is another clip in the store: words that come
back, a session of another length and another order of pictures need at most eight of each, and not one a second."""
_BREATH: Final = ("in", "hold", "out", "rest")


def along(parts: Sequence[Part], voice: VoiceSettings) -> tuple[Part, ...]:
    """Settled parts, with the rate and pitch that the voice has at their times in place of those of its beginning."""
    course = _Course.of(voice)
    if course.steps == 1:
        return tuple(parts)
    times = _times(parts)
    spoken = [at for part, at in zip(parts, times, strict=True) if _speaks(part)] or [0]
    first, whole = spoken[0], max(1, spoken[-1] - spoken[0])
    return tuple(
        replace(part, cues=tuple(course.at((at - first) * course.steps // whole, cue) for cue in part.cues))
        if isinstance(part, Slot)
        else part
        for part, at in zip(parts, times, strict=True)
    )


def _times(parts: Sequence[Part]) -> list[int]:
    """When each part begins, in ms; the phases of a breath all have the time at which it begins."""
    starts = accumulate((nominal_ms([part])[0] for part in parts), initial=0)
    times: list[int] = []
    for part, start in zip(parts, starts, strict=False):  # the last of them is the end
        goes_on = isinstance(part, Slot) and part.guide in _BREATH and not part.opens
        times.append(times[-1] if goes_on and times else start)
    return times


def _speaks(part: Part) -> bool:
    return isinstance(part, Slot) and any(isinstance(cue, Speech) for cue in part.cues)


@dataclass(frozen=True)
class _Course:
    rates: tuple[int, int]
    pitches: tuple[int, int]
    steps: int

    @classmethod
    def of(cls, voice: VoiceSettings) -> _Course:
        """With as many steps as there are whole words a minute or whole pitches on the way, up to the most."""
        values = [1 + abs(last - first) for first, last in (voice.rates, voice.pitches)]
        return cls(voice.rates, voice.pitches, min(MOST_STEPS, max(values)))

    def at(self, step: int, cue: Speech | Sounding) -> Speech | Sounding:
        """A cue as it is said in a step; the last one holds on."""
        if isinstance(cue, Sounding) or not isinstance(cue.said, Utterance):
            return cue
        share = min(step, self.steps - 1) / (self.steps - 1)
        rate, pitch = (first + (last - first) * share for first, last in (self.rates, self.pitches))
        paced = round(cue.said.rate * round(rate) / self.rates[0])  # a firm word keeps its distance to the others
        return replace(cue, said=replace(cue.said, rate=min(FASTEST, max(SLOWEST, paced)), pitch=round(pitch)))
