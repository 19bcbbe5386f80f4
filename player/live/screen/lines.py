"""Prints plain lines while a session plays, for screen readers and logs: one line an event, with its time.

There are few lines, because a screen reader speaks each of them into the sound. A step is one line, printed as it
begins. Breathing is printed phase by phase for its first cycle; after that, and in a long quiet, one line a minute says
how much is left. Counts are heard, not printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.errors import printable
from player.live.observer import PlaybackState
from player.live.screen.volume import MUTED, volume
from player.timeline.pacer_index import PacerIndex
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from player.timeline.model import Section, Timeline
    from player.timeline.pacer_index import ShownPhase

MINUTE_MS: Final = 60_000
JUMP_MS: Final = 2500
"""States come about twenty times a second; one that is farther from the last is a jump."""


class SpokenObserver:
    """A playback observer for screen readers.

    Parameters
    ----------
    say
        Prints a line.
    keys
        Each key and what it does, printed when the listener asks for it.
    """

    def __init__(self, say: Callable[[str], object], keys: tuple[tuple[str, str], ...] = ()) -> None:
        self._say = say
        self._keys = keys
        self._index: PacerIndex | None = None
        self._cycle = _Cycle()
        self._before = PlaybackState(0)
        self._phase_number = -1
        self._sections: tuple[Section, ...] = ()
        self._section = ""
        self._told_ms = 0

    def begin(self, timeline: Timeline) -> None:
        """A session begins. Its title has been printed."""
        self._index, self._cycle, self._before = PacerIndex(timeline), _Cycle(), PlaybackState(-JUMP_MS)
        self._sections = timeline.sections
        self._phase_number, self._section, self._told_ms = -1, "", 0
        if self._keys:
            self._say("Press ? for the keys.")

    def show(self, state: PlaybackState) -> None:
        """Print what has changed since the last state."""
        if self._index is None:
            return
        before, self._before = self._before, state
        for text in _changes(before, state):
            self._tell(state.at_ms, text)
        if state.keys_shown and not before.keys_shown:
            for key, does in self._keys:
                self._say(f"  {key}: {does}")
        if not state.is_paused:
            self._follow(self._index, before.at_ms, state.at_ms)

    def end(self) -> None:
        """The session is over. Where no loudspeaker opened, there was no state, and nothing was heard."""
        if self._index is not None:
            index, self._index = self._index, None
            if self._before.at_ms >= 0:
                self._say(f"Heard {index.heard(self._before.at_ms)}.")

    def _follow(self, index: PacerIndex, before_ms: int, at_ms: int) -> None:
        number, first = index.phase_number(at_ms), self._phase_number + 1
        if not 0 <= at_ms - before_ms <= JUMP_MS:
            first = number
        self._phase_number = number
        for phase in index.phases[first : number + 1]:
            self._begin(phase)
        if at_ms // MINUTE_MS > before_ms // MINUTE_MS and at_ms - self._told_ms >= MINUTE_MS // 2:
            self._tell(at_ms, f"{timecode(index.at(at_ms).left_s * 1000)} left")

    def _begin(self, phase: ShownPhase) -> None:
        """Print a slot that begins: its section, if that is new, and its words."""
        section = next((each.title for each in reversed(self._sections) if each.start_ms <= phase.start_ms), "")
        if section != self._section:
            self._section, self._cycle = section, _Cycle()
            self._tell(phase.start_ms, section and f"– {section} –")
        if words := " ".join(self._cycle.words(phase)):
            self._tell(phase.start_ms, words)

    def _tell(self, at_ms: int, text: str) -> None:
        if text:
            self._told_ms = at_ms
            self._say(f"{timecode(max(0, at_ms))} {printable(text)}")


class _Cycle:
    """The breathing phases that were printed already."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def words(self, phase: ShownPhase) -> Iterator[str]:
        """The words to print for a slot."""
        if phase.body == "breath":
            text = f"{phase.word}, {phase.length_ms / 1000:g} second{'s' * (phase.length_ms != 1000)}"
            if text not in self._told:
                self._told.add(text)
                yield text
        else:
            self._told.clear()
            if phase.word:
                yield f"{phase.word}."
        if phase.own:
            yield from (line.text for line in phase.lines if line.start_ms >= phase.start_ms)


def _changes(before: PlaybackState, now: PlaybackState) -> Iterator[str]:
    if now.notice and now.notice != before.notice:
        yield now.notice
    if now.is_paused != before.is_paused:
        yield "Paused." if now.is_paused else "Goes on."
    loud = volume(now.volume_db)
    if loud != volume(before.volume_db) or (now.is_full and not before.is_full):
        yield "Muted." if loud == MUTED else f"Volume {loud}."
    if now.has_background != before.has_background:
        yield "Background on." if now.has_background else "Background off."
    if now.bed_db != before.bed_db and now.bed_db is not None:
        yield f"Background {now.bed_db:.0f} dB."
    if now.guide != before.guide:
        yield f"Guidance: {now.guide}."
    if now.speaks and not before.speaks:
        yield "Speaking…"
