"""The listener's steps: the positions at which playing may begin again, one step back, one on, or once more.

The rule: playing from a step never begins within a word or a breath (tests/timeline/test_steps.py). A cycle of breaths
is one step; a tension with its release and the words before it is one step; any other slot is a step of its own. Pure:
it reads a timeline and does not know how it is played.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from player.timeline.model import Cue, Stretch, Timeline

LEAD_MS: Final = 100
"""Playing begins this long before the first word of a step, in silence: long enough to fade in."""
WORD_MS: Final = 1000
"""Who asks for a position within a word that began no longer ago hears that word from its beginning."""

_LATER_PHASES: Final = {"in", "hold", "out", "rest"}
_BEFORE: Final = {"tense": {""}, "release": {"", "tense"}}
"""The slots that are in the same step as the one before: a tension with its words, a release with tension or words."""


class TimelineStep(NamedTuple):
    """A step.

    Attributes
    ----------
    start_ms
        The start of its first slot.
    entry_ms
        The position at which playing begins, a little before: a word with its beat on the start sounds earlier.
    """

    start_ms: int
    entry_ms: int


class Steps:
    """The steps of a timeline, found by time. A step lasts from its entry to the entry of the next."""

    def __init__(self, timeline: Timeline) -> None:
        starts = list(_starts(timeline.slots)) or [0]
        self._steps = list(_entered(starts, timeline.cues))
        self._entries = [step.entry_ms for step in self._steps]
        self._sounds = sorted((cue.start_ms, cue.end_ms, cue.is_tone) for cue in timeline.cues)
        sections = (bisect_left(starts, section.start_ms) for section in timeline.sections)
        self._sections = sorted({index for index in sections if index < len(starts)})

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def entries(self) -> tuple[int, ...]:
        """The positions at which playing may begin, ms, in order."""
        return tuple(self._entries)

    @property
    def section_entries(self) -> tuple[int, ...]:
        """Those of them at which a section begins."""
        return tuple(self._entries[index] for index in self._sections)

    def at(self, ms: int) -> TimelineStep:
        """The step at a position."""
        return self._steps[self._index(ms)]

    def before(self, ms: int) -> TimelineStep:
        """The step before the one at a position; the first at least."""
        return self._steps[max(self._index(ms) - 1, 0)]

    def after(self, ms: int) -> TimelineStep | None:
        """The step after the one at a position, or None."""
        index = self._index(ms) + 1
        return self._steps[index] if index < len(self._steps) else None

    def section_after(self, ms: int) -> TimelineStep | None:
        """The first step of the next section, or None."""
        later = bisect_right(self._sections, self._index(ms))
        return self._steps[self._sections[later]] if later < len(self._sections) else None

    def beginning(self, ms: int) -> TimelineStep:
        """Where playing begins for a position that is asked for: there, or a little before, with the word around it."""
        step = self.at(ms)
        if step.entry_ms <= ms <= step.start_ms:
            return step
        words = [(start_ms, end_ms) for start_ms, end_ms, is_tone in self._sounds if not is_tone]
        begun_ms = next((start_ms for start_ms, end_ms in words if start_ms <= ms < end_ms), ms)
        if not begun_ms < ms <= begun_ms + WORD_MS:
            return TimelineStep(ms, ms)
        quiet_from_ms = max((end_ms for _, end_ms in words if end_ms <= begun_ms), default=0)
        return TimelineStep(ms, max(begun_ms - LEAD_MS, quiet_from_ms))

    def is_within_sound(self, ms: int) -> bool:
        """Whether a word or a tone has begun before a position, and is not over there."""
        return any(start_ms < ms < end_ms for start_ms, end_ms, _ in self._sounds)

    def _index(self, ms: int) -> int:
        return max(bisect_right(self._entries, ms) - 1, 0)


def _starts(slots: Iterable[Stretch]) -> Iterator[int]:
    """The starts of the steps. A slot without a length begins no step."""
    before: Stretch | None = None
    for slot in slots:
        if slot.length_ms:
            if before is None or not _goes_on(before, slot):
                yield slot.start_ms
            before = slot


def _goes_on(before: Stretch, slot: Stretch) -> bool:
    """Whether a slot belongs to the same step as the one before it."""
    if slot.guide in _LATER_PHASES:
        return not slot.opens
    return before.guide in _BEFORE.get(slot.guide, ())


def _entered(starts: list[int], cues: tuple[Cue, ...]) -> Iterator[TimelineStep]:
    first_sounds: dict[int, int] = {}
    for cue in cues:
        first_sounds[cue.slot_start_ms] = min(cue.start_ms, first_sounds.get(cue.slot_start_ms, cue.start_ms))
    spoken = [cue for cue in cues if not cue.is_tone]  # in order, and never two at once
    spoken_starts = [cue.start_ms for cue in spoken]
    earliest = 0
    for start_ms in starts:
        sounds_ms = min(start_ms, first_sounds.get(start_ms, start_ms))
        before = bisect_left(spoken_starts, sounds_ms)
        quiet_from_ms = min(spoken[before - 1].end_ms, sounds_ms) if before else 0
        entry_ms = max(sounds_ms - LEAD_MS, quiet_from_ms, earliest)
        earliest = entry_ms + 1
        yield TimelineStep(start_ms, entry_ms)
