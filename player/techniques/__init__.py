"""Techniques: the fields of each step, and the parts that it becomes; and the table of them all.

A new technique is one file and one entry in `TECHNIQUES`; very small ones of one subject share a file. The packages
below this one know no technique by name, and those above it know parts, not steps.
"""

from __future__ import annotations

from typing import Final

from player.techniques.breathing import Breathe
from player.techniques.flow import Choose, Include, Intro, Repeat, SectionStep
from player.techniques.grounding import Notice
from player.techniques.movement import MoveStep
from player.techniques.muscles import Muscles
from player.techniques.scan import Scan
from player.techniques.sounds import BedStep, ChimeStep, Play
from player.techniques.speech import PauseStep, Say

TECHNIQUES: Final[dict[str, type]] = {
    "say": Say,
    "pause": PauseStep,
    "section": SectionStep,
    "breathe": Breathe,
    "muscles": Muscles,
    "notice": Notice,
    "scan": Scan,
    "move": MoveStep,
    "repeat": Repeat,
    "chime": ChimeStep,
    "play": Play,
    "bed": BedStep,
    "include": Include,
    "intro": Intro,
    "choose": Choose,
}
"""Step key to the dataclass of its fields; each has the method of `planning.Technique`."""
