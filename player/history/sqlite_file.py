"""The diary's SQLite file: where it is, how it is opened, and what happens if it cannot be.

A damaged file is renamed, never deleted. A file of another program, or of a newer player, is left alone. Only its owner
can read the file. `diary` reads and writes the tables.

In SQLite's WAL mode a write does not wait for the disk, so it may happen while a session plays. A power cut can lose
the last writes, but not the file.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Final

from player.errors import DiaryError, printable
from player.storage.folders import own_path

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


def where() -> Path:
    """The path of the file, which need not exist. The variable PLAYER_DIARY can name another one."""
    return own_path("PLAYER_DIARY", "data", "diary.sqlite3")


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open the file for reading and writing, and make it if it is missing. SQLite's errors are not caught.

    Raises
    ------
    DiaryError
        If the file is not ours to write in.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))  # what SQLite adds beside it takes its permissions
    return _set_up(path, sqlite3.connect(path, isolation_level=None))


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open an existing file for reading, also in a folder that cannot be written. SQLite's errors are not caught.

    Raises
    ------
    DiaryError
        If it is not a diary that this player can read.
    """
    try:
        return _set_up(path, sqlite3.connect(path, isolation_level=None))
    except sqlite3.OperationalError:
        return _set_up(path, sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True, isolation_level=None))


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the error says that the file is damaged, and not that it cannot be reached."""
    return type(error) is sqlite3.DatabaseError


def put_aside(path: Path) -> Path:
    """Rename a damaged file and its companions. Errors of the file system are not caught."""
    taken = {each.name for each in damaged_files(path)}
    name = f"{path.name}.damaged"
    name = next(each for each in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)
    for companion in _COMPANIONS:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + companion).rename(path.with_name(name + companion))
    return path.with_name(name)


def damaged_files(path: Path) -> tuple[Path, ...]:
    """The damaged files that were put aside, with their companions."""
    return tuple(path.parent.glob(f"{path.name}.damaged*"))


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
        raise DiaryError(f"{name} belongs to another program, and is no diary; set PLAYER_DIARY to another file")
    if _pragma(connection, "user_version") > VERSION:
        raise DiaryError(f"{name} is from a newer player; install that one, or set PLAYER_DIARY to another file")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
