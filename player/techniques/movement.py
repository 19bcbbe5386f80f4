"""`move`: gentle movements, each held for a while, one side after the other.

A movement is said at the beginning of its hold, and the way back at the beginning of the change. Both have their own
time, so that a set of stretches keeps its rhythm. The lines repeat if there are more times than lines. Desk stretches
are held for 10 s, those on the floor for 5 to 10 s (the Newcastle and Mayo sets).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from player.script.yaml.types import Count, Duration, OneOrMore, Text, duration
from player.techniques.cue import Part, Slot
from player.techniques.speech import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner


@dataclass(frozen=True)
class Movements:
    """What is said for each time, how long it is held, and how long the change takes; ``change: 0s`` is none."""

    say: OneOrMore[Text]
    hold: Annotated[int, duration(minimum_ms=1000)]
    times: Count | None = None
    back: Text | None = None
    change: Duration = 0


@dataclass(frozen=True)
class MoveStep:
    """Movements with their holds; without ``times`` there are as many as ``say`` has lines."""

    move: Movements

    def __post_init__(self) -> None:
        """The way back needs time to be said in."""
        if self.move.back and not self.move.change:
            raise ValueError("must have a change, which says for how long, where it has a back")

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """Two slots a movement: its hold, and the change to the next."""
        fields = self.move
        for number in range(fields.times or len(fields.say)):
            yield Slot(at, fields.hold, spoken(fields.say[number % len(fields.say)], planner))
            if fields.change:
                yield Slot(at, fields.change, spoken(fields.back, planner) if fields.back else ())
