"""`section` and `repeat`: the order of things, with no sound of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from player.script.types import Count, Name, Steps
from player.techniques.cue import Marker, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner


@dataclass(frozen=True)
class Section:
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
