"""`section`, `repeat` and `include`: the order of steps, without a sound of their own."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (hints are read when a script is bound)
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from player.script.yaml.types import Count, Identifier, Name, Steps, Text
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
