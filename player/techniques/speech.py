"""`say` and `pause`: plain speech and plain silence.

One sentence is one utterance. Sentences are spoken separately, `SENTENCE_GAP_MS` apart, because a listener with closed
eyes needs more time for a sentence than a speech engine leaves. So a changed sentence is also the only one that has to
be spoken again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from player.script.yaml.types import Duration, Flag, Language, Name, Said
from player.techniques.cue import Elastic, Part, Slot, Speech
from player.techniques.sentences import sentences
from player.units import LONGEST_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner

SENTENCE_GAP_MS: Final = 1200
"""Silence between two sentences of relaxation speech; engines leave about 650 ms at a calm rate (measured)."""

SHORTEST_FLEX_MS: Final = 1000
"""A flexible pause is never shorter, so that it still separates."""


def spoken(text: str, planner: Planner, *, follows: bool = False) -> tuple[Speech, ...]:
    """A text as speech, sentence by sentence; with ``follows``, after a gap to the speech before it in the slot."""
    said = map(planner.utterance, sentences(text, planner.language))
    return tuple(Speech(each, gap_ms=SENTENCE_GAP_MS if follows or i else 0) for i, each in enumerate(said))


@dataclass(frozen=True)
class SaidText:
    """A text, and its own language or voice where those are not the session's; a bare value is the text.

    A text in another language is spoken by the voice of that language, unless it names a voice.
    """

    example: ClassVar[str] = "say: {text: Bonjour., language: fr}"
    shorthand: ClassVar[str] = "text"

    text: Said
    language: Language | None = None
    voice: Name | None = None


@dataclass(frozen=True)
class Say:
    """Speech, then silence to the end of its slot; without ``for`` the slot is the speech and ``then``."""

    say: SaidText
    for_: Duration | None = None
    then: Duration = 1000

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """One slot with one cue a sentence."""
        speaker = planner.speaking(self.say.language, self.say.voice)
        yield Slot(at, self.for_, spoken(self.say.text, speaker), then_ms=self.then)


@dataclass(frozen=True)
class PauseStep:
    """Silence under the bed; one that is ``flex`` takes what a session of another length has too much or too little."""

    pause: Duration
    flex: Flag = False

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:  # noqa: ARG002 (silence asks nothing)
        """One empty slot."""

        def slots(length: int) -> tuple[Slot]:
            return (Slot(at, length),)

        if self.flex:
            yield Elastic(at, self.pause, min(self.pause, SHORTEST_FLEX_MS), LONGEST_MS, _itself, slots)
        else:
            yield from slots(self.pause)


def _itself(length: int) -> int:
    return length
