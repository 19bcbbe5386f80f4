"""Transport controls: what a listener can ask for while something plays.

A control is a frozen value. A control source puts it into the inbox, and the playback loop carries it out. It says what
is wanted, not how or when.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias


class Control(Enum):
    """Controls without a value."""

    PAUSE_OR_RESUME = auto()
    PAUSE = auto()
    RESUME = auto()
    STEP_BACK = auto()
    STEP_ON = auto()
    REPEAT_STEP = auto()
    NEXT_SECTION = auto()
    LOUDER = auto()
    SOFTER = auto()
    BACKGROUND = auto()
    """The background off, or on again."""
    BED_LOUDER = auto()
    BED_SOFTER = auto()
    """The background alone; below its lowest level it is off."""
    NEXT_GUIDANCE = auto()
    """Breaths are counted, guided in words, in tones, or in silence, each after the one before."""
    SHOW_KEYS = auto()
    """Show what each key does, or hide it again."""
    QUIT = auto()
    """The end, with a fade; as `Quit` with exit code 0."""


@dataclass(frozen=True)
class SetVolume:
    """The volume in dB: 0 is as exported, and the highest."""

    db: float


@dataclass(frozen=True)
class GoTo:
    """Go to a position of the session, in ms; playing begins at the step that contains it."""

    at_ms: int


@dataclass(frozen=True)
class ForcedPause:
    """A pause that the listener did not ask for, with a sentence that says why: "The headphones were unplugged."."""

    notice: str


@dataclass(frozen=True)
class Quit:
    """The end, with a fade; ``exit_code`` is the program's: 128 and the signal's number, where it was a signal."""

    exit_code: int = 0


AnyControl: TypeAlias = Control | SetVolume | GoTo | ForcedPause | Quit
