"""Where the program's own files are on this machine.

The rule: a machine without a home folder, or with one that cannot be written, is no error. What is made there goes into
a folder among the temporary files, which only this user can read.
"""

from __future__ import annotations

import functools
import os
import stat
import tempfile
import unicodedata
from pathlib import Path
from typing import Literal

from player.errors import StoreError, UsageError, printable


def own_path(variable: str, kind: Literal["cache", "data"], *below: str) -> Path:
    """The path that an environment variable names, or else one below the program's folder for this kind of files.

    Raises
    ------
    UsageError
        If the variable names the home folder of nobody.
    StoreError
        If there is neither a home folder nor one for temporary files.
    """
    if named := os.environ.get(variable):
        try:
            return expanded(named).absolute()
        except UsageError as error:
            raise UsageError(f"the variable {variable}: {error}") from None
    import platformdirs  # noqa: PLC0415 (7 ms, not needed where the path is named)

    root = platformdirs.user_cache_dir if kind == "cache" else platformdirs.user_data_dir
    try:
        folder = Path(root("player", appauthor=False))
    except RuntimeError:  # no HOME, and a user that the system does not know
        folder = None
    # Data that is there can be read though its folder is closed, and whoever writes there tells why it cannot be.
    if folder is None or (kind == "cache" and not _can_be_written(folder)):
        folder = _temporary_store() if kind == "cache" else _temporary() / kind
    return Path(folder, *below)


def expanded(name: str | Path) -> Path:
    """A path in which ``~`` stands for a home folder, as in a shell, as `existing`.

    Raises
    ------
    UsageError
        If there is no such user, or no home folder is known.
    """
    try:
        return existing(Path(name).expanduser())
    except RuntimeError:
        remedy = "write the whole path"
        raise UsageError(f"{printable(str(name))} begins with a home folder that is not known; {remedy}") from None


def existing(path: Path) -> Path:
    """The file or folder with this name, however its accents are stored; the path itself where there is none.

    A Mac may write ``é`` as two characters (NFD) and others write one (NFC). Linux takes these for two names.
    """
    if str(path).isascii() or os.path.exists(path):  # noqa: PTH110 (never raises)
        return path
    found = Path(path.anchor)
    for part in path.parts[1:] if path.anchor else path.parts:
        found = _entry(found, part) or found / part
    return found if os.path.exists(found) else path  # noqa: PTH110 (as above)


def _entry(folder: Path, name: str) -> Path | None:
    if name.isascii() or os.path.exists(folder / name):  # noqa: PTH110 (as above)
        return None
    wanted = unicodedata.normalize("NFC", name)
    try:
        return next((each for each in folder.iterdir() if unicodedata.normalize("NFC", each.name) == wanted), None)
    except OSError:
        return None


def home() -> Path:
    """The home folder of this user.

    Raises
    ------
    UsageError
        If none is known.
    """
    return expanded("~")


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
