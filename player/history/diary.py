"""The diary as its readers and writers have it: entries in, entries out.

The rule: what belongs together is written in one transaction; nothing is opened before it is needed, and reading makes
no file. A damaged file is put aside and a new one begun, whoever meets it; that is told, and never an error.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeVar

from player.errors import printable
from player.history import sqlite_file
from player.history.entries import Bookmark, ForgottenCounts, HistoryEntry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

T = TypeVar("T")
Kept = TypeVar("Kept", Bookmark, HistoryEntry)


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
        """Let go of the file. It is opened again when it is used again."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def begin(self) -> None:
        """Find out whether it can be written; the file is there afterwards.

        Raises
        ------
        DiaryError
            If it cannot be. So do all that write, and, if it cannot be read, those that read.
        """
        self._do("write", sqlite_file.opened, lambda at: at.execute("BEGIN IMMEDIATE").execute("COMMIT"))

    def note(self, practised: HistoryEntry | None, session: str, place: Bookmark | None) -> None:
        """Note what was practised, and the place of a session or programme; None forgets its place."""

        def write(at: sqlite3.Connection) -> None:
            if practised is not None:
                _put(at, "practised", practised)
            if place is None:
                at.execute("DELETE FROM places WHERE session = ?", [session])
            else:
                _put(at, "places", place)

        self._write(write)

    def place(self, session: str) -> Bookmark | None:
        """Where a session or programme was stopped; None if it was not, or was heard to its end since."""
        return next((place for place in self.places() if place.session == session), None)

    def places(self) -> tuple[Bookmark, ...]:
        """All places, the last one first."""
        return self._read("SELECT * FROM places ORDER BY noted DESC", Bookmark)

    def practised(self, session: str | None = None) -> tuple[HistoryEntry, ...]:
        """What was practised, the last one last: everything, or one session, or the sessions heard in a programme."""
        found = self._read("SELECT * FROM practised ORDER BY began", HistoryEntry)
        return tuple(each for each in found if session is None or session in {each.session, each.programme})

    def forget(self, session: str | None = None) -> ForgottenCounts:
        """Forget everything, also what was put aside; or what there is of one session or programme."""
        if not self.path.exists():
            return ForgottenCounts(0, 0)
        forgotten = self._write(lambda at: _forget(at, session))
        self._do("clear", sqlite_file.opened, lambda at: at.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
        if session is None:
            with sqlite_file.sentences("clear", self.path):
                for each in sqlite_file.aside(self.path):
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

        return self._do("write", sqlite_file.opened, whole)

    def _read(self, statement: str, kind: type[Kept]) -> tuple[Kept, ...]:
        if not self.path.exists():
            return ()
        return self._do("read", sqlite_file.opened_to_read, lambda at: tuple(_entries(at.execute(statement), kind)))

    def _do(
        self, doing: str, opened: Callable[[Path], sqlite3.Connection], action: Callable[[sqlite3.Connection], T]
    ) -> T:
        """The action's answer; where the file is damaged, the answer of a new one."""
        with sqlite_file.sentences(doing, self.path):
            try:
                return action(self._open(opened))
            except sqlite3.DatabaseError as error:
                if not sqlite_file.is_damage(error):
                    raise
            self.close()
            aside = sqlite_file.put_aside(self.path)
            self._warn(f"the diary was damaged and begins anew; what there was is in {printable(str(aside))}")
            return action(self._open(sqlite_file.opened))

    def _open(self, opened: Callable[[Path], sqlite3.Connection]) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = opened(self.path)
        return self._connection


def _put(at: sqlite3.Connection, table: str, entry: Bookmark | HistoryEntry) -> None:
    cells = {each.name: _cell(getattr(entry, each.name)) for each in fields(entry)}
    names = ", ".join(cells)
    places = ", ".join("?" * len(cells))
    at.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})", [*cells.values()])  # noqa: S608 (names of our own)


def _forget(at: sqlite3.Connection, session: str | None) -> ForgottenCounts:
    everything = session is None
    practised = at.execute("DELETE FROM practised WHERE ? OR ? IN (session, programme)", [everything, session])
    places = at.execute("DELETE FROM places WHERE ? OR session = ?", [everything, session])
    return ForgottenCounts(practised.rowcount, places.rowcount)


def _cell(value: object) -> object:
    if isinstance(value, Mapping):
        return json.dumps(value, default=dict)
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds")
    return value


def _entries(rows: sqlite3.Cursor, kind: type[Kept]) -> Iterable[Kept]:
    """The entries in these rows; one that somebody wrote otherwise by hand counts as not there."""
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
