"""`chime`: a bell, with a slot as long as it rings.

This module decides how long a chime rings; `player.sound` decides how it sounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from player.script.yaml.types import Level
from player.techniques.cue import Part, Slot, Sounding, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner

CHIMES: Final = {"start": 5000, "end": 8000, "bell": 6000, "bowl": 9000}
"""Name to the milliseconds it rings."""


@dataclass(frozen=True)
class ChimeStep:
    """A bell or tone; 6 to 10 dB under the voice is what listeners take for soft."""

    chime: Literal["start", "end", "bell", "bowl"]
    level: Level = -8.0

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:  # noqa: ARG002 (a bell has no voice)
        """One slot, as long as the bell rings."""
        length = CHIMES[self.chime]
        yield Slot(at, length, (Sounding(Tone(self.chime, length, self.level), "chime"),))
