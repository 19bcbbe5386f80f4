"""What lies in a folder and what does not, as far as links tell: a script reaches what is in its own folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from player.storage.failures import pass_on

SCRIPT_ENDINGS: Final = (".yaml", ".yml")
A_LINK_OUT: Final = "is a link that leads out of"
"""How a message goes on behind a name for which `leads_out` is true."""


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a file is in a folder or below it, wherever links lead."""
    return path.resolve().is_relative_to(folder.resolve())


def with_ending(name: str) -> list[str]:
    """The names that a script's file may have: its ending may be left out."""
    return [name] if name.lower().endswith(SCRIPT_ENDINGS) else [name + ending for ending in SCRIPT_ENDINGS]


def leads_out(name: str, folder: Path) -> bool:
    """Whether a script's name is written as one in a folder, and a link, or one on the way, leads out of it."""
    here = os.path.abspath(folder)  # noqa: PTH100 (links keep their names)
    try:
        paths = [Path(os.path.abspath(folder / each)) for each in with_ending(name)]  # noqa: PTH100
        return any(path.is_relative_to(here) and not is_inside(path, folder) for path in paths)
    except (OSError, ValueError, RuntimeError) as error:  # a name that no file system takes, a circle of links
        pass_on(error)
        return False
