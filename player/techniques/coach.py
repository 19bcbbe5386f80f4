"""`coach`: lines of a person between the breaths, while the breathing goes on.

A line is said over a whole breath, the one that follows; which breath that is depends only on how many there are. The
first breath is never talked over. `breathing` decides what else is heard in such a breath.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from player.script.yaml.types import Count, FieldError, Flag, OneOrMore, Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class CoachLine:
    """A line, or several in turn, and after which cycles they are said.

    One about the guidance is true only of the script's own: whoever chose another one does not hear it.
    """

    example: ClassVar[str] = "{after: 4, say: Halfway.}"

    say: OneOrMore[Said]
    after: Count | Literal["half"] | None = None
    before_end: Count | None = None
    every: Count | None = None
    shuffle: Flag = False
    about: Literal["guide"] | None = None

    def __post_init__(self) -> None:
        """When it is said is given once, and only what is said again and again has several texts."""
        if sum(each is not None for each in (self.after, self.before_end, self.every)) != 1:
            raise ValueError("must have one of after, before_end and every, which says after how many breaths")
        if len(self.say) > 1 and self.every is None:
            raise FieldError("say", "must be one text, as it is said once; several in turn need every")
        if self.shuffle and len(self.say) == 1:
            raise FieldError("shuffle", "needs several texts to put into another order")

    def said_over(self, cycles: int) -> Iterator[tuple[int, str]]:
        """The cycles over which it is said, counted from 0, and the text of each."""
        if self.every is not None:
            for turn, cycle in enumerate(range(self.every, cycles, self.every)):
                yield cycle, self.say[turn % len(self.say)]
        elif 0 < (cycle := self._once(cycles)) < cycles:
            yield cycle, self.say[0]

    def _once(self, cycles: int) -> int:
        if self.before_end is not None:
            return cycles - self.before_end
        return cycles // 2 if self.after == "half" else int(self.after or 0)


def by_cycle(lines: Iterable[CoachLine], cycles: int) -> dict[int, str]:
    """Cycle to the text that is said over it; of two for the same cycle, the first line's."""
    found: dict[int, str] = {}
    for line in lines:
        for cycle, text in line.said_over(cycles):
            found.setdefault(cycle, text)
    return found
