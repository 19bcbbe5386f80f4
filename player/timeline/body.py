"""The movements of a body that follows a timeline: how the breath rises and falls, how muscles tighten and let go.

Times are positions in the session, in ms, and come from the timeline: a breath rises for as long as its slot. Levels
are 0 to 1. It knows no paper and no screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, islice
from math import cos, pi
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from player.timeline.model import Stretch, Timeline

Body = Literal["breath", "tension"]

BODY: Final[dict[str, Body]] = {
    **dict.fromkeys(("in", "hold", "out", "rest"), "breath"),
    **dict.fromkeys(("tense", "release"), "tension"),
}
"""A slot's ``guide`` to the part of the body that it guides."""

TENSING_MS: Final = 800
LETTING_GO_MS: Final = 2500
LEFT_OVER: Final = 0.12
"""How muscles follow a word: they tense in one go, let most of the tension go soon, and the rest fades until the
release ends."""
AT_REST: Final = 0.6
"""The level from which muscles let go that were not tensed."""


@dataclass(frozen=True)
class LevelRamp:
    """A level that moves from one value to another between two times, or stays."""

    start_ms: int
    end_ms: int
    before: float
    after: float

    def level(self, share: float) -> float:
        """The level when this share of the ramp is over, 0 to 1: a raised cosine."""
        return self.before + (self.after - self.before) * (0.5 - 0.5 * cos(pi * share))

    def level_at(self, at_ms: int) -> float:
        """The level at a time in the ramp."""
        return self.level((at_ms - self.start_ms) / max(1, self.end_ms - self.start_ms))


@dataclass(frozen=True)
class Run:
    """Guided slots that follow each other without a gap, all for the breath or all for the muscles."""

    body: Body
    slots: tuple[Stretch, ...]

    @property
    def start_ms(self) -> int:
        """The start of the first slot."""
        return self.slots[0].start_ms

    @property
    def end_ms(self) -> int:
        """The end of the last slot."""
        return self.slots[-1].start_ms + self.slots[-1].length_ms

    @property
    def length_ms(self) -> int:
        """The length of all slots."""
        return self.end_ms - self.start_ms


def runs(timeline: Timeline) -> tuple[Run, ...]:
    """Every run of a session, in order."""
    slots = [slot for slot in timeline.slots if slot.length_ms]
    grouped = ((body, tuple(group)) for body, group in groupby(slots, key=lambda slot: BODY.get(slot.guide)))
    return tuple(Run(body, group) for body, group in grouped if body)


def moves(run: Run) -> tuple[LevelRamp, ...]:
    """The ramps of a run, without a gap."""
    return tuple(_breath(run.slots) if run.body == "breath" else _tension(run.slots))


def _breath(slots: Sequence[Stretch]) -> Iterator[LevelRamp]:
    """Full is 1, empty is 0. A breath in two slots is interrupted where the first slot ends."""
    level = 1.0 if slots[0].guide == "out" else 0.0
    for number, slot in enumerate(slots):
        before, target = level, {"in": 1.0, "out": 0.0}.get(slot.guide, level)
        level += (target - level) * slot.length_ms / _rest_of_way_ms(islice(slots, number, None))
        yield LevelRamp(slot.start_ms, slot.start_ms + slot.length_ms, before, level)


def _rest_of_way_ms(slots: Iterable[Stretch]) -> int:
    """How long the breath goes on in the direction of the first slot."""
    _, group = next(groupby(slots, key=lambda slot: slot.guide))
    return sum(slot.length_ms for slot in group)


def _tension(slots: Sequence[Stretch]) -> Iterator[LevelRamp]:
    level = 0.0
    for slot in slots:
        start, end = slot.start_ms, slot.start_ms + slot.length_ms
        before, level = level, 1.0 if slot.guide == "tense" else 0.0
        soon = min(end, start + (TENSING_MS if level else LETTING_GO_MS))
        if level:
            yield from (LevelRamp(start, soon, before, level), LevelRamp(soon, end, level, level))
        elif before:
            yield from (LevelRamp(start, soon, before, LEFT_OVER), LevelRamp(soon, end, LEFT_OVER, 0.0))
        else:
            yield LevelRamp(start, end, AT_REST, 0.0)
