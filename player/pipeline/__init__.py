"""The pipeline, where all stages meet: a user's request becomes a session that is ready to be heard.

The rule: a request becomes a `Prepared` first, with every problem found, every clip spoken and the true total known.
Only then is sound played or written. Playing and export send the same blocks. It knows no arguments, and prints
nothing.

Its modules are imported when something of them is first used (tests/pipeline/test_read_once.py): together they take
0.3 s, in which a loudspeaker opens, or a voice loads. So ``from player import pipeline`` may stand at the top of what
runs before that.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from player.machine import Machine, this_machine
    from player.pipeline import catalogue, completing, language, names, patterns, programmes, region
    from player.pipeline.mixing import blocks, mix
    from player.pipeline.requested import RequestedSession, SessionRequest, as_requested
    from player.pipeline.session import Prepared, Progress, check, prepare

__all__ = [
    "Machine",
    "Prepared",
    "Progress",
    "RequestedSession",
    "SessionRequest",
    "as_requested",
    "blocks",
    "catalogue",
    "check",
    "completing",
    "language",
    "mix",
    "names",
    "patterns",
    "prepare",
    "programmes",
    "region",
    "this_machine",
]
_MODULES: Final = ("catalogue", "completing", "language", "names", "patterns", "programmes", "region")
_HOMES: Final = {
    "player.machine": ("Machine", "this_machine"),
    "player.pipeline.requested": ("RequestedSession", "SessionRequest", "as_requested"),
    "player.pipeline.session": ("Prepared", "Progress", "check", "prepare"),
    "player.pipeline.mixing": ("blocks", "mix"),
}

if not TYPE_CHECKING:  # a wrong name stays an error for mypy

    def __getattr__(name: str) -> object:
        """A module of the package, or what is asked for of one, imported now."""
        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(home), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
