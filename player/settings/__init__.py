"""What a listener chose for good: one small TOML file, in general and for single sessions.

The rule: options come before it, and so do the environment variables that mean the same; it comes before what scripts
say, as options do. ``location`` says where the file is, ``keys`` what may stand in it, ``reading`` reads it and
``writing`` changes it. Each is imported when it is first used: most listeners have no such file, and then no command
reads any TOML.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from player.settings import keys, location, reading, writing
    from player.settings.reading import Settings

__all__ = ["keys", "location", "reading", "stored", "writing"]
_MODULES: Final = ("keys", "location", "reading", "writing")


def stored() -> Settings | None:
    """The listener's settings; None where there is no file of them.

    Raises
    ------
    UsageError
        If the file cannot be read, or something in it is wrong.
    """
    path = import_module(f"{__name__}.location").path()
    if not path.exists():
        return None
    found: Settings = import_module(f"{__name__}.reading").read(path)
    return found


if not TYPE_CHECKING:  # a wrong name stays an error for mypy

    def __getattr__(name: str) -> object:
        """A module of the package, imported now."""
        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
