"""Playing in plain lines, for screen readers and logs: one line an event, each with its time, nothing rewritten.

The rule: sparing, because a screen reader speaks every line into the sound. A step is one line, told as it begins.
Breathing is told phase by phase for its first cycle; after that, and in any long quiet, a line a minute says how far
it is. Counts are heard, not printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.errors import printable
from player.live.observer import PlaybackState
from player.live.screen.score import PacerIndex
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from player.live.screen.score import ShownPhase
    from player.timeline.model import Section, Timeline

MINUTE_MS: Final = 60_000
JUMP_MS: Final = 2500
"""Moments come some twenty times a second; what is farther from the one before was a jump."""


class SpokenObserver:
    """A view for ears.

    Parameters
    ----------
    say
        Prints a line.
    keys
        Each key and what it does, for the listener who asks.
    """

    def __init__(self, say: Callable[[str], object], keys: tuple[tuple[str, str], ...] = ()) -> None:
        self._say = say
        self._keys = keys
        self._score: PacerIndex | None = None
        self._cycle = _Cycle()
        self._before = PlaybackState(0)
        self._place = -1
        self._sections: tuple[Section, ...] = ()
        self._section = ""
        self._told_ms = 0

    def begin(self, timeline: Timeline) -> None:
        """A session begins; its title has been told."""
        self._score, self._cycle, self._before = PacerIndex(timeline), _Cycle(), PlaybackState(-JUMP_MS)
        self._sections = timeline.sections
        self._place, self._section, self._told_ms = -1, "", 0
        if self._keys:
            self._say("Press ? for the keys.")

    def show(self, moment: PlaybackState) -> None:
        """Tell what has happened since the last moment."""
        if self._score is None:
            return
        before, self._before = self._before, moment
        for text in _changes(before, moment):
            self._tell(moment.at_ms, text)
        if moment.keys_shown and not before.keys_shown:
            for key, does in self._keys:
                self._say(f"  {key}: {does}")
        if not moment.is_paused:
            self._follow(self._score, before.at_ms, moment.at_ms)

    def end(self) -> None:
        """The session is over."""
        if self._score is not None:
            score, self._score = self._score, None
            self._say(f"Heard {score.heard(self._before.at_ms)}.")

    def _follow(self, score: PacerIndex, before_ms: int, at_ms: int) -> None:
        place, first = score.place(at_ms), self._place + 1
        if not 0 <= at_ms - before_ms <= JUMP_MS:
            first = place
        self._place = place
        for phase in score.phases[first : place + 1]:
            self._begin(phase)
        if at_ms // MINUTE_MS > before_ms // MINUTE_MS and at_ms - self._told_ms >= MINUTE_MS // 2:
            self._tell(at_ms, f"{timecode(score.at(at_ms).left_s * 1000)} left")

    def _begin(self, phase: ShownPhase) -> None:
        """A slot begins: its section, if that is new, and its words."""
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
    """What of breathing has been told already."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def words(self, phase: ShownPhase) -> Iterator[str]:
        """What is to be told of a slot."""
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
            yield from (line.text for line in phase.lines)


def _changes(before: PlaybackState, now: PlaybackState) -> Iterator[str]:
    if now.notice and now.notice != before.notice:
        yield now.notice
    if now.is_paused != before.is_paused:
        yield "Paused." if now.is_paused else "Goes on."
    if round(now.volume_db) != round(before.volume_db):
        yield f"Volume {now.volume_db:+.0f} dB." if round(now.volume_db) else "Volume as recorded."
    if now.has_background != before.has_background:
        yield "Background on." if now.has_background else "Background off."
