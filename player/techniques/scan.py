"""`scan`: a body scan; attention moves through the body, region by region.

Every region has the same time: a guiding line in its slot, then quiet, with a second line half way through it where
the region has one. Body scans of 15 minutes have 40 to 60 s a region; the defaults are 12 s and 38 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from player.script.yaml.types import Duration, ListRule, Name, Said
from player.techniques.cue import Marker, Part, Slot
from player.techniques.speech import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner


@dataclass(frozen=True)
class BodyRegion:
    """A place of the body.

    ``name`` fits into a sentence ("your feet"); ``short`` is the word to leave it out by; ``say`` is the guiding line,
    in place of "Notice your feet"; ``then`` is a small second line, so that the quiet is held and not empty.
    """

    example: ClassVar[str] = "{name: your feet, short: feet}"

    name: Name
    short: Name
    say: Said | None = None
    then: Said | None = None


@dataclass(frozen=True)
class Scan:
    """A body scan; ``guide`` is the slot of each line, ``silence`` the quiet after it."""

    scan: Annotated[tuple[BodyRegion, ...], ListRule(least=1)]
    guide: Duration = 12_000
    silence: Duration = 38_000

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """A chapter a region, and a slot for each of its lines and for its quiet; the first slot names it."""
        for region in self.scan:
            if planner.leaves_out(region.short):
                continue
            yield Marker(region.name, level=2)
            line = region.say or planner.words(at).attend.format(name=region.name)
            yield Slot(at, self.guide, spoken(line, planner))
            yield from self._quiet(region, at, planner)

    def _quiet(self, region: BodyRegion, at: Position, planner: Planner) -> Iterator[Slot]:
        """The quiet after the line: whole, or in two halves, of which the second begins with ``then``."""
        if region.then is None:
            yield Slot(at, self.silence)
            return
        half = self.silence // 2
        yield Slot(at, half)
        yield Slot(at, self.silence - half, spoken(region.then, planner))
