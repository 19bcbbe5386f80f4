"""The pipeline, where all stages meet: a user's request becomes a session that is ready to be heard.

The rule: a request becomes a `Prepared` first, with every problem found, every clip spoken and the true total known.
Only then is sound played or written. Playing and export send the same blocks. It knows no arguments, and prints
nothing.

What reads and plans a script is imported with this package. The rest is imported when it is first used: a list needs no
voice, and numpy and pydub take 0.3 s, in which a loudspeaker begins to open (tests/pipeline/test_read_once.py).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from player.pipeline.requested import RequestedSession, SessionRequest, as_requested

if TYPE_CHECKING:
    from player.machine import Machine, this_machine
    from player.pipeline.mixing import blocks, mix
    from player.pipeline.session import Prepared, Progress, check, prepare

__all__ = [
    "Machine",
    "Prepared",
    "Progress",
    "RequestedSession",
    "SessionRequest",
    "as_requested",
    "blocks",
    "check",
    "mix",
    "prepare",
    "this_machine",
]

_HOMES = {
    "player.machine": ("Machine", "this_machine"),
    "player.pipeline.session": ("Prepared", "Progress", "check", "prepare"),
    "player.pipeline.mixing": ("blocks", "mix"),
}

if not TYPE_CHECKING:  # a wrong name stays an error for mypy

    def __getattr__(name: str) -> object:
        """What speaks or makes sound, imported now."""
        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(home), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
