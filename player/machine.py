"""What the program works with on this machine: its voices, and the store of all that they spoke."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from player.errors import PlayerError
from player.script import library
from player.storage.store import Draft, Store
from player.voice.pyttsx3_engine import Pyttsx3Engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.storage.entry import JSON
    from player.voice.engine import Engine

A_COUNT: Final = "one"
A_SENTENCE: Final = "Breathe in, and let go."
"""A voice may need more for this than for a word that it counts, such as a lexicon."""


@dataclass(frozen=True)
class Machine:
    """A voice and a store."""

    engine: Engine
    store: Store


def this_machine(*, soon: str = "") -> Machine:
    """The user's own: pyttsx3's voices and the store in the cache folder.

    Parameters
    ----------
    soon
        Something like it will be spoken soon: where nothing was ever spoken, its voice begins to load at once.
    """
    engine, store = _engine_and_store()
    if soon and not engine.is_known:
        engine.begin(soon)
    return Machine(engine, store)


def this_machine_for(session: str) -> Machine:
    """The same, where the voice begins to load at once if the script was changed since it was spoken.

    One sentence more is then heard 0.8 s sooner: a voice loads in the time in which the program loads the rest.
    """
    engine, store = _engine_and_store()
    with suppress(PlayerError):  # no session, or no store: the command that needs it says so
        if store.get(_script(library.find(session).text)) is None:
            engine.begin(A_SENTENCE)
    return Machine(engine, store)


def _engine_and_store() -> tuple[Pyttsx3Engine, Store]:
    store = Store()
    return Pyttsx3Engine(store), store


def remember_script(text: str, store: Store) -> None:
    """Note that all of a script was spoken.

    Raises
    ------
    StoreError
        If the store cannot be written.
    """
    store.get_or_make(_script(text), lambda: Draft({}, ()))


def _script(text: str) -> Mapping[str, JSON]:
    return {"what": "script", "schema": 1, "sha256": hashlib.sha256(text.encode()).hexdigest()}
