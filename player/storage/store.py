"""The store: files named by a digest of everything that decided what is in them.

The rule: an entry is there whole and verified, or it is not there at all. It is written under a temporary name in the
same folder and renamed when complete; a damaged entry, or whatever else lies in its place, counts as missing and is
made again; two processes may make the same entry at once. The caller knows what an entry means and which facts fit;
``entry`` knows its file, and ``upkeep`` the folder.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from player.errors import PlayerError, StoreError, printable
from player.storage import upkeep
from player.storage.entry import DamageError, Draft, Entry, read_entry, write_entry
from player.storage.failures import sentences
from player.storage.folders import make_private, own_path
from player.storage.key import JSON, SCHEMA, Scalar, key
from player.storage.stale_files import MARK, mark, remove_stale
from player.storage.upkeep import Usage

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["JSON", "SCHEMA", "Draft", "Entry", "Fits", "Scalar", "Store", "Usage", "key"]

Fits = Callable[[Entry], bool]
"""Whether the facts of an entry fit its content. What it stumbles over does not fit."""

_TEMPORARY: Final = re.compile(rf"[0-9a-f]{{64}}\.{MARK}-[0-9a-f]{{12}}\.tmp")


def _anything(_: Entry) -> bool:
    return True


class Store:
    """Entries in a folder.

    Parameters
    ----------
    root
        The folder, made when it is needed. None is the folder named by the environment variable ``PLAYER_STORE``, or
        else the user's cache folder.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = own_path("PLAYER_STORE", "cache") if root is None else root.absolute()
        self._is_users = root is None
        self._safe: set[Path] = set()
        self._was_written = False

    def get_or_make(self, fields: Mapping[str, JSON], make: Callable[[], Draft], fits: Fits = _anything) -> Entry:
        """The entry of these fields; ``make`` is called only if there is no good one.

        Raises
        ------
        StoreError
            If the store cannot be read or written. What ``make`` raises goes through, and leaves nothing.
        """
        return self.get(fields, fits) or self.put(fields, make())

    def get(self, fields: Mapping[str, JSON], fits: Fits = _anything) -> Entry | None:
        """The verified entry of these fields, or None; a damaged one, or one that does not fit, is removed.

        Raises
        ------
        StoreError
            If an entry is there but cannot be read, or others may write in the store.
        """
        path = self._path(fields)
        if not self._is_safe(path.parent):
            return None
        with sentences(StoreError, "read", path):
            try:
                entry = read_entry(path)
            except (FileNotFoundError, NotADirectoryError):
                return None
            except DamageError:
                entry = None
        if entry is None or not upkeep.is_fit(entry, fits):
            upkeep.make_room(path)
            return None
        upkeep.note_use(entry)
        return entry

    def put(self, fields: Mapping[str, JSON], draft: Draft) -> Entry:
        """Write an entry, whole or not at all; the last of several writers wins.

        Raises
        ------
        StoreError
            If the store cannot be written, for instance because the disk is full.
        """
        path = self._path(fields)
        self._begin_writing(path.parent)
        temporary = path.with_name(f"{path.name}.{mark()}-{os.urandom(6).hex()}.tmp")
        try:
            entry = write_entry(temporary, path, fields, draft)
            if not _rename(temporary, path):
                return self.get(fields) or _refuse_busy(path)
            return entry
        finally:
            _remove(temporary)

    def usage(self) -> Usage:
        """What is stored.

        Raises
        ------
        StoreError
            If the folder cannot be read, or others may write in it.
        """
        sizes = [file.bytes for file in self.files()]
        return Usage(len(sizes), sum(sizes))

    def files(self) -> tuple[upkeep.StoredFile, ...]:
        """All files of entries. The errors are those of `usage`."""
        return tuple(upkeep.stored_files(self.root)) if upkeep.must_be_safe(self.root) else ()

    def clear(self) -> Usage:
        """Remove every entry, and nothing that is not the store's own; what was removed.

        Raises
        ------
        StoreError
            If an entry cannot be removed.
        """
        files = self.files()
        for file in files:
            with sentences(StoreError, "clear", file.path):
                file.path.unlink(missing_ok=True)
        self._remove_stale()
        return Usage(len(files), sum(file.bytes for file in files))

    def _path(self, fields: Mapping[str, JSON]) -> Path:
        digest = key(fields)
        return self.root / digest[:2] / digest

    def _is_safe(self, folder: Path) -> bool:
        """Whether there is a store; each folder is looked at once, before anything in it is believed."""
        if self.root not in self._safe:
            if not upkeep.must_be_safe(self.root):
                return False
            self._safe.add(self.root)
        if folder not in self._safe:
            upkeep.must_be_safe_within(folder)
            self._safe.add(folder)
        return True

    def _begin_writing(self, folder: Path) -> None:
        """Make the folders; before the first entry, remove what a crash left. At the end, the users' own is pruned."""
        if not self._is_safe(folder):
            with sentences(StoreError, "write", self.root):
                make_private(self.root)
        with sentences(StoreError, "write", folder):
            make_private(folder)
        if not self._was_written:
            self._was_written = True
            self._remove_stale()
            if self._is_users:
                atexit.register(_prune, self.root)

    def _remove_stale(self) -> None:
        for folder in upkeep.listing(self.root, upkeep.FOLDER):
            with sentences(StoreError, "read", folder), contextlib.suppress(FileNotFoundError, NotADirectoryError):
                remove_stale(folder, _TEMPORARY)


def _prune(root: Path) -> None:
    """Keep the limit, at the end of a program that wrote; what fails then, `player cache` tells."""
    with contextlib.suppress(PlayerError, OSError):
        upkeep.prune(root, upkeep.limit_bytes())


def _rename(temporary: Path, path: Path) -> bool:
    """Whether the file got its name: Windows refuses while another process reads the same entry."""
    with sentences(StoreError, "write", path):
        try:
            temporary.replace(path)
        except PermissionError:
            if not path.exists():
                raise
            return False
    return True


def _refuse_busy(path: Path) -> Entry:
    raise StoreError(f"cannot write {printable(str(path))}: another program holds it; start again")


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
