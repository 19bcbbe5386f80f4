"""What is played in turn: the sessions of a programme, or one session by itself.

The rule: frozen values, told by scripts alone; nothing here finds, speaks or plays. It stands beside the pipeline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from player.pipeline import SessionRequest


@dataclass(frozen=True)
class Turn:
    """A session whose turn comes.

    Attributes
    ----------
    name
        Of the session, without folder and ending.
    length_ms, exact
        Its length as far as its script tells it; ``exact`` is False where only the voice could.
    number, part
        Its place in the whole programme and that of its part, both counted from 1.
    opens
        It is the first session of its part.
    before
        What the listener has to do before it begins.
    programme
        As it was asked for; empty for a session by itself.
    """

    request: SessionRequest
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
    def told_ms(self) -> int | None:
        """The length, if it is known without the voice."""
        return self.length_ms if self.exact else None


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
        As it was asked for: a name or a path.
    count
        Sessions of the whole programme, also where ``sittings`` is one part alone.
    """

    name: str
    title: str
    summary: str
    sittings: tuple[ProgrammePart, ...]
    count: int

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The sessions of all its parts, in order."""
        return tuple(turn for sitting in self.sittings for turn in sitting.turns)

    @property
    def length_ms(self) -> int:
        """All its sessions, without the silences between."""
        return sum(sitting.length_ms for sitting in self.sittings)

    @property
    def exact(self) -> bool:
        """Whether its length is known without the voice."""
        return all(sitting.exact for sitting in self.sittings)
