"""The store: files named by a digest of everything that decided what is in them.

The rule: an entry is there whole and verified, or it is not there at all. It is written under a temporary name in the
same folder and renamed when complete; a damaged entry counts as missing and is made again; two processes may make the
same entry at once. The caller knows what an entry means; ``entry`` knows its file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from player.errors import StoreError, printable
from player.storage.entry import JSON, Draft, Entry, Scalar, read_entry, write_entry
from player.storage.failures import sentences
from player.storage.folders import own_path
from player.storage.stale_files import MARK, mark, remove_stale

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["JSON", "Draft", "Entry", "Scalar", "Store", "Usage", "key"]

SCHEMA: Final = 1
"""Part of every key: a new number makes every entry again."""

_FOLDER: Final = re.compile(r"[0-9a-f]{2}")
_ENTRY: Final = re.compile(r"[0-9a-f]{64}")
_TEMPORARY: Final = re.compile(rf"[0-9a-f]{{64}}\.{MARK}-[0-9a-f]{{12}}\.tmp")


class Usage(NamedTuple):
    """The number of whole entries, and their bytes."""

    entries: int
    bytes: int


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
        self._stale_removed = False

    def get_or_make(self, fields: Mapping[str, JSON], make: Callable[[], Draft]) -> Entry:
        """The entry of these fields; ``make`` is called only if there is no good one.

        Raises
        ------
        StoreError
            If the store cannot be read or written. What ``make`` raises goes through, and leaves nothing.
        """
        return self.get(fields) or self.put(fields, make())

    def get(self, fields: Mapping[str, JSON]) -> Entry | None:
        """The verified entry of these fields, or None; a damaged one is removed.

        Raises
        ------
        StoreError
            If an entry is there but cannot be read.
        """
        path = self._path(fields)
        with sentences(StoreError, "read", path):
            try:
                entry = read_entry(path)
            except (FileNotFoundError, NotADirectoryError):
                return None
        if entry is None:
            _remove(path)
        return entry

    def put(self, fields: Mapping[str, JSON], draft: Draft) -> Entry:
        """Write an entry, whole or not at all; the last of several writers wins.

        Raises
        ------
        StoreError
            If the store cannot be written, for instance because the disk is full.
        """
        if not self._stale_removed:
            self._stale_removed = True
            self._remove_stale()
        path = self._path(fields)
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
            If the folder cannot be read.
        """
        sizes = list(map(_size, self._files(_ENTRY)))
        return Usage(len(sizes), sum(sizes))

    def clear(self) -> Usage:
        """Remove every entry, and nothing that is not the store's own; what was removed.

        Raises
        ------
        StoreError
            If an entry cannot be removed.
        """
        before = self.usage()
        for path in self._files(_ENTRY):
            with sentences(StoreError, "clear", path):
                path.unlink(missing_ok=True)
        self._remove_stale()
        return before

    def _path(self, fields: Mapping[str, JSON]) -> Path:
        digest = key(fields)
        return self.root / digest[:2] / digest

    def _remove_stale(self) -> None:
        for folder in _listing(self.root, _FOLDER):
            with sentences(StoreError, "read", folder), contextlib.suppress(FileNotFoundError, NotADirectoryError):
                remove_stale(folder, _TEMPORARY)

    def _files(self, pattern: re.Pattern[str]) -> Iterator[Path]:
        for folder in _listing(self.root, _FOLDER):
            yield from _listing(folder, pattern)


def key(fields: Mapping[str, JSON]) -> str:
    """The name of an entry: SHA-256 in 64 hexadecimal digits, over canonical JSON.

    The order of keys does not count, and text is compared in its NFC form; any other difference gives another key.
    """
    value = _nfc({"schema": SCHEMA, "fields": fields})
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _nfc(value: JSON) -> JSON:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", name): _nfc(inner) for name, inner in value.items()}
    if isinstance(value, Sequence):
        return [_nfc(inner) for inner in value]
    return value


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


def _listing(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    with sentences(StoreError, "read", folder):
        try:
            return sorted(path for path in folder.iterdir() if pattern.fullmatch(path.name))
        except (FileNotFoundError, NotADirectoryError):
            return []


def _size(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):  # another process may clear the store meanwhile
        return path.stat().st_size
    return 0


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
