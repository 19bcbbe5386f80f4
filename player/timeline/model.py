"""The timeline: every cue, every section and the bed, in milliseconds from the start of the programme.

The rule: all times are absolute and exact; nothing is ever placed by adding up. Whoever plays, exports, shows or
captions a session reads this and nothing else. It knows no audio: clips and tones are named, not held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from player.techniques.cue import Recording, Tone, Utterance

Kind = Literal["speech", "word", "count", "tone", "chime"]


@dataclass(frozen=True)
class Cue:
    """A clip or tone placed at a time.

    Attributes
    ----------
    start_ms, end_ms
        Where it sounds, half-open.
    slot_start_ms, slot_ms
        The slot that it lives in.
    beat_ms
        The moment at which its word is to be heard, or None where nothing was promised.
    sound
        What sounds.
    pauses
        Where a slow voice waits inside it, at its commas: the silences that were made longer.
    """

    start_ms: int
    end_ms: int
    slot_start_ms: int
    slot_ms: int
    kind: Kind
    sound: Utterance | Recording | Tone
    text: str = ""
    beat_ms: int | None = None
    pauses: tuple[Span, ...] = ()

    @property
    def is_tone(self) -> bool:
        """It is a generated sound, and nobody speaks."""
        return self.kind in {"tone", "chime"}


@dataclass(frozen=True)
class Stretch:
    """A slot in its place.

    ``guide`` is what a pacer would show (``in``, ``hold``, ``tense`` ...), or nothing; ``opens`` is whether a cycle of
    breaths begins with it.
    """

    start_ms: int
    length_ms: int
    guide: str = ""
    opens: bool = False


@dataclass(frozen=True)
class Section:
    """A chapter and where it begins."""

    title: str
    start_ms: int


@dataclass(frozen=True)
class BedState:
    """What the bed is from ``start_ms`` on, reached over ``over_ms``; ``sound`` None is silence."""

    start_ms: int
    over_ms: int
    sound: str | None
    under_voice_db: float
    in_pauses_db: float


@dataclass(frozen=True)
class Span:
    """A stretch of time, half-open."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Timeline:
    """A session with every moment decided.

    ``speech`` are the spans under which the bed is down (spoken cues and whole counted blocks), in order and apart.
    ``slots`` follow each other without a gap and add up to ``total_ms``. ``beds`` is in order of time and never empty;
    the first state starts at 0. ``groups`` are parts of sections, such as muscle groups: `chapters` has both.
    ``fades_evenly`` is whether the fade-out takes as many dB in every second, as long as anything can be heard.
    """

    title: str
    total_ms: int
    sections: tuple[Section, ...]
    cues: tuple[Cue, ...]
    speech: tuple[Span, ...]
    beds: tuple[BedState, ...]
    slots: tuple[Stretch, ...] = ()
    fade_in_ms: int = 4000
    fade_out_ms: int = 10_000
    groups: tuple[Section, ...] = ()
    fades_evenly: bool = False
