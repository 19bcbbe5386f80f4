"""What the program works with on this machine: its voices, and the store of all that they spoke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from player.store import Store
    from player.voice.engine import Engine


@dataclass(frozen=True)
class Machine:
    """A voice and a store."""

    engine: Engine
    store: Store


def this_machine(*, speaks_soon: bool = False) -> Machine:
    """The user's own: pyttsx3's voices and the store in the cache folder.

    Parameters
    ----------
    speaks_soon
        Begin to load a voice at once, where it has never been asked for anything; see `Pyttsx3Engine.begin`.
    """
    from player.store import Store  # noqa: PLC0415 (heavy imports stay with those who need them)
    from player.voice.pyttsx3_engine import Pyttsx3Engine  # noqa: PLC0415

    store = Store()
    engine = Pyttsx3Engine(store)
    if speaks_soon:
        engine.begin()
    return Machine(engine, store)
