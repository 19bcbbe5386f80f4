"""Where the program's own files are on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal


def own_path(variable: str, kind: Literal["cache", "data"], *below: str) -> Path:
    """The path that an environment variable names, or else one below the program's folder for this kind of files."""
    if named := os.environ.get(variable):
        return Path(named).expanduser().absolute()
    import platformdirs  # noqa: PLC0415 (7 ms, not needed where the path is named)

    root = platformdirs.user_cache_dir if kind == "cache" else platformdirs.user_data_dir
    return Path(root("player", appauthor=False), *below)
