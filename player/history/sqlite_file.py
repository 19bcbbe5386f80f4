"""The diary's SQLite file: where it is, how it is opened, and what happens if it cannot be.

A damaged file is renamed, never deleted, and only if its header has our mark, SQLite's application id. Any other file
that is not empty, or is from a newer player, is left alone. Only its owner can read the file once it was opened to be
written. `diary` reads and writes the tables.

In SQLite's WAL mode a write does not wait for the disk, so it may happen while a session plays. A power cut can lose
the last writes, but not the file.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import stat
import sys
from typing import TYPE_CHECKING, Final

from player.errors import DiaryError, NoDiaryError, printable
from player.storage.folders import own_path
from player.storage.regular_files import is_others, open_regular

if TYPE_CHECKING:
    from pathlib import Path

VERSION: Final = 1
"""The version of the tables. Each change of them needs a new version, and a conversion from the old one."""
BUSY_MS: Final = 1000
"""How long to wait for another player's write, which takes less than a millisecond."""

_OURS: Final = 0x706C6472  # "pldr"
_TABLES: Final = (
    # places holds bookmarks, practised holds history entries: another name would need a new version of the file.
    """CREATE TABLE places (
        session TEXT PRIMARY KEY, title TEXT NOT NULL, asked TEXT NOT NULL, at_ms INTEGER NOT NULL,
        total_ms INTEGER NOT NULL, noted TEXT NOT NULL, part INTEGER, number INTEGER NOT NULL, turn TEXT NOT NULL)""",
    """CREATE TABLE practised (
        id TEXT PRIMARY KEY, session TEXT NOT NULL, title TEXT NOT NULL, asked TEXT NOT NULL, programme TEXT NOT NULL,
        began TEXT NOT NULL, heard_ms INTEGER NOT NULL, at_ms INTEGER NOT NULL, total_ms INTEGER NOT NULL,
        whole INTEGER NOT NULL)""",
    f"PRAGMA application_id = {_OURS}",
    f"PRAGMA user_version = {VERSION}",
)
_COMPANIONS: Final = ("", "-wal", "-shm", "-journal")
_OF_OTHERS: Final = 0o077
"""The permissions of the group and of all others."""
_HEADER: Final = b"SQLite format 3\0"
_MARK_AT: Final = slice(68, 72)  # sqlite.org/fileformat.html: the application id, big-endian


def where() -> Path:
    """The path of the file, which need not exist. The variable PLAYER_DIARY can name another one."""
    return own_path("PLAYER_DIARY", "data", "diary.sqlite3")


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open the file for reading and writing, and make it if it is missing. SQLite's errors are not caught.

    One that others may read, as a copy or an empty file that was there before, becomes its owner's alone.

    Raises
    ------
    DiaryError
        If the file is not ours to write in.
    """
    must_be_possible(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))  # what SQLite adds beside it takes its permissions
    connection = _set_up(path, sqlite3.connect(path, isolation_level=None))
    _close_to_others(path)
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open an existing file for reading, also in a folder that cannot be written. SQLite's errors are not caught.

    Raises
    ------
    DiaryError
        If it is not a diary that this player can read.
    """
    must_be_possible(path)
    try:
        return _set_up(path, sqlite3.connect(path, isolation_level=None))
    except sqlite3.OperationalError:
        return _set_up(path, sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True, isolation_level=None))


def _close_to_others(path: Path) -> None:
    """Take all permissions from others, of a diary and of what SQLite has beside it; only of this user's own files.

    It opens nothing: in POSIX, to close a file would end the locks that SQLite has on it.
    """
    if sys.platform == "win32":
        return
    path = path.resolve()  # a link may lead to it, and SQLite's own files lie beside what it leads to
    for companion in _COMPANIONS:
        file = path.with_name(path.name + companion)
        with contextlib.suppress(OSError):  # not there, or the disk knows no permissions
            found = file.lstat()
            mode = stat.S_IMODE(found.st_mode)
            if stat.S_ISREG(found.st_mode) and not is_others(found) and mode & _OF_OTHERS:
                file.chmod(mode & ~_OF_OTHERS)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the error says that the file is damaged, and not that it cannot be reached."""
    return type(error) is sqlite3.DatabaseError


def must_be_possible(path: Path) -> None:
    """Refuse what cannot be a diary before SQLite opens it, which would wait for a pipe.

    Raises
    ------
    NoDiaryError
        If it is no regular file, or has content and not the header of SQLite's files, or another program's mark.
    """
    with contextlib.suppress(OSError):  # not there, or not to be read: SQLite says which
        head = _head(path)
        if head is None:
            raise _no_diary(path, "is no ordinary file")
        if head and not head.startswith(_HEADER):
            raise _no_diary(path, "is no diary")
        if head and int.from_bytes(head[_MARK_AT], "big") not in {0, _OURS}:
            raise _no_diary(path, "belongs to another program, and is no diary")


def has_mark(path: Path) -> bool:
    """Whether the header of a file says that player wrote it. Errors of the file system are not caught."""
    head = _head(path) or b""
    return head.startswith(_HEADER) and int.from_bytes(head[_MARK_AT], "big") == _OURS


def _head(path: Path) -> bytes | None:
    """The beginning of a file; None if it is no regular file. A link may lead to it."""
    descriptor = open_regular(path.resolve())
    if descriptor is None:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read(_MARK_AT.stop)


def _no_diary(path: Path, what: str) -> NoDiaryError:
    return NoDiaryError(f"{printable(str(path))} {what}; set PLAYER_DIARY to another file, or move this one away")


def put_aside(path: Path) -> Path:
    """Rename a damaged file and its companions. Errors of the file system are not caught.

    Raises
    ------
    NoDiaryError
        If it does not have our mark.
    """
    if not has_mark(path):
        raise _no_diary(path, "is damaged, or no diary")
    taken = {each.name for each in path.parent.iterdir() if each.name.startswith(f"{path.name}.damaged")}
    name = f"{path.name}.damaged"
    name = next(each for each in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)
    _close_to_others(path)
    for companion in _COMPANIONS:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + companion).rename(path.with_name(name + companion))
    return path.with_name(name)


def damaged_files(path: Path) -> tuple[Path, ...]:
    """The damaged files that were put aside, with their companions. Errors of the file system are not caught."""
    name = re.compile(re.escape(path.name) + r"\.damaged(-\d+)?")
    aside = [each for each in path.parent.iterdir() if name.fullmatch(each.name) and has_mark(each)]
    files = (each.with_name(each.name + companion) for each in aside for companion in _COMPANIONS)
    return tuple(each for each in files if each.is_file())


def _set_up(path: Path, connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute("PRAGMA secure_delete = ON")  # deleted rows are overwritten in the file
        connection.execute("PRAGMA synchronous = NORMAL")
        if _is_empty(connection):
            _make_tables(connection)
        _must_be_ours(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection) -> None:
    with contextlib.suppress(sqlite3.OperationalError):  # not every file system can, and it works without
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if _is_empty(connection):  # another player may have been quicker
        for statement in _TABLES:
            connection.execute(statement)
    connection.execute("COMMIT")


def _is_empty(connection: sqlite3.Connection) -> bool:
    (count,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return not count and not _pragma(connection, "application_id")


def _must_be_ours(path: Path, connection: sqlite3.Connection) -> None:
    name = printable(str(path))
    if _pragma(connection, "application_id") != _OURS:
        raise _no_diary(path, "belongs to another program, and is no diary")
    if _pragma(connection, "user_version") > VERSION:
        raise DiaryError(f"{name} is from a newer player; install that one, or set PLAYER_DIARY to another file")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
