"""`section`, `repeat`, `include`, `intro` and `choose`: which steps, in which order, without a sound of their own."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (hints are read when a script is bound)
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from player.script.yaml.scalar_types import shown
from player.script.yaml.suggestions import did_you_mean
from player.script.yaml.type_shapes import enumerated
from player.script.yaml.types import Count, FieldError, Identifier, Name, Steps, Text
from player.techniques.cue import Marker, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner


@dataclass(frozen=True)
class SectionStep:
    """A chapter begins."""

    section: Name

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:  # noqa: ARG002 (a title is only a title)
        """One marker."""
        yield Marker(self.section)


@dataclass(frozen=True)
class Times:
    """Which steps, and how often."""

    example: ClassVar[str] = "repeat: {times: 3, steps: [{pause: 4s}]}"

    times: Count
    steps: Steps


@dataclass(frozen=True)
class Repeat:
    """The steps again."""

    repeat: Times

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:  # noqa: ARG002 (the steps have places of their own)
        """The parts of the steps, as often as asked."""
        for _ in range(self.repeat.times):
            yield from planner.steps(self.repeat.steps)


@dataclass(frozen=True)
class Include:
    """The steps of another script, with what its parameters stand for here."""

    include: Name
    params: Mapping[Identifier, Text] = field(default_factory=dict)

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """The parts of its steps, in the voice of this session."""
        yield from planner.included(at, self.include, self.params)


@dataclass(frozen=True)
class Versions:
    """The same introduction, in full and short."""

    example: ClassVar[str] = "intro: {full: [{say: Hello.}], short: [{pause: 1s}]}"

    full: Steps
    short: Steps


@dataclass(frozen=True)
class Intro:
    """An introduction in two versions: full for whoever hears the session for the first time, short for later."""

    intro: Versions

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:  # noqa: ARG002 (the steps have places of their own)
        """The parts of the version that is asked for."""
        yield from planner.steps(self.intro.short if planner.short_intro() else self.intro.full)


@dataclass(frozen=True)
class Choose:
    """The steps of one of several cases, as a value says; the steps of all cases are read and checked."""

    choose: Name
    cases: Mapping[Name, Steps]

    def __post_init__(self) -> None:
        """There must be a case of that name."""
        if self.choose not in self.cases:
            there = did_you_mean(self.choose, self.cases) or f"there are {enumerated([*self.cases]) or 'none'}"
            raise FieldError("choose", f"must name one of its cases, not {shown(self.choose)}; {there}")

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:  # noqa: ARG002 (the steps have places of their own)
        """The parts of the steps of the case."""
        yield from planner.steps(self.cases[self.choose])
