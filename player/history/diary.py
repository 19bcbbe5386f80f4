"""The diary: reads and writes history entries and bookmarks.

An entry and its bookmark are written in one transaction. The file is opened when it is first used, and reading makes no
file. A damaged file with our mark is put aside and a new one begun, by readers and writers alike; that is a warning,
not an error. Whatever else is in its place stays as it is; that is an error, and sessions play without a diary.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final, TypeVar

from player.errors import DiaryError, printable
from player.history import sqlite_file
from player.history.entries import Bookmark, ForgottenCounts, HistoryEntry
from player.storage.failures import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

KNOWN_MS: Final = 60_000
"""Whoever has heard a session for a minute has heard its introduction: a full one lasts 55 s at most."""

T = TypeVar("T")
Entry = TypeVar("Entry", Bookmark, HistoryEntry)


class Diary:
    """One file, open from its first use until it is closed.

    Parameters
    ----------
    warn
        Called with a sentence where a damaged file was put aside.
    path
        None is the file named by the environment variable ``PLAYER_DIARY``, or else the user's own.
    """

    def __init__(self, warn: Callable[[str], None], path: Path | None = None) -> None:
        self.path = sqlite_file.where() if path is None else path.absolute()
        self._warn = warn
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. It is opened again at the next use."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def begin(self) -> None:
        """Check that the file can be written, and make it if it is missing.

        Raises
        ------
        DiaryError
            If it cannot be written. All methods that write raise this, too, and those that read if it cannot be read.
        """
        self._do("write", sqlite_file.open_to_write, lambda at: at.execute("BEGIN IMMEDIATE").execute("COMMIT"))

    def note(self, entry: HistoryEntry | None, session: str, bookmark: Bookmark | None) -> None:
        """Write an entry, and the bookmark of a session or programme. A bookmark of None deletes the old one."""

        def write(at: sqlite3.Connection) -> None:
            if entry is not None:
                _put(at, "practised", entry)
            if bookmark is None:
                at.execute("DELETE FROM places WHERE session = ?", [session])
            else:
                _put(at, "places", bookmark)

        self._write(write)

    def bookmark(self, session: str) -> Bookmark | None:
        """The bookmark of a session or programme, or None."""
        return next((each for each in self.bookmarks() if each.session == session), None)

    def bookmarks(self) -> tuple[Bookmark, ...]:
        """All bookmarks, the newest first."""
        return self._read("SELECT * FROM places ORDER BY noted DESC", Bookmark)

    def entries(self, session: str | None = None) -> tuple[HistoryEntry, ...]:
        """The entries, the newest last: all, or those of one session or programme."""
        found = self._read("SELECT * FROM practised ORDER BY began", HistoryEntry)
        return tuple(each for each in found if session is None or session in {each.session, each.programme})

    def knows(self, session: str) -> bool:
        """Whether the session was heard before, whole or for at least a minute, by itself or in a programme."""
        if not self.path.exists():
            return False
        statement = "SELECT 1 FROM practised WHERE session = ? AND (whole OR heard_ms >= ?)"
        found = self._do(
            "read", sqlite_file.open_to_read, lambda at: at.execute(statement, (session, KNOWN_MS)).fetchone()
        )
        return found is not None

    def forget(self, session: str | None = None) -> ForgottenCounts:
        """Delete everything, damaged files too; or the entries and the bookmark of one session or programme."""
        if not self.path.exists():
            return ForgottenCounts(0, 0)
        forgotten = self._write(lambda at: _delete(at, session))
        self._do(
            "clear", sqlite_file.open_to_write, lambda at: at.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        )
        if session is None:
            with sentences(DiaryError, "clear", self.path):
                for each in sqlite_file.damaged_files(self.path):
                    each.unlink(missing_ok=True)
        return forgotten

    def _write(self, action: Callable[[sqlite3.Connection], T]) -> T:
        def whole(at: sqlite3.Connection) -> T:
            at.execute("BEGIN IMMEDIATE")
            try:
                done = action(at)
                at.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # a full disk has rolled it back already
                    at.execute("ROLLBACK")
                raise
            return done

        return self._do("write", sqlite_file.open_to_write, whole)

    def _read(self, statement: str, kind: type[Entry]) -> tuple[Entry, ...]:
        if not self.path.exists():
            return ()
        return self._do("read", sqlite_file.open_to_read, lambda at: tuple(_entries(at.execute(statement), kind)))

    def _do(
        self, doing: str, open_file: Callable[[Path], sqlite3.Connection], action: Callable[[sqlite3.Connection], T]
    ) -> T:
        """The action's result; if the file is damaged, its result on a new file."""
        with sentences(DiaryError, doing, self.path, (OSError, sqlite3.Error)):
            try:
                return action(self._open(open_file))
            except sqlite3.DatabaseError as error:
                if not sqlite_file.is_damage(error):
                    raise
            self.close()
            aside = sqlite_file.put_aside(self.path)
            self._warn(f"the diary was damaged and begins anew; what there was is in {printable(str(aside))}")
            return action(self._open(sqlite_file.open_to_write))

    def _open(self, open_file: Callable[[Path], sqlite3.Connection]) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_file(self.path)
        return self._connection


def _put(at: sqlite3.Connection, table: str, entry: Bookmark | HistoryEntry) -> None:
    cells = {each.name: _cell(getattr(entry, each.name)) for each in fields(entry)}
    names = ", ".join(cells)
    placeholders = ", ".join("?" * len(cells))
    at.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({placeholders})", [*cells.values()])  # noqa: S608 (names of our own)


def _delete(at: sqlite3.Connection, session: str | None) -> ForgottenCounts:
    everything = session is None
    entries = at.execute("DELETE FROM practised WHERE ? OR ? IN (session, programme)", [everything, session])
    bookmarks = at.execute("DELETE FROM places WHERE ? OR session = ?", [everything, session])
    return ForgottenCounts(entries.rowcount, bookmarks.rowcount)


def _cell(value: object) -> object:
    if isinstance(value, Mapping):
        return json.dumps(value, default=dict)
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds")
    return value


def _entries(rows: sqlite3.Cursor, kind: type[Entry]) -> Iterable[Entry]:
    """The entries in these rows. Rows that cannot be read, such as after an edit by hand, are left out."""
    names = [name for name, *_ in rows.description]
    for row in rows:
        with contextlib.suppress(ValueError, TypeError):
            yield kind(**{name: _value(name, cell) for name, cell in zip(names, row, strict=True)})


def _value(name: str, cell: Any) -> Any:  # noqa: ANN401 (what SQLite holds)
    read = _READ.get(name)
    return read(cell) if read else cell


_READ: dict[str, Callable[[Any], Any]] = {
    "asked": json.loads,
    "noted": datetime.fromisoformat,
    "began": datetime.fromisoformat,
    "whole": bool,
}
