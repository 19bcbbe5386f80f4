"""Techniques: one file each, with the fields of its step and the parts that it becomes; and the table of them all.

The rule: a new technique is one file and one entry in `TECHNIQUES`. Nothing before this room knows a technique by name,
and nothing behind it knows what a step was.
"""

from __future__ import annotations

from typing import Final

from player.techniques.bed import Bed
from player.techniques.breathing import Breathe
from player.techniques.chimes import Chime
from player.techniques.flow import Include, Repeat, Section
from player.techniques.grounding import Notice
from player.techniques.movement import Move
from player.techniques.muscles import Muscles
from player.techniques.recordings import Play
from player.techniques.scan import Scan
from player.techniques.speech import Pause, Say

TECHNIQUES: Final[dict[str, type]] = {
    "say": Say,
    "pause": Pause,
    "section": Section,
    "breathe": Breathe,
    "muscles": Muscles,
    "notice": Notice,
    "scan": Scan,
    "move": Move,
    "repeat": Repeat,
    "chime": Chime,
    "play": Play,
    "bed": Bed,
    "include": Include,
}
"""Step key to the dataclass of its fields; each has the method of `planning.Technique`."""
