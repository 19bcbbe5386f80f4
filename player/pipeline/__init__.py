"""The pipeline, where all stages meet: a user's request becomes a session that is ready to be heard.

The rule: a request becomes a `Prepared` first, with every problem found, every clip spoken and the true total known.
Only then is sound played or written. Playing and export send the same blocks. It knows no arguments, and prints
nothing.

This package imports its modules when they are asked for: together they take 0.3 s, in which a device opens, or a voice
loads. So ``from player import pipeline`` may stand at the top of a module that runs before that.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from player.machine import Machine, this_machine
    from player.pipeline import catalogue, patterns, programmes
    from player.pipeline.session import (
        Prepared,
        Progress,
        SessionRequest,
        blocks,
        check,
        known_length,
        load,
        mix,
        prepare,
        settled,
    )

__all__ = [
    "Machine",
    "Prepared",
    "Progress",
    "SessionRequest",
    "blocks",
    "catalogue",
    "check",
    "known_length",
    "load",
    "mix",
    "patterns",
    "prepare",
    "programmes",
    "settled",
    "this_machine",
]
_MODULES: Final = ("catalogue", "patterns", "programmes")
_FROM_MACHINE: Final = ("Machine", "this_machine")


def __getattr__(name: str) -> Any:  # noqa: ANN401 (a module, a class or a function)
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    return getattr(import_module("player.machine" if name in _FROM_MACHINE else f"{__name__}.session"), name)
