"""The folder of the store: whether it is safe, what lies in it, what is wrong with that, and what may go.

The rule: only files with the mark of the store are counted, pruned and cleared. Other files may lie in the folder, as a
variable names it; one gives way only where an entry is asked for whose exact name it has (`make_room`). What was noted
as used within `KEPT_S` is never pruned, since a session may be using it: a use is noted once a day, so this keeps what
was used within a day, and a session lasts a day at most.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from player.errors import PlayerError, StoreError, UnsafeStoreError, UsageError, printable
from player.storage.entry import DamageError, Entry, has_mark, read_entry
from player.storage.failures import sentences
from player.storage.regular_files import is_believed, with_owner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

LIMIT: Final = "PLAYER_CACHE_LIMIT"
"""The variable that names the most that the store may hold, such as ``500M``."""
DEFAULT_LIMIT: Final = 10**9
NOTED_EVERY_S: Final = 24 * 3600
KEPT_S: Final = 2 * NOTED_EVERY_S

FOLDER: Final = re.compile(r"[0-9a-f]{2}")
ENTRY: Final = re.compile(r"[0-9a-f]{64}")
_AMOUNT: Final = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?([kMGT]?)B?", re.IGNORECASE)
_FACTORS: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class Usage(NamedTuple):
    """The number of entries, and their bytes."""

    entries: int
    bytes: int


@dataclass(frozen=True)
class StoredFile:
    """A file with the name and the mark of an entry: its bytes, and when it was last used, in seconds since 1970."""

    path: Path
    bytes: int
    used_s: float


@dataclass(frozen=True)
class Flaw:
    """What has the name of an entry and is none that can be used, and why."""

    path: Path
    reason: str


def must_be_safe(root: Path) -> bool:
    """Whether the folder is there; on systems with permissions, its mode lets nobody else write in it.

    A group may write whose number is that of the folder's owner: Debian, Ubuntu and Fedora give each user such a group,
    with nobody else in it, and let it write in every folder (a umask of 002).

    Raises
    ------
    UnsafeStoreError
        If others may write there or in a folder above, it belongs to somebody else, or it is no folder.
    StoreError
        If that cannot be found out.
    """
    with sentences(StoreError, "read", root):
        try:
            found = root.stat()
        except FileNotFoundError:
            found = None
    if found:
        _must_be_ours(root, found)
    _must_stay_in_place(root)
    return found is not None


def must_be_safe_within(folder: Path) -> None:
    """The same for a folder inside, which may not be a link.

    Raises
    ------
    UnsafeStoreError
        As `must_be_safe`. A folder that is not there, or may not be looked at, is safe.
    StoreError
        If it cannot be found out.
    """
    with sentences(StoreError, "read", folder):
        try:
            found = folder.lstat()
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return
    _must_be_ours(folder, found)


def _must_be_ours(folder: Path, found: os.stat_result) -> None:
    name, elsewhere = printable(str(folder)), "set PLAYER_STORE to another folder"
    if not stat.S_ISDIR(found.st_mode):
        raise UnsafeStoreError(f"{name} is no folder, so nothing can be kept in it; move it away, or {elsewhere}")
    if sys.platform == "win32":
        return
    shown = with_owner(folder, found)
    if not is_believed(found):
        raise UnsafeStoreError(f"{shown} belongs to another user, who could change what you hear; {elsewhere}")
    if _others_may_write(found):
        is_shared = found.st_mode & stat.S_ISVTX or os.geteuid() not in {found.st_uid, 0}  # such as /tmp
        remedy = elsewhere if is_shared else f"`chmod go-w` it, or {elsewhere}"
        raise UnsafeStoreError(f"others may write in {shown}, and change what you hear; {remedy}")


def _must_stay_in_place(root: Path) -> None:
    """Whoever may write in a folder above could put another folder in its place, unless that is sticky, as /tmp is."""
    if sys.platform == "win32":
        return
    for above in dict.fromkeys((*root.absolute().parents, *root.resolve().parents)):
        with contextlib.suppress(OSError):  # one that is not there yet is made for its owner alone
            found = above.stat()
            if _others_may_write(found) and not found.st_mode & stat.S_ISVTX:
                told = f"others may write in {printable(str(above))}, and put another folder in the place of the store"
                raise UnsafeStoreError(f"{told}; `chmod go-w` it, or set PLAYER_STORE to another folder")


def _others_may_write(found: os.stat_result) -> bool:
    by_group = found.st_mode & stat.S_IWGRP and found.st_gid != found.st_uid
    return bool(by_group or found.st_mode & stat.S_IWOTH)


def names(root: Path) -> Iterator[Path]:
    """Everything that has the place and the name of an entry, whatever it is.

    Raises
    ------
    StoreError
        If a folder cannot be listed.
    """
    for folder in listing(root, FOLDER):
        with sentences(StoreError, "read", folder):
            is_link = folder.is_symlink()
        if not is_link:
            yield from listing(folder, ENTRY)


def stored_files(root: Path) -> Iterator[StoredFile]:
    """All files with the store's mark; what another process removes meanwhile is left out."""
    for path in names(root):
        with contextlib.suppress(OSError):
            if has_mark(path):
                found = path.lstat()
                yield StoredFile(path, found.st_size, found.st_mtime)


def flaws(root: Path, fits: Callable[[Entry], bool], *, whole: bool) -> Iterator[Flaw]:
    """What is wrong in the folder.

    Parameters
    ----------
    fits
        Whether an entry's facts fit its content; see `Store.get`.
    whole
        Digest all contents, which takes a second for each gigabyte or two; or else none.
    """
    for path in names(root):
        try:
            if not is_fit(read_entry(path, sys.maxsize if whole else -1), fits):
                yield Flaw(path, "its facts do not fit its content")
        except FileNotFoundError:  # another process has removed it
            continue
        except DamageError as damage:
            yield Flaw(path, str(damage))
        except OSError as error:
            yield Flaw(path, f"it cannot be read: {printable(error.strerror or str(error))}")


def is_fit(entry: Entry, fits: Callable[[Entry], bool]) -> bool:
    """What ``fits`` says; whatever makes it stumble does not fit."""
    try:
        return fits(entry)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ArithmeticError, PlayerError):
        return False


def prune(root: Path, limit: int) -> Usage:
    """Remove what was used least recently until the rest keeps the limit in bytes; what was removed.

    Raises
    ------
    StoreError
        If the folder cannot be listed, or an entry cannot be removed.
    """
    files = sorted(stored_files(root), key=lambda file: file.used_s)
    excess, removed = sum(file.bytes for file in files) - limit, Usage(0, 0)
    newest = time.time() - KEPT_S
    for file in files:
        if removed.bytes >= excess or file.used_s > newest:
            break
        with sentences(StoreError, "clear", file.path):
            file.path.unlink(missing_ok=True)
        removed = Usage(removed.entries + 1, removed.bytes + file.bytes)
    return removed


def note_use(entry: Entry) -> None:
    """Note in the time of its file that an entry is used, once a day; not where the folder cannot be written."""
    if abs(time.time() - entry.used_s) > NOTED_EVERY_S:
        with contextlib.suppress(OSError):
            os.utime(entry.path)


def limit_bytes(environ: Mapping[str, str] = os.environ) -> int:
    """The most that the store may hold.

    Raises
    ------
    UsageError
        If the variable's value is no amount.
    """
    text = environ.get(LIMIT, "").strip()
    if not text:
        return DEFAULT_LIMIT
    if (found := _AMOUNT.fullmatch(text)) is None:
        raise UsageError(f"{LIMIT} must be an amount such as 500M or 2G, not {printable(text)!r}")
    return round(float(found[1]) * _FACTORS[found[2].upper()])


def told_of_limit() -> str:
    """What is wrong with the variable, for a command that goes on without a limit; empty if nothing is."""
    try:
        limit_bytes()
    except UsageError as error:
        return f"{error}; until then, nothing is removed from the store"
    return ""


def listing(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    """What lies in a folder under names of this pattern, sorted; nothing where there is no folder.

    Raises
    ------
    StoreError
        If it cannot be listed.
    """
    with sentences(StoreError, "read", folder):
        try:
            return sorted(path for path in folder.iterdir() if pattern.fullmatch(path.name))
        except (FileNotFoundError, NotADirectoryError):
            return []


def make_room(path: Path) -> None:
    """Make the place of an entry free, whatever lies there: a link is removed, and not what it leads to.

    Its name, a digest of all that it is made from, is meant for it alone, and an entry whose beginning is damaged has
    no mark. A full folder is put aside. This is for what is asked for alone; pruning and clearing look for the mark.
    """
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            try:
                path.rmdir()
            except OSError:
                path.rename(path.with_name(f"{path.name}.{os.urandom(4).hex()}.aside"))
        else:
            path.unlink()
