"""`bed`: change the background from here on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from player.script.yaml.types import Duration, Level, Name
from player.techniques.cue import BedChange, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner


@dataclass(frozen=True)
class BedFields:
    """What changes; what is left out stays as it was. A bare value is the sound."""

    shorthand: ClassVar[str] = "sound"

    sound: Name | None = None
    under_voice: Level | None = None
    in_pauses: Level | None = None


@dataclass(frozen=True)
class BedStep:
    """The bed from here on, reached over ``over``; ``off`` is silence."""

    bed: BedFields | Literal["off"]
    over: Duration = 4000

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:  # noqa: ARG002 (a bed has no voice)
        """One change, which takes no time of its own."""
        if isinstance(self.bed, BedFields):
            bed = self.bed
            yield BedChange(at, bed.sound, bed.under_voice, bed.in_pauses, self.over)
        else:
            yield BedChange(at, "none", over_ms=self.over)
