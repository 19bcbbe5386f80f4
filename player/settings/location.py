"""Where the listener's settings are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.storage.folders import own_path

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE: Final = "PLAYER_SETTINGS"


def path() -> Path:
    """The file, which need not exist; the variable PLAYER_SETTINGS names another one."""
    return own_path(VARIABLE, "config", "settings.toml")
