"""Where the program's own files are on this machine, and paths as users write them."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Final, Literal

from player.errors import UsageError, printable

_PRIVATE: Final = 0o700
"""Of folders that are made: what a person hears is nobody else's business, and so the XDG specification wants it."""


def own_path(variable: str, kind: Literal["cache", "data", "config"], *below: str) -> Path:
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
    from player.storage import standard_folders  # noqa: PLC0415 (12 ms, not needed where the path is named)

    return Path(standard_folders.folder(kind), *below)


def own_folder(variable: str, kind: Literal["cache", "data", "config"], *below: str) -> Path:
    """The same for a folder, which need not exist.

    Raises
    ------
    UsageError
        As `own_path`, or if the variable names a file.
    StoreError
        As `own_path`.
    """
    path = own_path(variable, kind, *below)
    if os.environ.get(variable) and os.path.exists(path) and not os.path.isdir(path):  # noqa: PTH110, PTH112 (never raise)
        raise UsageError(
            f"the variable {variable} must name a folder, and {printable(str(path))} is a file; name another"
        )
    return path


def make_private(folder: Path) -> None:
    """Make a folder of the program's own, and those above it that are missing, each for its owner alone.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(_PRIVATE, exist_ok=True)
    if not missing:
        folder.mkdir(_PRIVATE, exist_ok=True)  # fails if it is no folder


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
        If none is known, or ``HOME`` is no whole path: what is below it would depend on the current folder.
    """
    found = expanded("~")
    if not found.is_absolute():
        raise UsageError(f"HOME is {printable(str(found))}, which is no whole path; set it to one that begins with /")
    return found
