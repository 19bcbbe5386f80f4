"""`play`: the author's own recording instead of speech.

Only the recording's name is known here; the timeline gets its length when the file has been opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from player.script.yaml.types import Duration, Name, Text
from player.techniques.cue import Part, Recording, Slot, Speech

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner


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
