"""`chime`, `play` and `bed`: what is heard besides the voice.

Only names, times and levels are known here. `player.sound` decides how a bell sounds, and the timeline gets the length
of a recording when its file has been opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from player.script.yaml.types import Duration, Level, Name, Text
from player.techniques.cue import BedChange, Part, Recording, Slot, Sounding, Speech, Tone

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


@dataclass(frozen=True)
class Play:
    """A sound file from the script's folder, levelled like speech; ``text`` is what is said in it, for captions."""

    play: Name
    text: Text | None = None
    for_: Duration | None = None
    then: Duration = 1000

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:  # noqa: ARG002 (it brings its own voice)
        """One slot; without ``for`` it is as long as the recording and ``then``."""
        recording = Recording(self.play, at.path, self.text or "")
        yield Slot(at, self.for_, (Speech(recording),), then_ms=self.then)


@dataclass(frozen=True)
class BedFields:
    """What changes; what is left out stays as it was. A bare value is the sound."""

    example: ClassVar[str] = "bed: {sound: rain}"
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
