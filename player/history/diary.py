"""The diary: reads and writes history entries and bookmarks.

An entry and its bookmark are written in one transaction. The file is opened when it is first used, and reading makes no
file. A damaged file with our mark is put aside and a new one begun, by readers and writers alike; that is a warning,
not an error. Whatever else is in its place stays as it is; that is an error, and sessions play without a diary. What is
forgotten is overwritten, in the file, in its journal, and in damaged files that were put aside.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final, TypeVar

from player.errors import DiaryError, printable
from player.history import sqlite_file
from player.history.entries import Bookmark, ForgottenCounts, HistoryEntry
from player.storage.failures import sentences
from player.storage.regular_files import overwrite

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

KNOWN_MS: Final = 60_000
"""Whoever has heard a session for a minute has heard its introduction: a full one lasts 55 s at most."""

_ONE_AT_A_TIME: Final = threading.RLock()
"""In POSIX, a thread that closes a file, as after a look at its header, ends the locks of all threads on it."""

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
        if not self._is_begun():
            return False
        statement = "SELECT 1 FROM practised WHERE session = ? AND (whole OR heard_ms >= ?)"
        found = self._do(
            "read", sqlite_file.open_to_read, lambda at: at.execute(statement, (session, KNOWN_MS)).fetchone()
        )
        return found is not None

    def forget(self, session: str | None = None) -> ForgottenCounts:
        """Delete and overwrite everything, damaged files too; or the entries and the bookmark of one session.

        Raises
        ------
        DiaryError
            If nothing was forgotten, as another program holds the diary; if it cannot be read or written; or if a
            damaged file that was put aside may still hold what was forgotten of one session.
        """
        forgotten = self._forget(session) if self._is_begun() else ForgottenCounts(0, 0)
        with sentences(DiaryError, "clear", self.path):
            if not sqlite_file.is_begun(self.path):  # somebody has removed the diary alone
                sqlite_file.overwrite_journals(self.path)
            damaged = sqlite_file.damaged_files(self.path)
            if session is None:
                for each in damaged:
                    overwrite(each)
                    each.unlink(missing_ok=True)
            elif damaged:
                raise _still_held(damaged[0])
        return forgotten

    def _forget(self, session: str | None) -> ForgottenCounts:
        def forget(at: sqlite3.Connection) -> ForgottenCounts:
            forgotten = _in_transaction(at, lambda at: _delete(at, session), "EXCLUSIVE")
            sqlite_file.overwrite_journals(self.path)
            return forgotten

        self.close()
        try:
            return self._do("clear", sqlite_file.open_alone, forget)
        except DiaryError as error:
            if sqlite_file.is_held(error.__cause__):
                raise _held(self.path) from error
            raise
        finally:
            self.close()  # so that it is not held any longer

    def _is_begun(self) -> bool:
        with sentences(DiaryError, "read", self.path):
            return sqlite_file.is_begun(self.path)

    def _write(self, action: Callable[[sqlite3.Connection], T]) -> T:
        return self._do("write", sqlite_file.open_to_write, lambda at: _in_transaction(at, action))

    def _read(self, statement: str, kind: type[Entry]) -> tuple[Entry, ...]:
        if not self._is_begun():
            return ()
        return self._do("read", sqlite_file.open_to_read, lambda at: tuple(_entries(at.execute(statement), kind)))

    def _do(
        self, doing: str, open_file: Callable[[Path], sqlite3.Connection], action: Callable[[sqlite3.Connection], T]
    ) -> T:
        """The action's result; if the file is damaged, its result on a new file."""
        with _ONE_AT_A_TIME, sentences(DiaryError, doing, self.path, (OSError, sqlite3.Error)):
            try:
                return action(self._open(open_file))
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if not sqlite_file.is_damage(error):
                    raise
            self.close()
            aside = sqlite_file.put_aside(self.path)
            self._warn(f"the diary was damaged and begins anew; what there was is in {printable(str(aside))}")
            self._open(sqlite_file.open_to_write)  # makes it
            self.close()
            return action(self._open(open_file))

    def _open(self, open_file: Callable[[Path], sqlite3.Connection]) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_file(self.path)
        return self._connection


def _in_transaction(at: sqlite3.Connection, action: Callable[[sqlite3.Connection], T], kind: str = "IMMEDIATE") -> T:
    at.execute(f"BEGIN {kind}")
    try:
        done = action(at)
        at.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # a full disk has rolled it back already
            at.execute("ROLLBACK")
        raise
    return done


def _put(at: sqlite3.Connection, table: str, entry: Bookmark | HistoryEntry) -> None:
    cells = {each.name: _cell(getattr(entry, each.name)) for each in fields(entry)}
    names = ", ".join(cells)
    placeholders = ", ".join("?" * len(cells))
    at.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({placeholders})", [*cells.values()])  # noqa: S608 (names of our own)


def _delete(at: sqlite3.Connection, session: str | None) -> ForgottenCounts:
    everything = session is None
    entries = at.execute("DELETE FROM practised WHERE ? OR ? IN (session, programme)", [everything, session])
    bookmarks = at.execute("DELETE FROM places WHERE ? OR session = ?", [everything, session])
    sqlite_file.rewrite(at)
    return ForgottenCounts(entries.rowcount, bookmarks.rowcount)


def _held(path: Path) -> DiaryError:
    name = printable(str(path))
    return DiaryError(f"nothing was forgotten, as another program holds the diary {name}; end it, and forget again")


def _still_held(damaged: Path) -> DiaryError:
    name = printable(str(damaged))
    told = f"it is forgotten in the diary, but {name}, which was damaged and put aside, may still hold it"
    return DiaryError(f"{told}; `player log --forget` overwrites that file and forgets all else, or delete it")


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
        with contextlib.suppress(ValueError, OverflowError, OSError, RecursionError):
            yield kind(**{name: _READ[name](cell) for name, cell in zip(names, row, strict=True)})


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    raise ValueError


def _whole_number(cell: object) -> int:
    if isinstance(cell, int) and 0 <= cell <= _MOST:
        return cell
    raise ValueError


def _part(cell: object) -> int | None:
    return None if cell is None else _whole_number(cell)


def _moment(cell: object) -> datetime:
    found = datetime.fromisoformat(_text(cell))
    if found.tzinfo is None or found.year not in _YEARS:
        raise ValueError
    found.astimezone()  # raises where this machine cannot tell it in its own time zone
    return found


def _asked(cell: object) -> dict[str, Any]:
    found = json.loads(_text(cell))
    json.dumps(found, allow_nan=False)  # raises where a number is none, which not every JSON reader takes
    if isinstance(found, dict):
        return found
    raise ValueError


_MOST: Final = 2**53
"""Whole numbers up to this are exact in any JSON reader."""
_YEARS: Final = range(1970, 9999)
"""Those that a clock has, from one that was never set on. A day more or less is a date, too."""
_READ: Final[dict[str, Callable[[object], Any]]] = {
    **dict.fromkeys(("id", "session", "title", "programme", "turn"), _text),
    **dict.fromkeys(("at_ms", "total_ms", "heard_ms", "number"), _whole_number),
    **dict.fromkeys(("noted", "began"), _moment),
    "part": _part,
    "asked": _asked,
    "whole": lambda cell: bool(_whole_number(cell)),
}
