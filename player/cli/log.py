"""The command ``log``, and the question of ``play`` without a session.

Questions are asked only at a terminal, and Enter means yes to going on.
"""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import asdict
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import click

from player.cli import _complete, _log_text
from player.cli._option import option
from player.cli._options import ScalarParameter, as_json, print_warning
from player.cli._tables import table
from player.errors import DiaryError, UsageError, printable
from player.history import bookmarks
from player.history.diary import Diary
from player.history.entries import Bookmark
from player.history.requests import key_of
from player.script import library
from player.script.yaml.scalar_types import WholeType

if TYPE_CHECKING:
    from player.history.entries import HistoryEntry

_ROWS = 20
_LAST = ScalarParameter(WholeType(1, 10**6))
_ANOTHER = "`player list` shows the sessions, and `player play NAME` begins one"


@click.command()
@click.argument("session", required=False, shell_complete=_complete.sessions)
@option("-n", "last", type=_LAST, metavar="N", help="Only the last N; a table has 20.")
@as_json
@option("--forget", is_flag=True, help="Forget everything, places too; or what there is of SESSION.")
@option("--yes", is_flag=True, help="With --forget, do not ask before.")
def log(*, session: str | None, last: int | None, as_json: bool, forget: bool, yes: bool) -> None:
    """Show what you practised and when: everything, or one SESSION.

    It is kept in one small file on this machine (player doctor tells where), and never sent anywhere.
    """
    if yes and not forget:
        raise click.UsageError("--yes is for --forget alone; name both, or leave it out")
    if forget and (as_json or last is not None):
        raise click.UsageError("--forget shows nothing, and -n and --json do; ask for one after the other")
    key = None if session is None else key_of(session)
    with Diary(print_warning) as diary:
        if forget:
            if session is not None and key is not None and not (diary.entries(key) or diary.bookmark(key)):
                _must_be_there(session)
            return _forget(diary, session, is_sure=yes)
        entries = diary.entries(key)
    if session is not None and not entries:
        _must_be_there(session)
    if as_json:
        return click.echo(json.dumps([_as_json(each) for each in entries[-(last or 0) :]], indent=2))
    return _show(entries, last or _ROWS, session)


def _must_be_there(session: str) -> None:
    """Refuse a name that nothing has: neither a session nor a programme, and nothing is remembered of it."""
    if library.programme(session) is None:
        library.find(session)


def _show(entries: tuple[HistoryEntry, ...], last: int, session: str | None) -> None:
    if not entries:
        of = "" if session is None else f" of {printable(session)}"
        return click.echo(f"Nothing is remembered{of} yet.", err=True)
    if len(entries) > last:
        click.echo(f"The last {last} of {len(entries)}; -n {len(entries)} shows all.", err=True)
    table(_log_text.rows(entries[-last:], _now()))
    if line := _log_text.this_week(entries, _now()):
        click.echo(f"\n{line}")
    return None


def _forget(diary: Diary, session: str | None, *, is_sure: bool) -> None:
    what = "everything that you practised, and every place to go on at" if session is None else f"all about {session!r}"
    if not is_sure:
        if not _can_ask():
            command = shlex.join(["player", "log", *([session] if session else []), "--forget", "--yes"])
            raise UsageError(f"there is no terminal to ask at; `{command}` forgets {what}")
        if not click.confirm(f"Forget {what}?", err=True):
            return click.echo("Nothing was forgotten.", err=True)
    return click.echo(_log_text.forgotten(diary.forget(None if session is None else key_of(session))))


def _as_json(entry: HistoryEntry) -> dict[str, Any]:
    fields = asdict(entry)
    del fields["id"]
    return {**fields, "began": entry.began.isoformat()}


def remembered(session: str | None, *, resume: bool) -> Bookmark | HistoryEntry:
    """The bookmark or entry to play: the session's, the last one with ``--resume``, or what the user agrees to.

    Raises
    ------
    UsageError
        If there is nothing to go on with, or no terminal to ask at.
    """
    with Diary(print_warning) as diary:
        if session is not None:
            return bookmarks.bookmark_of(session, diary)
        return _last_bookmark(diary) if resume else _agreed(diary)


def _agreed(diary: Diary) -> Bookmark | HistoryEntry:
    """Offer the last bookmark or entry, and return it if the user agrees."""
    try:
        found = bookmarks.last(diary)
    except DiaryError as error:
        print_warning(str(error))
        found = None
    if found is None or not _can_ask():
        raise click.UsageError(_no_session_error(found))
    if not click.confirm(_question(found), default=True, err=True):
        click.echo(f"{_ANOTHER}.", err=True)
        raise click.exceptions.Exit(0)
    return found


def _last_bookmark(diary: Diary) -> Bookmark:
    found = bookmarks.last(diary)
    if not isinstance(found, Bookmark):
        raise click.UsageError(f"nothing was stopped that could go on; {_ANOTHER}")
    return found


def _question(found: Bookmark | HistoryEntry) -> str:
    if isinstance(found, Bookmark):
        return f"{_log_text.stopped(found, _now())} Go on?"
    return f"{_log_text.heard(found, _now())} Play it again?"


def _no_session_error(found: Bookmark | HistoryEntry | None) -> str:
    """The error if no session is named and no question can be asked."""
    name = "name a session, such as `player play box-breathing`; `player list` shows them"
    return f"{name}, and `player play --resume` goes on with {found.title!r}" if isinstance(found, Bookmark) else name


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _now() -> datetime:
    return datetime.now(timezone.utc)


COMMANDS = (log,)
