"""The timeline: every cue, every section and the bed, in milliseconds from the start of the session.

All times are absolute and exact, so nothing is placed by adding up lengths. Playing, exporting, showing and captioning
a session read the timeline and nothing else. It holds no audio, only the names of clips and tones.
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
        When it sounds, without the end.
    slot_start_ms, slot_ms
        The start and the length of its slot.
    beat_ms
        The time of its word's beat, or None if it has no beat.
    sound
        The clip or tone.
    pauses
        The silences at its commas that were made longer for a slow rate.
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
        """Whether it is a generated sound, and not speech."""
        return self.kind in {"tone", "chime"}


@dataclass(frozen=True)
class Stretch:
    """A slot on the timeline.

    ``guide`` is what a pacer shows (``in``, ``hold``, ``tense`` ...), or empty; ``opens`` is whether a cycle of breaths
    begins with it.
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
    """The bed from ``start_ms`` on, reached over ``over_ms``; ``sound`` None is silence."""

    start_ms: int
    over_ms: int
    sound: str | None
    under_voice_db: float
    in_pauses_db: float


@dataclass(frozen=True)
class VoiceLevel:
    """The level of the voice, and of all that is heard with it: straight in dB between two moments, even outside."""

    start_ms: int
    end_ms: int
    from_db: float
    to_db: float


@dataclass(frozen=True)
class Span:
    """A span of time, without its end."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Timeline:
    """A session with all its times.

    ``speech`` are the spans under which the bed is ducked (spoken cues and whole counted blocks), in order and apart.
    ``slots`` follow each other without a gap and add up to ``total_ms``. ``beds`` is in order of time and never empty;
    the first state starts at 0. ``groups`` are parts of sections, such as muscle groups: `chapters` has both.
    ``fades_evenly`` is whether the fade-out takes the same number of dB in every second, as long as it is audible.
    ``voice_level`` is None where the voice has its usual level all the way.
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
    voice_level: VoiceLevel | None = None
