"""The phases of a breath: their order, their length in each cycle, and the number of cycles.

Lengths are whole milliseconds, and a ramp changes by the same amount from every cycle to the next. `breathing` adds
what is heard in a phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import gcd
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from player.script.yaml.types import Count, Duration, FieldError, Name, duration
from player.units import LONGEST_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["in", "hold", "out", "rest"]
PhaseLength = Annotated[int, duration(minimum_ms=500, maximum_ms=60_000)]

NATURAL_REST_MS: Final = 2000
"""A rest up to this is the natural pause at the end of a breath; a longer one is a hold with empty lungs."""
FIRST_FOUR_SEVEN_EIGHT: Final = 4
MOST_FOUR_SEVEN_EIGHT: Final = 8
"""The most cycles in a session, for a beginner's first month and for ever. The ratio counts, not the speed."""
_FOUR_SEVEN_EIGHT: Final = (("in", 4), ("hold", 7), ("out", 8))


@dataclass(frozen=True)
class Ramp:
    """A phase that grows or shrinks evenly from the first cycle to the last."""

    example: ClassVar[str] = "out: {from: 4s, to: 6s}"

    from_: PhaseLength
    to: PhaseLength


@dataclass(frozen=True)
class Phase:
    """One phase of a cycle: from its first cycle's length to its last one's, and the author's word for it, if any."""

    kind: Kind
    first_ms: int
    last_ms: int
    word: str | None = None

    def length_ms(self, cycle: int, cycles: int) -> int:
        """Its length in a cycle, counted from 0; half a millisecond is rounded up."""
        if cycles == 1:
            return self.first_ms
        steps = 2 * (cycles - 1)
        return self.first_ms + (2 * cycle * (self.last_ms - self.first_ms) + cycles - 1) // steps


@dataclass(frozen=True)
class ListedPhase:
    """A phase of a pattern that the four names cannot say; its length is ``for``, or ``from`` and ``to``."""

    example: ClassVar[str] = "{kind: in, for: 4s}"

    kind: Kind
    say: Name | None = None
    for_: PhaseLength | None = None
    from_: PhaseLength | None = None
    to: PhaseLength | None = None

    def __post_init__(self) -> None:
        """The length is given once, in one of two ways."""
        whole, ramp = self.for_ is not None, (self.from_ is not None, self.to is not None)
        if (whole and any(ramp)) or not (whole or all(ramp)):
            raise ValueError("must have either for, or from and to, which say how long it is")

    def phase(self) -> Phase:
        """The phase that it defines."""
        first, last = self.for_ or self.from_ or 0, self.for_ or self.to or 0
        return Phase(self.kind, first, last, self.say)


@dataclass(frozen=True)
class Pattern:
    """The phases of one cycle, by name in the order of a breath or as a list in its own order, and how many cycles."""

    example: ClassVar[str] = "breathe: {in: 4s, out: 6s, cycles: 8}"

    in_: PhaseLength | Ramp | None = None
    hold: PhaseLength | Ramp | None = None
    out: PhaseLength | Ramp | None = None
    rest: PhaseLength | Ramp | None = None
    phases: tuple[ListedPhase, ...] = ()
    cycles: Count | None = None
    for_: Duration | None = None
    at_most: Count | None = None

    def __post_init__(self) -> None:
        """A cycle has both breaths or a list of phases, and the number of cycles is given once, in one of two ways."""
        named = [key for key, length in self._named().items() if length]
        if self.phases and named:
            raise FieldError("phases", f"must stand alone, without {' and '.join(named)}")
        if missing := [key for key in ("in", "out") if key not in named and not self.phases]:
            raise ValueError(f"must have {' and '.join(missing)}: how long it lasts; or a list of phases")
        if (self.cycles is None) == (self.for_ is None):
            raise ValueError("must have either cycles or for, which says for how long")
        if self.at_most is not None and self.at_most < self.count():
            raise FieldError("at_most", f"must be at least the cycles that there are, {self.count()}")

    def _named(self) -> dict[Kind, int | Ramp | None]:
        return {"in": self.in_, "hold": self.hold, "out": self.out, "rest": self.rest}

    @cached_property
    def order(self) -> tuple[Phase, ...]:
        """The phases of a cycle, in order: made once, as a day can have a thousand stretches of one pattern."""
        if self.phases:
            return tuple(each.phase() for each in self.phases)
        return tuple(_phase(kind, length) for kind, length in self._named().items() if length)

    def count(self) -> int:
        """The number of cycles: as given, or the whole number nearest to the given time, at least one."""
        if self.cycles is not None:
            return self.cycles
        both = sum(phase.first_ms + phase.last_ms for phase in self.order)  # two cycles of a mean length
        return max(1, (4 * (self.for_ or 0) + both) // (2 * both))

    def most(self) -> int:
        """The most cycles of a longer session: ``at_most``, or as many as a day holds."""
        return self.at_most or max(self.count(), LONGEST_MS // self.length_ms(1))

    def length_ms(self, cycles: int) -> int:
        """The length of a number of cycles."""
        return sum(_total_ms(phase, cycles) for phase in self.order)


def is_four_seven_eight(phases: Sequence[tuple[str, int]]) -> bool:
    """Whether the phases of a breath, each a kind and a length, have the ratio of four-seven-eight."""
    if [kind for kind, _ in phases] != [kind for kind, _ in _FOUR_SEVEN_EIGHT]:
        return False
    unit, first = phases[0][1], _FOUR_SEVEN_EIGHT[0][1]
    return all(length * first == unit * part for (_, length), (_, part) in zip(phases, _FOUR_SEVEN_EIGHT, strict=True))


def _phase(kind: Kind, length: int | Ramp) -> Phase:
    ramp = length if isinstance(length, Ramp) else Ramp(length, length)
    return Phase(kind, ramp.from_, ramp.to)


def _total_ms(phase: Phase, cycles: int) -> int:
    """The sum of the phase's lengths in all cycles, without adding them up: a day can have 86 400.

    A cycle and the one as far from the end are as long as the first and the last together; and 1 ms longer where both
    have half a millisecond, which is rounded up.
    """
    change = phase.last_ms - phase.first_ms
    if cycles == 1 or not change:
        return phase.first_ms * cycles
    common = gcd(change, cycles - 1)
    halves = common if (cycles - 1) // common % 2 == 0 else 0
    return (cycles * (phase.first_ms + phase.last_ms) + halves) // 2
