"""What there is to choose from: sessions, voices, backgrounds and bells.

The rule: nothing is spoken and nothing is heard to find out. It stands beside the pipeline and asks the same rooms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from player.errors import PlayerError
from player.pipeline import Machine, Request, load
from player.script import library
from player.techniques.chimes import CHIMES
from player.techniques.planning import plan
from player.timeline.layout import nominal_ms

if TYPE_CHECKING:
    from player.voice.engine import Voice


@dataclass(frozen=True)
class Listed:
    """A session as a list shows it; ``exact`` is False where only the voice could tell its length.

    ``length_ms`` is None for a script with problems.
    """

    name: str
    title: str
    technique: str
    length_ms: int | None
    exact: bool


def sessions() -> tuple[Listed, ...]:
    """The bundled sessions and the user's own; nothing is spoken, so a length may be an estimate.

    A script with problems is listed by its name alone: `check` tells what they are.
    """
    return tuple(_listed(name) for name in library.session_names())


def _listed(name: str) -> Listed:
    try:
        session = load(Request(name))
        parts = plan(session)
    except PlayerError:
        return Listed(name, f"has problems: player check {name}", "", None, exact=False)
    length, exact = nominal_ms(parts)
    return Listed(name, session.title, session.technique or "", length, exact)


def voices(machine: Machine, language: str | None = None) -> tuple[Voice, ...]:
    """The voices of a machine, or those of a language such as ``en`` or ``en-GB``."""
    wanted = (language or "").lower()
    found = machine.engine.voices()
    return tuple(voice for voice in found if f"{voice.language.lower()}-".startswith(f"{wanted}-" if wanted else ""))


def beds() -> tuple[str, ...]:
    """The bundled backgrounds."""
    return library.sounds()


def chimes() -> tuple[str, ...]:
    """The bells."""
    return tuple(CHIMES)
