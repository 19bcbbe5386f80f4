"""Where the program's own files are on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal


def own_path(variable: str, kind: Literal["cache", "data", "config"], *below: str) -> Path:
    """The path that an environment variable names, or else one below the program's folder for this kind of files."""
    if named := os.environ.get(variable):
        return Path(named).expanduser().absolute()
    import platformdirs  # noqa: PLC0415 (7 ms, not needed where the path is named)

    roots = {
        "cache": platformdirs.user_cache_dir,
        "data": platformdirs.user_data_dir,
        "config": platformdirs.user_config_dir,
    }
    return Path(roots[kind]("player", appauthor=False), *below)
