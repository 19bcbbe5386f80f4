"""Names that a command line may go on with, as far as the names of files tell them.

The rule: no script is read, and no technique or voice is imported, as a shell waits for it. `completing` tells
the rest.
"""

from __future__ import annotations

from typing import NamedTuple

from player.script import library
from player.settings.keys import KEYS


class Completion(NamedTuple):
    """A word, and what it stands for, where a shell shows that."""

    word: str
    about: str = ""


def sessions(begun: str = "") -> tuple[Completion, ...]:
    """The names of sessions and programmes; those of another language where its tag is ``begun``, as in ``de``."""
    names = [*library.session_names(), *library.programme_names()]
    for tag in library.languages() if begun else ():
        if f"{tag}/".startswith(begun[: len(tag) + 1]):
            own = library.session_names(tag)
            names += [f"{tag}/{name}" for name in own] if tag == library.ORIGINAL else own
    return tuple(Completion(name) for name in dict.fromkeys(names))


def backgrounds() -> tuple[Completion, ...]:
    """The bundled sounds, and no sound."""
    return (*(Completion(name) for name in library.sounds()), Completion("none"))


def regions() -> tuple[Completion, ...]:
    """The countries whose numbers are known."""
    return tuple(Completion(code) for code in library.regions())


def languages() -> tuple[Completion, ...]:
    """The languages that have words."""
    return tuple(Completion(tag) for tag in library.languages())


def setting_keys(*, in_session: bool = False) -> tuple[Completion, ...]:
    """The keys of the settings."""
    return tuple(Completion(key.name, key.about) for key in KEYS if key.for_session or not in_session)
