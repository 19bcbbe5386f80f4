"""`muscles`: progressive muscle relaxation over a list of groups.

The groups are data (``scripts/muscles/*.yaml``), not code. A round says what to do, marks the start of the tension with
a firm "now" on its beat, and the release with a long "let go". Clinical handouts ask for 5 to 7 s of tension and 30 to
40 s of release, each group twice; the defaults are 6 s, then 35 s and 40 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

from player.script import library
from player.script.yaml.binding import bind
from player.script.yaml.reader import read
from player.script.yaml.types import Count, Duration, FieldError, ListRule, Name, OneOrMore, Text, duration
from player.techniques.cue import Marker, Part, Slot, Speech
from player.techniques.speech import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner

FIRM_PACE: Final = 1.2
LONG_PACE: Final = 0.8

Tension = Annotated[int, duration(minimum_ms=2000, maximum_ms=15_000)]


@dataclass(frozen=True)
class Group:
    """A muscle group.

    ``name`` and ``how`` fit into sentences ("your right hand", "make a fist"); ``short`` is the word to leave it out
    by; ``caution`` is spoken before the first tension; ``ease`` is what there is to notice once it has let go. A group
    that cramps easily has a shorter ``tense`` of its own; what is left of the step's goes to the release.
    """

    name: Name
    short: Name
    how: Name | None = None
    caution: Text | None = None
    ease: Text | None = None
    tense: Tension | None = None

    def tension(self, wanted: int) -> int:
        """How long this group is tensed if the others are tensed for ``wanted``."""
        return min(wanted, self.tense or wanted)


Groups = Annotated[tuple[Group, ...], ListRule(least=1)]


@dataclass(frozen=True)
class GroupSet:
    """A named list of groups, as a data file holds it."""

    title: Name
    groups: Groups


@dataclass(frozen=True)
class SetKind:
    """Reads the name of a set."""

    about: str = "the name of a muscle set, such as seven or release-only"

    def parse(self, text: str) -> tuple[Group, ...]:
        """The groups of the set with this name."""
        return group_set(text).groups

    def schema(self) -> dict[str, object]:
        """JSON Schema of the text."""
        return {"type": "string", "examples": list(library.muscle_sets(own=False))}


def group_set(name: str) -> GroupSet:
    """The set with this name.

    Raises
    ------
    ValueError
        If there is none.
    ScriptError
        If its file has mistakes.
    """
    source = library.muscle_set(name)
    return bind(read(source.text, str(source.path)), GroupSet)


@dataclass(frozen=True)
class Muscles:
    """Muscle relaxation; ``name`` and ``again`` are what is said before the first and the later rounds."""

    muscles: Annotated[tuple[Group, ...], SetKind()] | Groups
    name: Duration = 10_000
    tense: Tension | Literal["none"] = 6000
    release: OneOrMore[Duration] = (35_000, 40_000)
    again: Duration = 4000
    rounds: Count | None = None
    order: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        """Every group can be found once, and can be tensed where tension is asked for."""
        shorts = [group.short for group in self.muscles]
        if unknown := [short for short in self.order if short not in shorts]:
            raise FieldError("order", f"names {unknown[0]!r}, which is none of {', '.join(shorts)}")
        if self.tense != "none" and (without := [group.name for group in self.muscles if not group.how]):
            raise FieldError("muscles", f"has no how for {without[0]!r}; say how it is tensed, or tense: none")

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """The rounds of each group in turn."""
        for group in (each for each in self._ordered() if not planner.leaves_out(each.short)):
            yield Marker(group.name, level=2)
            for round_, release in enumerate(self._releases()):
                yield self._said(at, planner, group, again=round_ > 0)
                spared = 0
                if self.tense != "none":
                    tension = group.tension(self.tense)
                    spared = self.tense - tension
                    yield Slot(at, tension, (_now(planner, at),), ducked=True, guide="tense")
                yield self._release(at, planner, group, release + spared, first=round_ == 0)

    def _ordered(self) -> list[Group]:
        """The groups named in ``order`` first, then the others as they stand."""
        rank = {short: number for number, short in enumerate(self.order)}
        return sorted(self.muscles, key=lambda group: rank.get(group.short, len(rank)))

    def _releases(self) -> list[int]:
        rounds = self.rounds or len(self.release)
        return [self.release[min(number, len(self.release) - 1)] for number in range(rounds)]

    def _said(self, at: Position, planner: Planner, group: Group, *, again: bool) -> Slot:
        words = planner.words(at)
        if again:
            return Slot(at, self.again, spoken(words.again, planner))
        text = words.attend.format(name=group.name)
        if self.tense != "none":
            lines = (text, group.caution, words.tighten.format(how=group.how))
            text = " ".join(line for line in lines if line)
        return Slot(at, self.name, spoken(text, planner))

    def _release(self, at: Position, planner: Planner, group: Group, length: int, *, first: bool) -> Slot:
        said: tuple[Speech, ...] = (_let_go(planner, at),)
        if first and group.ease:
            said += spoken(group.ease, planner, follows=True)
        return Slot(at, length, said, guide="release")


def _now(planner: Planner, at: Position) -> Speech:
    return Speech(planner.utterance(planner.words(at).now, pace=FIRM_PACE), "word", beat_ms=0)


def _let_go(planner: Planner, at: Position) -> Speech:
    return Speech(planner.utterance(planner.words(at).let_go, pace=LONG_PACE), "word", beat_ms=0)
