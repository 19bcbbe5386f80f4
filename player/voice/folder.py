"""Where the voice models lie that the user has brought."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def folder() -> Path:
    """The folder that ``PLAYER_VOICES`` names, or else ``voices`` in the user's data folder; it may be missing."""
    told = os.environ.get("PLAYER_VOICES")
    if told:
        return Path(told).expanduser().absolute()
    return Path(platformdirs.user_data_dir("player", appauthor=False), "voices")
