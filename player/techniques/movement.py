"""`move`: gentle movements, each held for a while, one side after the other.

With a ``lead`` each movement has up to three stretches of time: the lead, in which it is said and one moves into it;
the hold, which lasts what it says because nobody is still listening and moving in it; and the change, with the way
back. A line spoken inside a hold of 10 s left 3.7 to 5.1 s of it (measured), and sore backs are slow. Without a lead
the line is said at the beginning of the hold.

All stretches have their own time, so that a set keeps its rhythm. Desk stretches are held for 10 s, those on the floor
for 5 to 10 s (the Newcastle and Mayo sets).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from player.script.yaml.types import Count, Duration, FieldError, OneOrMore, Said, duration
from player.techniques.cue import Part, Slot
from player.techniques.speech import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner


@dataclass(frozen=True)
class Movements:
    """What is said for each time, and how long all of it takes; ``change: 0s`` is none.

    Attributes
    ----------
    say, later
        The lines of the first times, and those of all further ones. The last group comes round again.
    lead, later_lead
        The time to hear a line of ``say`` and of ``later`` and to move into it.
    held
        The lines at the head of the holds, one for each time; a hold without one is silent.
    back
        The lines at the head of the changes, which come round again.
    """

    example: ClassVar[str] = "move: {say: Turn your head., hold: 10s}"

    say: OneOrMore[Said]
    hold: Annotated[int, duration(minimum_ms=1000)]
    times: Count | None = None
    lead: Annotated[int, duration(minimum_ms=1000)] | None = None
    held: OneOrMore[Said] | None = None
    later: OneOrMore[Said] | None = None
    later_lead: Annotated[int, duration(minimum_ms=1000)] | None = None
    back: OneOrMore[Said] | None = None
    change: Duration = 0

    def __post_init__(self) -> None:
        """Words need a time of their own to be said in."""
        if self.held and not self.lead:
            raise FieldError("held", "must have a lead beside it: without one, the hold begins with a line of say")
        if self.later_lead and not (self.lead and self.later):
            raise FieldError("later_lead", "must have a lead and later beside it, which it is the lead of")

    def line(self, number: int) -> str:
        """What is said for this time, counted from 0."""
        if self.later and number >= len(self.say):
            return self.later[(number - len(self.say)) % len(self.later)]
        return self.say[number % len(self.say)]

    def lead_ms(self, number: int) -> int | None:
        """How long this time's line has."""
        return self.later_lead if self.later_lead and number >= len(self.say) else self.lead

    def count(self) -> int:
        """How many times it is done: without ``times``, every line once."""
        return self.times or len(self.say) + len(self.later or ())


@dataclass(frozen=True)
class MoveStep:
    """Movements with their holds."""

    move: Movements

    def __post_init__(self) -> None:
        """The way back needs time to be said in."""
        if self.move.back and not self.move.change:
            raise ValueError("must have a change, which says for how long, where it has a back")

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """Up to three slots for each time: the lead, the hold, and the change to the next."""
        fields, held, back = self.move, self.move.held or (), self.move.back
        for number in range(fields.count()):
            line, lead_ms = spoken(fields.line(number), planner), fields.lead_ms(number)
            if lead_ms:
                yield Slot(at, lead_ms, line)
                line = spoken(held[number], planner) if number < len(held) else ()
            yield Slot(at, fields.hold, line)
            if fields.change:
                yield Slot(at, fields.change, spoken(back[number % len(back)], planner) if back else ())
