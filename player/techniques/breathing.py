"""`breathe`: phases of a breath, counted, named, toned or silent.

The rule: a phase lasts exactly its length, its spoken word included; the word's beat falls on the phase's first moment
and each number's beat on its second. The guide steps back over the cycles; the bed stays down while it speaks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final, Literal, cast

from player.script.types import Count, Duration, FieldError, Name, OneOrMore, duration
from player.techniques.cue import Part, Slot, Sounding, Speech, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.cue import Utterance
    from player.techniques.planning import Planner

Help = Literal["count", "words", "tones", "silent"]

SHORTEST_COUNTED_MS: Final = 2000
"""A shorter phase gets the word alone: there is no room to count in it."""
BEAT_MS: Final = 1000
COUNTING_PACE: Final = 1.25
"""Counted words are said a little faster than sentences, so that each leaves silence before the next."""
COUNTING_RATE: Final = 125
"""And never slower than this: a count has a second, however slowly the sentences are spoken."""

_STAGE = re.compile(r"(\w+)(?:\s+(\d+))?")
_HELPS: Final = ("count", "words", "tones", "silent")
PhaseLength = Annotated[int, duration(minimum_ms=500, maximum_ms=60_000)]


@dataclass(frozen=True)
class Stage:
    """How much help the listener gets, and for how many cycles; None is to the end."""

    help: Help
    cycles: int | None = None


@dataclass(frozen=True)
class StageKind:
    """Reads ``count 6`` or ``silent``."""

    about: str = "count, words, tones or silent, with the number of cycles behind it"

    def parse(self, text: str) -> Stage:
        """The stage that is meant."""
        match = _STAGE.fullmatch(text.strip())
        if match is None or match[1] not in _HELPS or match[2] == "0":
            raise ValueError(f"must be count, words, tones or silent, such as 'count 6' or 'silent', not {text!r}")
        return Stage(cast("Help", match[1]), int(match[2]) if match[2] else None)

    def schema(self) -> dict[str, object]:
        """JSON Schema of the text."""
        return {"type": "string", "pattern": r"^(count|words|tones|silent)( +[1-9]\d*)?$"}


@dataclass(frozen=True)
class Pattern:
    """The phases of one cycle in the order of a breath, and how many cycles."""

    in_: PhaseLength
    out: PhaseLength
    hold: PhaseLength | None = None
    rest: PhaseLength | None = None
    cycles: Count | None = None
    for_: Duration | None = None

    def __post_init__(self) -> None:
        """The number of cycles is given once, in one of two ways."""
        if (self.cycles is None) == (self.for_ is None):
            raise ValueError("must have either cycles or for, which says for how long")

    def phases(self) -> tuple[tuple[str, int], ...]:
        """Kind and milliseconds of each phase of a cycle."""
        order = (("in", self.in_), ("hold", self.hold), ("out", self.out), ("rest", self.rest))
        return tuple((kind, length) for kind, length in order if length)

    def count(self) -> int:
        """How many cycles: as given, or the whole number nearest to the time given, at least one."""
        if self.cycles is not None:
            return self.cycles
        cycle = sum(length for _, length in self.phases())
        return max(1, (2 * (self.for_ or 0) + cycle) // (2 * cycle))


@dataclass(frozen=True)
class PhaseWords:
    """What a phase is called where the language's own word does not fit."""

    in_: Name | None = None
    hold: Name | None = None
    out: Name | None = None
    rest: Name | None = None


@dataclass(frozen=True)
class Breathe:
    """A breathing pattern, guided."""

    breathe: Pattern
    guide: OneOrMore[Annotated[Stage, StageKind()]] = (Stage("count"),)
    words: PhaseWords = field(default_factory=PhaseWords)
    count: Literal["up", "down", "none"] = "up"

    def __post_init__(self) -> None:
        """Only the last stage may go on to the end."""
        if any(stage.cycles is None for stage in self.guide[:-1]):
            raise FieldError("guide", "must give the cycles of every entry but the last, such as [count 6, silent]")

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """One slot a phase."""
        words = self._words(at, planner)
        for help_ in self._helps():
            for kind, length in self.breathe.phases():
                yield self._phase(at, planner, help_, kind, length, words[kind])

    def _helps(self) -> Iterator[Help]:
        left = self.breathe.count()
        for stage in self.guide[:-1]:
            cycles = min(left, stage.cycles or 0)
            left -= cycles
            yield from [stage.help] * cycles
        yield from [self.guide[-1].help] * left

    def _words(self, at: Position, planner: Planner) -> dict[str, str]:
        own = {"in": self.words.in_, "hold": self.words.hold, "out": self.words.out, "rest": self.words.rest}
        needed = [kind for kind, _ in self.breathe.phases()]
        if all(own[kind] for kind in needed) and self.count == "none":
            return {kind: own[kind] or "" for kind in needed}
        table = planner.words(at).phases
        return {kind: own[kind] or table[kind] for kind in needed}

    def _phase(self, at: Position, planner: Planner, help_: Help, kind: str, length: int, word: str) -> Slot:
        if help_ == "silent":
            return Slot(at, length, guide=kind)
        if help_ == "tones":
            return Slot(at, length, (Sounding(Tone(kind, length), "tone"),), guide=kind)
        said = [Speech(_counting(planner, word), "word", beat_ms=0)]
        if help_ == "count" and self.count != "none" and length >= SHORTEST_COUNTED_MS:
            said += self._numbers(at, planner, length)
        return Slot(at, length, tuple(said), ducked=True, guide=kind)

    def _numbers(self, at: Position, planner: Planner, length: int) -> Iterator[Speech]:
        words, seconds = planner.words(at), length // BEAT_MS
        for second in range(1, seconds):
            number = second + 1 if self.count == "up" else seconds - second
            yield Speech(_counting(planner, words.number(number)), "count", beat_ms=second * BEAT_MS)


def _counting(planner: Planner, word: str) -> Utterance:
    return planner.utterance(word, pace=COUNTING_PACE, at_least=COUNTING_RATE)
