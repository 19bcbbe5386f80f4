"""The folder of the voice models that the user has installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from player.storage.folders import own_folder

if TYPE_CHECKING:
    from pathlib import Path


def folder() -> Path:
    """The folder that ``PLAYER_VOICES`` names, or else ``voices`` in the user's data folder; it may be missing."""
    return own_folder("PLAYER_VOICES", "data", "voices")
