"""The diary's SQLite file: where it is, how it is opened, and what happens if it cannot be.

A damaged file is renamed, never deleted, and only if its header has our mark, SQLite's application id. Any other file
that is not empty, belongs to another user, or is from a newer player, is left alone. Only its owner can read the file
once it was opened to be written. `diary` reads and writes the tables.

What a write replaces stands in the journal beside the file until it is done, and that stays (SQLite's mode PERSIST):
what lies in one known file can be overwritten, and what lay in a file that was removed cannot. Such a write waits for
the disk for 16 ms (the slowest of a hundred for 32 ms), every 15 s while a session plays, whose sound is 20 s ahead.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sqlite3
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.errors import DiaryError, NoDiaryError, printable
from player.storage.folders import make_private, own_path
from player.storage.regular_files import is_others, is_strangers, open_regular, overwrite, with_owner

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION: Final = 1
"""The version of the tables. Each change of them needs a new version, and a conversion from the old one."""
BUSY_MS: Final = 1000
"""How long to wait for another player's write, which takes some hundredths of a second."""
TABLES: Final = ("places", "practised")
"""Bookmarks and history entries: another name would need a new version of the file."""

_OURS: Final = 0x706C6472  # "pldr"
_SCHEMA: Final = (
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
"""Endings of the names of the file and of what SQLite has beside it; the log of its WAL mode is of older players."""
_JOURNALS: Final = ("-journal", "-wal")
_OF_JOURNALS: Final = (b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83", bytes(8))
"""How they begin, a log in two orders of bytes; a journal that is not needed any more begins with zeros."""
_OF_OTHERS: Final = 0o077
"""The permissions of the group and of all others."""
_HEADER: Final = b"SQLite format 3\0"
_MARK_AT: Final = slice(68, 72)  # sqlite.org/fileformat.html: the application id, big-endian


def where() -> Path:
    """The path of the file, which need not exist. The variable PLAYER_DIARY can name another one."""
    return own_path("PLAYER_DIARY", "data", "diary.sqlite3")


def is_begun(path: Path) -> bool:
    """Whether there is anything to read: an empty file is a diary that was not begun. Opens nothing.

    Raises
    ------
    NoDiaryError
        If there cannot be a diary, as its folder is a file.
    OSError
        If that cannot be found out.
    """
    try:
        found = _real(path).lstat()
    except OSError as error:
        if error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
            raise
        _must_have_folder(path)
        return False
    return bool(found.st_size) or not stat.S_ISREG(found.st_mode)


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open the file for reading and writing, and make it if it is missing. SQLite's errors are not caught.

    One that others may read, as a copy or an empty file that was there before, becomes its owner's alone.

    Raises
    ------
    DiaryError
        If the file is not ours to write in.
    """
    _must_have_folder(path)
    _must_be_free_beside(path)  # and no link of somebody else to a place where nothing is yet
    real = _real(path)
    make_private(real.parent)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(real, os.O_CREAT | os.O_EXCL, 0o600))  # what SQLite adds beside it takes its permissions
    must_be_possible(path)
    connection = _set_up(path, sqlite3.connect(path, isolation_level=None), to_write=True)
    _close_to_others(path)
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a file that is begun for reading, also in a folder that cannot be written. SQLite's errors are not caught.

    Raises
    ------
    DiaryError
        If it is not a diary that this player can read.
    """
    must_be_possible(path)
    try:
        return _set_up(path, sqlite3.connect(path, isolation_level=None))
    except sqlite3.OperationalError as error:
        if is_held(error):  # what is written at this moment must not be read without a lock
            raise
        return _set_up(path, sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True, isolation_level=None))


def open_alone(path: Path) -> sqlite3.Connection:
    """Open the file to forget what is in it: nobody else can, from the first change until this is closed.

    Raises
    ------
    DiaryError
        If the file is not ours to write in.
    """
    connection = open_to_write(path)
    if _journal(connection) == "wal":
        connection.close()
        raise sqlite3.OperationalError("database is locked by an older player")
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    return connection


def rewrite(connection: sqlite3.Connection) -> None:
    """Write all rows anew, inside a transaction. Pages are overwritten as they are freed.

    SQLite overwrites a row that is deleted, but when it parts a full page, copies of rows can stay in the gap of the
    old one, and are found in the file after the rows were deleted (of 600 sessions, 5). Rows that the table may not
    have, in a damaged file, are not written.
    """
    for table in TABLES:  # names of our own
        connection.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM main.{table}")  # noqa: S608
        connection.execute(f"DELETE FROM main.{table}")  # noqa: S608
        connection.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM temp.kept")  # noqa: S608
        connection.execute("DROP TABLE temp.kept")


def overwrite_journals(path: Path) -> None:
    """Overwrite what SQLite wrote beside the file; where it is begun, only for one that is open alone.

    Errors of the file system are not caught.

    Raises
    ------
    NoDiaryError
        If something else lies there.
    """
    _must_be_free_beside(path)
    for file in (_beside(path, journal) for journal in _JOURNALS):
        if file.exists():
            overwrite(file)


def _close_to_others(path: Path) -> None:
    """Take all permissions from others, of a diary and of what SQLite has beside it; only of this user's own files.

    It opens nothing: in POSIX, to close a file would end the locks that SQLite has on it.
    """
    if sys.platform == "win32":
        return
    for companion in _COMPANIONS:
        file = _beside(path, companion)
        with contextlib.suppress(OSError):  # not there, or the disk knows no permissions
            found = file.lstat()
            mode = stat.S_IMODE(found.st_mode)
            if stat.S_ISREG(found.st_mode) and not is_others(found) and mode & _OF_OTHERS:
                file.chmod(mode & ~_OF_OTHERS)


def is_damage(error: Exception) -> bool:
    """Whether the error says that the file is damaged, and not that it cannot be reached."""
    # SQLite's message may quote a damaged name, and Python then fails to read the message.
    is_told = type(error) in {sqlite3.DatabaseError, UnicodeDecodeError}
    return is_told or (isinstance(error, sqlite3.OperationalError) and "unsupported file format" in str(error))


def is_held(error: BaseException | None) -> bool:
    """Whether the error says that another program holds the file."""
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def must_be_possible(path: Path) -> None:
    """Refuse what cannot be a diary before SQLite opens it, which would wait for a pipe, or write.

    Errors of the file system are not caught.

    Raises
    ------
    NoDiaryError
        If it is no regular file, belongs to another user, or has content and not our mark; or if what lies beside it,
        where SQLite would write or remove, is not SQLite's.
    """
    _must_be_free_beside(path)
    head = _head(path)
    if head is None:
        raise _no_diary(path, "is no ordinary file")
    if head and not head.startswith(_HEADER):
        raise _no_diary(path, "is no diary")
    if head and int.from_bytes(head[_MARK_AT], "big") != _OURS:
        raise _no_diary(path, "belongs to another program, and is no diary")


def _must_be_free_beside(path: Path) -> None:
    """Refuse files of another user, such as one that was put there for what is remembered, and links of theirs."""
    for file in (path, *(_beside(path, companion) for companion in _COMPANIONS)):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            if is_strangers(found := file.lstat()):
                told = (
                    f"{with_owner(file, found)} belongs to another user, who could read and change what is remembered"
                )
                raise NoDiaryError(f"{told}; set PLAYER_DIARY to another file")
    for journal in _JOURNALS:
        file = _beside(path, journal)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            head = None if file.is_symlink() else _head(file)
            if head is None or (head and not head.startswith(_OF_JOURNALS)):
                raise _no_diary(file, "lies where SQLite keeps the journal of the diary")


def _must_have_folder(path: Path) -> None:
    """Refuse a path that leads through a file."""
    there = next((each for each in _real(path).parents if os.path.lexists(each)), None)
    if there is not None and not there.is_dir():
        raise NoDiaryError(
            f"{printable(str(path))} cannot be the diary, as {printable(str(there))} is no folder; "
            "set PLAYER_DIARY to another file"
        )


def has_mark(path: Path) -> bool:
    """Whether the header of a file says that player wrote it. Errors of the file system are not caught."""
    head = _head(path) or b""
    return head.startswith(_HEADER) and int.from_bytes(head[_MARK_AT], "big") == _OURS


def _head(path: Path) -> bytes | None:
    """The beginning of a file; None if it is no regular file. A link may lead to it."""
    descriptor = open_regular(_real(path))
    if descriptor is None:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read(_MARK_AT.stop)


def _real(path: Path) -> Path:
    """Where links lead to; SQLite's own files lie there. A link that leads to itself stays as it is."""
    return Path(os.path.realpath(path))


def _beside(path: Path, companion: str) -> Path:
    real = _real(path)
    return real.with_name(real.name + companion)


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
    real = _real(path)
    taken = {each.name for each in real.parent.iterdir() if each.name.startswith(f"{real.name}.damaged")}
    name = f"{real.name}.damaged"
    name = next(each for each in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)
    _close_to_others(path)
    for companion in _COMPANIONS:
        with contextlib.suppress(FileNotFoundError):
            _beside(path, companion).rename(real.with_name(name + companion))
    return real.with_name(name)


def damaged_files(path: Path) -> tuple[Path, ...]:
    """The damaged files that were put aside, with their companions. Errors of the file system are not caught."""
    real = _real(path)
    name = re.compile(re.escape(real.name) + r"\.damaged(-\d+)?")
    aside = [each for each in _listed(real.parent) if name.fullmatch(each.name) and _is_own(each) and has_mark(each)]
    files = (each.with_name(each.name + companion) for each in aside for companion in _COMPANIONS)
    return tuple(each for each in files if _is_own(each))


def _listed(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        yield from folder.iterdir()


def _is_own(path: Path) -> bool:
    """Whether it is a regular file and no link, and no stranger's."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and not is_strangers(found)


def _set_up(path: Path, connection: sqlite3.Connection, *, to_write: bool = False) -> sqlite3.Connection:
    try:
        connection.text_factory = _text
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute("PRAGMA secure_delete = ON")  # deleted rows are overwritten in the file
        connection.execute("PRAGMA temp_store = MEMORY")
        _keep_journal(path, connection, to_write=to_write)
        if to_write and _is_empty(connection):
            _make_tables(connection)
        _must_be_ours(path, connection)
        _must_have_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _keep_journal(path: Path, connection: sqlite3.Connection, *, to_write: bool) -> None:
    """Let the journal stay when a write is done, also that of a player that crashed, which is played back here."""
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # or else playing it back removes it
    with contextlib.suppress(sqlite3.OperationalError):  # an older player has it open, or it cannot be written
        if _journal(connection) != "wal":
            connection.execute("PRAGMA journal_mode = PERSIST")
        elif to_write:
            _end_wal(path, connection)
    connection.execute("PRAGMA locking_mode = NORMAL")


def _journal(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def _end_wal(path: Path, connection: sqlite3.Connection) -> None:
    """End the WAL mode of older players, whose log SQLite would remove with all that is in it.

    Nobody else has the file open: as the locking mode was exclusive when it was first read, that would have failed.
    """
    busy, written, moved = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
    if not busy and written == moved:
        overwrite(_beside(path, "-wal"))
        connection.execute("PRAGMA journal_mode = PERSIST")


def _text(raw: bytes) -> str:
    """What a damaged file has for text can be shown, too."""
    return raw.decode("utf-8", "replace")


def _make_tables(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    if _is_empty(connection):  # another player may have been quicker
        for statement in _SCHEMA:
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


def _must_have_tables(connection: sqlite3.Connection) -> None:
    """Two tables with our columns, and nothing that SQLite would run when they are written.

    Raises
    ------
    sqlite3.DatabaseError
        As for a damaged file, which it is.
    """
    statement = "SELECT type, name, sql FROM sqlite_master WHERE type != 'index' AND name NOT LIKE 'sqlite_%'"
    there = connection.execute(statement).fetchall()
    wanted = {("table", table, _bare(sql)) for table, sql in zip(TABLES, _SCHEMA, strict=False)}
    if {(kind, name, _bare(str(sql))) for kind, name, sql in there} != wanted:
        raise sqlite3.DatabaseError("its tables are not those of a diary")


def _bare(sql: str) -> str:
    return " ".join(sql.split())


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
