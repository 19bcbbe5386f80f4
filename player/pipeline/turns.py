"""The sessions of a programme in their order, or one session by itself.

The rule: frozen values that come from scripts alone; nothing here finds, speaks or plays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from player.script.credits import NO_CREDITS

if TYPE_CHECKING:
    from player.pipeline import RequestedSession, SessionRequest
    from player.script.credits import Credits
    from player.techniques.planning import IntroVersion


@dataclass(frozen=True)
class Turn:
    """A session in the order of playing.

    Attributes
    ----------
    requested
        The request, and the session's script where it was read already.
    name
        Of the session, without folder and ending.
    length_ms, exact
        Its length as far as its script says it; ``exact`` is False where it depends on the voice.
    number, part
        Its number in the whole programme and that of its part, both counted from 1.
    opens
        It is the first session of its part.
    before
        What the listener has to do before it begins.
    programme
        As the user named it; empty for a session by itself.
    """

    requested: RequestedSession
    name: str
    title: str
    length_ms: int
    exact: bool
    number: int = 1
    part: int = 1
    opens: bool = True
    before: str = ""
    programme: str = ""

    @property
    def request(self) -> SessionRequest:
        """What the user asks for, for this session."""
        return self.requested.request

    @property
    def known_ms(self) -> int | None:
        """The length, if it is known without the voice."""
        return self.length_ms if self.exact else None

    def told_as(self, intro: IntroVersion | None, seed: int | None) -> Turn:
        """The same turn with this version of its introduction, and in the order that this seed draws."""
        requested = self.requested.told_as(intro, seed)
        (before_ms, _), (after_ms, exact) = self.requested.nominal_ms, requested.nominal_ms
        return replace(self, requested=requested, length_ms=self.length_ms + after_ms - before_ms, exact=exact)


@dataclass(frozen=True)
class ProgrammePart:
    """A part of a programme, with what is in it; ``number`` counts from 1."""

    number: int
    title: str
    about: str
    turns: tuple[Turn, ...]

    @property
    def length_ms(self) -> int:
        """All its sessions, without the silences between."""
        return sum(turn.length_ms for turn in self.turns)

    @property
    def exact(self) -> bool:
        """Whether its length is known without the voice."""
        return all(turn.exact for turn in self.turns)


@dataclass(frozen=True)
class PlannedProgramme:
    """A programme whose sessions were all found and planned.

    Attributes
    ----------
    name
        As the user named it: a name or a path.
    count
        Sessions of the whole programme, also where ``parts`` is one part alone.
    credits
        What the files of its sessions say of it.
    """

    name: str
    title: str
    summary: str
    parts: tuple[ProgrammePart, ...]
    count: int
    credits: Credits = NO_CREDITS

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The sessions of all its parts, in order."""
        return tuple(turn for part in self.parts for turn in part.turns)

    @property
    def length_ms(self) -> int:
        """All its sessions, without the silences between."""
        return sum(part.length_ms for part in self.parts)

    @property
    def exact(self) -> bool:
        """Whether its length is known without the voice."""
        return all(part.exact for part in self.parts)
