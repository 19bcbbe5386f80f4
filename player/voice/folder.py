"""The folder of the voice models that the user has installed."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def folder() -> Path:
    """The folder that ``PLAYER_VOICES`` names, or else ``voices`` in the user's data folder; it may be missing."""
    named = os.environ.get("PLAYER_VOICES")
    if named:
        return Path(named).expanduser().absolute()
    return Path(platformdirs.user_data_dir("player", appauthor=False), "voices")
