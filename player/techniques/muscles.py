"""`muscles`: progressive muscle relaxation over a list of groups.

The groups are data (``scripts/muscles/*.yaml``), not code. A round says what to do, marks the start of the tension with
a "now" on its beat, asks the listener to notice the tension, and marks the release with a long "let go". Clinical
handouts ask for 5 to 7 s of tension and 30 to 40 s of release, each group twice; the defaults are 6 s, then 35 s and
40 s. What is waited for never varies: "When I say now" before a tension, and "let go" as the first words of a release.
The first three groups have a firm "now" and later ones a softer one, because a firm word thirty times over is a drill.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from player.script import library
from player.script.yaml.binding import bind
from player.script.yaml.reader import read
from player.script.yaml.scalar_types import shown
from player.script.yaml.type_shapes import enumerated
from player.script.yaml.types import Count, Duration, FieldError, ListRule, Name, OneOrMore, Said, duration
from player.techniques.cue import Marker, Part, Slot, Speech
from player.techniques.speech import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from player.errors import Position
    from player.techniques.planning import Planner

FIRM_PACE: Final = 1.2
SOFT_PACE: Final = 1.0
LONG_PACE: Final = 0.8
FIRM_GROUPS: Final = 3
"""How many groups have the firm word; the others know it by then."""
FEEL_MS: Final = 1500
"""When the listener is asked to notice the tension: "now" is over, and the muscle is tight."""
LATER_MS: Final = 13_000
"""When the second line of a release is said: half way between the first one and the end of a short release."""
MOST_EASE: Final = 3

Tension = Annotated[int, duration(minimum_ms=2000, maximum_ms=15_000)]


@dataclass(frozen=True)
class Group:
    """A muscle group.

    ``name``, ``at`` and ``how`` fit into sentences ("your right hand", "make a fist"); ``at`` is the form of the name
    that follows "to" in a language where it is another one. ``short`` is the word to leave it out by. ``attend`` is a
    sentence of its own in place of "Notice your right hand", and ``again`` one in place of "When I say now, do that
    again"; ``caution`` is spoken before the first tension. ``feel`` is said into the tension, in the first round and,
    if it is a list, in the next ones. ``ease`` is what there is to notice at the release, later in it, and in the
    second round. A group that cramps easily has a shorter ``tense`` of its own; what is left of the step's goes to the
    release. ``rounds`` is the most rounds that it needs.
    """

    example: ClassVar[str] = "{name: your jaw, short: jaw, how: bite gently}"

    name: Name
    short: Name
    at: Name | None = None
    how: Name | None = None
    attend: Said | None = None
    caution: Said | None = None
    feel: OneOrMore[Said] | None = None
    ease: OneOrMore[Said] | None = None
    again: Said | None = None
    tense: Tension | None = None
    rounds: Count | None = None

    def __post_init__(self) -> None:
        """There are as many lines for a release as there are times for them."""
        if len(self.ease or ()) > MOST_EASE:
            most = "three lines: at the release, later in it, and in the second round"
            raise FieldError("ease", f"has at most {most}, not {len(self.ease or ())}")

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
        return {"type": "string", "examples": [name for name in library.muscle_sets(own=False) if "/" not in name]}


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
    return _bound(source.text, str(source.path))


@cache
def _bound(text: str, place: str) -> GroupSet:
    """A set's text is read once, as a session asks for its sets in every step: 20 ms of an export of pmr-16."""
    return bind(read(text, place), GroupSet)


@dataclass(frozen=True)
class Round:
    """One round of one group: the place of the group among those that are there, and of the round in the whole."""

    group: Group
    place: int
    number: int
    turn: int

    @property
    def repeats(self) -> int:
        """How many rounds before this one were a group's second or later."""
        return self.turn - self.place - 1


@dataclass(frozen=True)
class Muscles:
    """Muscle relaxation; ``name``, ``caution`` and ``again`` are the times of what is said before a tension."""

    muscles: Annotated[tuple[Group, ...], SetKind()] | Groups
    name: OneOrMore[Duration] = (10_000,)
    caution: Duration = 10_000
    tense: Tension | Literal["none"] = 6000
    release: OneOrMore[Duration] = (35_000, 40_000)
    again: Duration = 7000
    rounds: Count | None = None
    order: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        """Every group can be found once, and can be tensed where tension is asked for."""
        shorts = [group.short for group in self.muscles]
        if unknown := [short for short in self.order if short not in shorts]:
            raise FieldError("order", f"names {shown(unknown[0])}, which is none of {enumerated(shorts)}")
        if self.tense != "none" and (without := [group.name for group in self.muscles if not group.how]):
            raise FieldError("muscles", f"has no how for {shown(without[0])}; say how it is tensed, or tense: none")

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """The rounds of each group in turn."""
        there = [group for group in self._ordered() if not planner.leaves_out(group.short)]
        for each in self._rounds(there):
            if each.number == 0:
                yield Marker(each.group.name, level=2)
            yield self._said(at, planner, each)
            spared = 0
            if self.tense != "none":
                tension = each.group.tension(self.tense)
                spared = self.tense - tension
                yield Slot(at, tension, _tensing(at, planner, each), ducked=True, guide="tense")
            length = _in_turn_to_last(self.release, each.number) + spared
            yield Slot(at, length, self._releasing(at, planner, each), guide="release")

    def _ordered(self) -> list[Group]:
        """The groups named in ``order`` first, then the others as they stand."""
        rank = {short: number for number, short in enumerate(self.order)}
        return sorted(self.muscles, key=lambda group: rank.get(group.short, len(rank)))

    def _rounds(self, groups: Sequence[Group]) -> Iterator[Round]:
        turn = 0
        for place, group in enumerate(groups):
            wanted = self.rounds or len(self.release)
            for number in range(min(wanted, group.rounds or wanted)):
                yield Round(group, place, number, turn)
                turn += 1

    def _said(self, at: Position, planner: Planner, here: Round) -> Slot:
        """What is said before a tension, or before a release where nothing is tensed."""
        group, words = here.group, planner.words(at).muscles
        if here.number and self.tense == "none":  # nothing was done that could be done again
            return Slot(at, self.again, spoken(group.again or _attend(group, words.arrive, here.turn), planner))
        if here.number:
            return Slot(at, self.again, spoken(group.again or _in_turn(words.again, here.repeats), planner))
        length = _in_turn_to_last(self.name, here.place)
        if self.tense == "none":
            return Slot(at, length, spoken(_attend(group, words.arrive, here.place), planner))
        lines = (_attend(group, words.attend, here.place), group.caution, words.tighten.format(how=group.how))
        more = self.caution if group.caution else 0
        return Slot(at, length + more, spoken(" ".join(line for line in lines if line), planner))

    def _releasing(self, at: Position, planner: Planner, here: Round) -> tuple[Speech, ...]:
        """On the beat, "let go" where something was tensed; then what there is to notice."""
        said: tuple[Speech, ...] = ()
        if self.tense != "none":
            text = _in_turn(planner.words(at).muscles.let_go, here.turn)
            said = (Speech(planner.utterance(text, pace=LONG_PACE), "word", beat_ms=0),)
        for text, at_ms in _ease(here):
            said += _from(at_ms, text, planner, follows=bool(said))
        return said


def _attend(group: Group, variants: Sequence[str], place: int) -> str:
    return group.attend or _in_turn(variants, place).format(name=group.name, at=group.at or group.name)


def _tensing(at: Position, planner: Planner, here: Round) -> tuple[Speech, ...]:
    """On the beat, "now"; then the line that says what there is to feel."""
    words = planner.words(at).muscles
    pace = FIRM_PACE if here.place < FIRM_GROUPS else SOFT_PACE
    said: tuple[Speech, ...] = (Speech(planner.utterance(words.now, pace=pace), "word", beat_ms=0),)
    for text in (here.group.feel or ())[here.number : here.number + 1]:
        said += _from(FEEL_MS, text, planner, follows=False)
    return said


def _ease(here: Round) -> list[tuple[str, int]]:
    """The lines of a release, and when each is said."""
    lines = here.group.ease or ()
    if here.number == 0:
        return list(zip(lines, (0, LATER_MS), strict=False))
    return [(text, 0) for text in lines[2:] if here.number == 1]


def _from(at_ms: int, text: str, planner: Planner, *, follows: bool) -> tuple[Speech, ...]:
    """A text that is said at a time of its slot, or later if the speech before it lasts so long."""
    first, *others = spoken(text, planner, follows=follows)
    return replace(first, from_ms=at_ms), *others


def _in_turn(variants: Sequence[str], place: int) -> str:
    return variants[place % len(variants)]


def _in_turn_to_last(times: Sequence[int], place: int) -> int:
    return times[min(place, len(times) - 1)]
