"""The parts that a technique yields: slots of time with their cues, chapter markers, and changes of the bed.

A stretch that ``--length`` may change is an `Elastic` until the timeline has settled it.

Times are relative to a part's own slot, and no clip lengths are known. The timeline decides when things happen, the
voice and the sound how they sound. All values are frozen and hashable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from player.script.markup import without
from player.script.pronunciation import as_read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from player.errors import Position
    from player.script.pronunciation import Pairs
    from player.techniques.guidance import Help


@dataclass(frozen=True)
class Utterance:
    """A text and everything that decides how it is spoken.

    Attributes
    ----------
    text
        Plain words, NFC, never empty.
    language
        BCP 47, such as ``en-US``; picks the voice if ``voice`` is None.
    voice
        The engine's own name for a voice, or None for the language's default.
    rate
        Words a minute as they are heard, 60 to 300.
    pitch
        0 to 100; 50 is the voice's own.
    manner
        ``count`` is one of many words said on a beat: never too slow to be understood, and in the tone of a list that
        goes on.
    room_ms
        How long it may sound after its beat; it is said faster if needed. 0 is without a limit.
    respelt
        Its words that the voice is to read in a respelling, each with that.
    """

    text: str
    language: str = "en-US"
    voice: str | None = None
    rate: int = 105
    pitch: int = 50
    manner: Literal["sentence", "count"] = "sentence"
    room_ms: int = 0
    respelt: Pairs = ()

    def read(self, notation: str = "") -> str:
        """The text as a voice gets it; what is shown is ``text``. For ``notation`` see `as_read`."""
        plain = without(self.text)
        return as_read(plain, self.respelt, notation) if self.respelt else plain


@dataclass(frozen=True)
class Recording:
    """An author's own recording.

    Attributes
    ----------
    file
        The file's name in the script.
    script
        The script's name in problems; the file is in its folder.
    text
        The spoken text, for captions; empty if the author gives none.
    """

    file: str
    script: str
    text: str = ""


@dataclass(frozen=True)
class Speech:
    """Speech in a slot: an utterance, or a recording instead.

    Without ``beat_ms`` it starts ``gap_ms`` after the speech before it in the slot, and not before ``from_ms`` of the
    slot. With ``beat_ms`` it is placed so that its beat, the moment at which a listener hears the word happen, is at
    that time of the slot.
    """

    said: Utterance | Recording
    kind: Literal["speech", "word", "count"] = "speech"
    beat_ms: int | None = None
    gap_ms: int = 0
    from_ms: int = 0


@dataclass(frozen=True)
class Tone:
    """A generated sound: a guide tone (``in``, ``hold``, ``out``, ``rest``) or a chime by its name."""

    name: str
    length_ms: int
    level_db: float = -8.0
    """Relative to the voice."""


@dataclass(frozen=True)
class Sounding:
    """A tone in a slot, from ``at_ms`` of the slot."""

    tone: Tone
    kind: Literal["tone", "chime"]
    at_ms: int = 0


@dataclass(frozen=True)
class Slot:
    """A span of time that a step owns.

    Attributes
    ----------
    at
        The step, for problems.
    length_ms
        Exact, or None: as long as its speech and ``then_ms``.
    cues
        The speech and tones in it, in the order of their times.
    ducked
        Whether the bed stays ducked for the whole slot, as for a counted block.
    guide
        What a pacer shows: ``in``, ``hold``, ``out``, ``rest``, ``tense``, ``release``; or empty.
    opens
        Whether a cycle of breaths begins with it.
    room_ms
        By when its speech is over, where it goes on over the slots that follow: a line over a whole breath. None is by
        its own end.
    """

    at: Position
    length_ms: int | None
    cues: tuple[Speech | Sounding, ...] = ()
    then_ms: int = 0
    ducked: bool = False
    guide: str = ""
    opens: bool = False
    room_ms: int | None = None

    @property
    def for_speech_ms(self) -> int | None:
        """How long its speech may last; None is as long as it takes."""
        return self.length_ms if self.room_ms is None else self.room_ms


@dataclass(frozen=True)
class Elastic:
    """A stretch that ``--length`` can make longer or shorter.

    Attributes
    ----------
    at
        The step, for problems.
    amount
        The script's amount: cycles of breath, or milliseconds of a pause.
    least, most
        The limits of the amount.
    length_ms
        Returns the length of an amount.
    slots
        Returns the slots of an amount.
    less
        Returns the same with less help, for when what is said in it does not fit; None where a script alone decides.
    instead
        The help that the listener asks for and cannot have here, each with what there is in its place.
    """

    at: Position
    amount: int
    least: int
    most: int
    length_ms: Callable[[int], int]
    slots: Callable[[int], Sequence[Slot]]
    less: Callable[[], Elastic] | None = None
    instead: tuple[tuple[Help, Help], ...] = ()


@dataclass(frozen=True)
class Marker:
    """A chapter begins.

    ``level`` 1 is a section of the script; 2 is a part of one, such as a muscle group, and has no heading of its own.
    """

    title: str
    level: int = 1


@dataclass(frozen=True)
class BedChange:
    """A change of the bed from here on; None leaves a value unchanged. ``sound`` ``"none"`` turns it off."""

    at: Position
    sound: str | None = None
    under_voice_db: float | None = None
    in_pauses_db: float | None = None
    over_ms: int = 4000


Part = Slot | Marker | BedChange | Elastic


def pieces(part: Part) -> int:
    """How much a part counts where parts are limited: as much as is heard in it, and one at least."""
    return max(1, len(part.cues)) if isinstance(part, Slot) else 1
