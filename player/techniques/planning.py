"""From steps to parts: every step's own technique says what it becomes.

The rule: a technique is a frozen dataclass with one method, `Technique.parts`; whatever it may ask of the session
(its voice, its language, the parts of nested steps) is the `Planner`. Nothing here knows a technique by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, cast

from player.errors import Position, Problem, ScriptError
from player.techniques.cue import Part, Utterance
from player.techniques.words import Words, languages, words_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from player.script.session import Session, Step

MOST_PARTS: Final = 200_000
"""Eight hours of box breathing have 28 800 phases; more than this is a loop gone wrong."""


class Technique(Protocol):
    """What a step's fields can do: become parts."""

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """Yield the step's parts, in the order of their times; ``at`` is the step's place, for problems."""
        ...


@dataclass(frozen=True)
class Planner:
    """What a technique may ask of its session.

    Attributes
    ----------
    language
        BCP 47 tag of the script.
    voice
        The engine's name for the voice, or None for the language's own.
    rate, pitch
        Words a minute and 0 to 100, as in `Utterance`.
    """

    language: str
    voice: str | None
    rate: int
    pitch: int

    def utterance(self, text: str, *, pace: float = 1.0, at_least: int = 60) -> Utterance:
        """The text in the session's voice; ``pace`` 1.2 is a fifth faster than its rate (``at_least`` to 300)."""
        rate = min(300, max(at_least, round(self.rate * pace)))
        return Utterance(text, self.language, self.voice, rate, self.pitch)

    def words(self, at: Position) -> Words:
        """The fixed words of the session's language.

        Raises
        ------
        ScriptError
            If this language has none.
        """
        found = words_for(self.language)
        if found is None:
            known = ", ".join(languages())
            text = f"there are no guiding words for language {self.language!r} yet (known: {known}); write it with say"
            raise ScriptError([Problem(at, text)])
        return found

    def steps(self, steps: Iterable[Step]) -> Iterator[Part]:
        """The parts of steps, one step after the other."""
        for step in steps:
            yield from cast("Technique", step.fields).parts(step.at, self)


def plan(session: Session) -> tuple[Part, ...]:
    """All parts of a session, in order.

    Raises
    ------
    ScriptError
        If a step cannot become parts, or there are more than `MOST_PARTS`.
    """
    voice = session.voice
    planner = Planner(session.language, voice.name, voice.rate, voice.pitch)
    parts: list[Part] = []
    problems: list[Problem] = []
    for step in session.steps:
        try:
            _extend(parts, planner.steps([step]), step.at)
        except ScriptError as error:
            problems += error.problems
    if problems:
        raise ScriptError(problems, session)
    return tuple(parts)


def _extend(parts: list[Part], more: Iterator[Part], at: Position) -> None:
    for part in more:
        if len(parts) >= MOST_PARTS:
            raise ScriptError([Problem(at, f"the script unfolds to more than {MOST_PARTS} parts; repeat less")])
        parts.append(part)
