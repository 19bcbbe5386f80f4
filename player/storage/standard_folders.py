"""The folders that a system has for a program's own files, and what stands in for them.

The rule: a machine without a home folder, or with one that cannot be written, is no error. What is made there goes into
a folder among the temporary files, which only this user can read. It is imported when a folder is first asked for.
"""

from __future__ import annotations

import functools
import os
import stat
import tempfile
from pathlib import Path
from typing import Literal

import platformdirs

from player.errors import StoreError


def folder(kind: Literal["cache", "data", "config"]) -> Path:
    """The program's folder for this kind of files, which need not exist.

    Raises
    ------
    StoreError
        If there is neither a home folder nor one for temporary files.
    """
    try:
        found = Path(getattr(platformdirs, f"user_{kind}_dir")("player", appauthor=False))
    except RuntimeError:  # no HOME, and a user that the system does not know
        return _temporary_store() if kind == "cache" else _temporary() / kind
    # Data that is there can be read though its folder is closed, and whoever writes there tells why it cannot be.
    return _temporary_store() if kind == "cache" and not _can_be_written(found) else found


def told() -> str:
    """A sentence, if temporary files stood in for a home folder in this process; otherwise empty."""
    if not _temporary_store.cache_info().currsize:
        return ""
    why, remedy = "there is no home folder that can be written", "set PLAYER_STORE to a folder that stays"
    return f"{why}, so what is spoken is kept in {_temporary_store()} for now; {remedy}"


def _can_be_written(folder: Path) -> bool:
    """Whether a folder can be written, or made."""
    there = next((each for each in (folder, *folder.parents) if os.path.exists(each)), None)  # noqa: PTH110 (never raises)
    return there is not None and os.path.isdir(there) and os.access(there, os.W_OK | os.X_OK)  # noqa: PTH112 (as above)


@functools.cache
def _temporary_store() -> Path:
    return _temporary() / "store"


@functools.cache
def _temporary() -> Path:
    """The folder of this user among the temporary files, the same each time; a new one if somebody else made that."""
    user = os.getuid() if hasattr(os, "getuid") else None
    try:
        folder = Path(tempfile.gettempdir(), f"player-{'own' if user is None else user}")
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        closed = not stat.S_IMODE(found.st_mode) & 0o077 and found.st_uid == user
        is_ours = stat.S_ISDIR(found.st_mode) and (user is None or closed)
        return folder if is_ours else Path(tempfile.mkdtemp(prefix="player-"))
    except OSError as error:
        text = "neither a home folder nor one for temporary files can be written; set PLAYER_STORE to a folder that can"
        raise StoreError(text) from error
