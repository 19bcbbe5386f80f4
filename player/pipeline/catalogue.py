"""The catalogue: all sessions, programmes, voices, backgrounds and bells.

The rule: it needs no speech and no sound.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from player.errors import PlayerError
from player.pipeline import RequestedSession, SessionRequest, translation
from player.pipeline.programmes import planned
from player.script import library, tags
from player.script.session import DEFAULT_LANGUAGE
from player.techniques.cue import Utterance
from player.techniques.sounds import CHIMES
from player.voice import choice
from player.voice.engine import MissingEngineError

if TYPE_CHECKING:
    from player.pipeline import Machine
    from player.voice.engine import Voice


@dataclass(frozen=True)
class ListedSession:
    """A session as a list shows it; ``exact`` is False where its length depends on the voice.

    ``length_ms`` is None for a script with problems. ``language`` is a BCP 47 tag. ``reviewed`` is False for a
    translation that nobody has reviewed who speaks the language by birth.
    """

    name: str
    title: str
    technique: str
    length_ms: int | None
    exact: bool
    language: str = ""
    reviewed: bool = True


def sessions(language: str = library.ORIGINAL, *, others: bool = False) -> tuple[ListedSession, ...]:
    """The bundled sessions of a language and the user's own; nothing is spoken, so a length may be an estimate.

    A script with problems is listed by its name alone; `check` reports them.

    Parameters
    ----------
    language
        The tag of a language that has words.
    others
        Also the originals that have no translation.
    """
    names = library.session_names(language)
    if others and language != library.ORIGINAL:
        names += tuple(name for name in library.session_names() if f"{language}/{name}" not in names)
    return tuple(_listed(name) for name in names)


def _listed(name: str) -> ListedSession:
    try:
        requested = RequestedSession(SessionRequest(name))
        session, (length, exact) = requested.session, requested.nominal_ms
    except PlayerError:
        return ListedSession(name, f"has problems: player check {name}", "", None, exact=False)
    reviewed = not translation.is_unreviewed(session)
    return ListedSession(name, session.title, session.technique, length, exact, session.language, reviewed)


@dataclass(frozen=True)
class ListedProgramme:
    """A programme as a list shows it, with how many parts and sessions it has; ``exact`` as in `ListedSession`.

    ``length_ms`` is that of all its sessions together; None for a programme with problems.
    """

    name: str
    title: str
    parts: int
    sessions: int
    length_ms: int | None
    exact: bool


def programmes() -> tuple[ListedProgramme, ...]:
    """The bundled programmes and the user's own; nothing is spoken, so a length may be an estimate.

    One with problems is listed by its name alone, and so is one that a session of the same name hides.
    """
    return tuple(_listed_programme(name) for name in library.programme_names())


def _listed_programme(name: str) -> ListedProgramme:
    try:
        plan = planned(SessionRequest(name))
    except PlayerError:
        return ListedProgramme(name, f"has problems: player check {name}", 0, 0, None, exact=False)
    if plan is None:
        text = "has the name of a session: give its file another one"
        return ListedProgramme(name, text, 0, 0, None, exact=False)
    return ListedProgramme(name, plan.title, len(plan.parts), plan.count, plan.length_ms, plan.exact)


def voices(machine: Machine, language: str | None = None) -> tuple[Voice, ...]:
    """The voices of a machine, or those of a language such as ``en`` or ``en-GB``; natural ones first.

    Raises
    ------
    VoiceError
        If none speaks the language.
    """
    known = machine.engine.voices()
    found = tuple(each for each in known if language is None or tags.speaks(each.language, language))
    if language is not None and not found:
        raise choice.no_language(language, known)
    return found


def voice(machine: Machine, name: str) -> Voice:
    """The voice of a name.

    Raises
    ------
    VoiceError
        If the machine has none.
    """
    return machine.engine.voice_of(Utterance("a", DEFAULT_LANGUAGE, name))


def must_speak(machine: Machine, language: str) -> None:
    """Refuse a language for which there is no voice; where there is no engine at all, nothing is known of it.

    Raises
    ------
    VoiceError
        If there is none.
    """
    with suppress(MissingEngineError):
        machine.engine.voice_of(Utterance("a", language))


def chosen(machine: Machine) -> frozenset[str]:
    """The voices, by id, that speak a language where a script names none."""
    return frozenset(voice.id for voice in machine.engine.chosen().values())


@dataclass(frozen=True)
class ListedSound:
    """A background or a bell, and a short description of its sound."""

    name: str
    about: str


_DESCRIPTIONS = {
    "bowls": "singing bowls, struck softly every ten seconds or so, each ringing for most of a minute",
    "brown-noise": "a low, even rush, as of wind far off",
    "drone": "a soft, warm chord that moves slowly",
    "night": "a calm summer night, with crickets far away",
    "ocean": "slow waves that break, wash and draw back",
    "pink-noise": "an even rush, like a waterfall at some distance",
    "rain": "fine steady rain on leaves, with soft drops nearby",
    "stream": "a small stream over stones",
    "wind": "wind in trees, in gusts that come and go",
    "start": "a bell to begin with, 5 seconds",
    "end": "a larger, lower bell to end with, 8 seconds",
    "bell": "a clear handbell, 6 seconds",
    "bowl": "a singing bowl, 9 seconds",
}


def beds() -> tuple[ListedSound, ...]:
    """The bundled backgrounds."""
    return tuple(ListedSound(name, _DESCRIPTIONS.get(name, "")) for name in library.sounds())


def chimes() -> tuple[ListedSound, ...]:
    """The bells."""
    return tuple(ListedSound(name, _DESCRIPTIONS.get(name, "")) for name in CHIMES)
