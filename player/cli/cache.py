"""The command about the store of what was made: its place and size, whether it is sound, and what may go: ``cache``."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from player.cli._tables import amount, table
from player.errors import UsageError, printable
from player.sound.kinds import fits
from player.storage import upkeep
from player.storage.store import Store
from player.units import number_of

if TYPE_CHECKING:
    from player.storage.store import Usage

_DAY_S = 24 * 3600


@click.command()
@click.option("--verify", is_flag=True, help="Read every entry, and tell which cannot be used.")
@click.option("--prune", is_flag=True, help="Remove what was not used for longest, down to the limit.")
@click.option("--clear", is_flag=True, help="Remove every entry.")
@click.option("--yes", is_flag=True, help="Do not ask before clearing.")
def cache(*, verify: bool, prune: bool, clear: bool, yes: bool) -> None:
    """Show where spoken clips and prepared sounds are kept, how many and how large they are.

    Everything there can be made again. It holds 1 GB, or what PLAYER_CACHE_LIMIT says, such as 500M or 2G: a command
    that adds something removes at its end what was not used for longest, but nothing of the last two days.
    """
    if verify + prune + clear > 1:
        raise click.UsageError("--verify, --prune and --clear are three things to do; choose one")
    store, limit = Store(), upkeep.limit_bytes()
    if verify:
        return _verify(store)
    if prune:
        upkeep.must_be_safe(store.root)
        return _removed(upkeep.prune(store.root, limit))
    return _clear(store, is_sure=yes) if clear else _show(store, limit)


def _show(store: Store, limit: int) -> None:
    files = store.files()
    used = [file.used_s for file in files]
    rows = [
        ("place", printable(str(store.root))),
        ("entries", str(len(files))),
        ("size", f"{amount(sum(file.bytes for file in files))} of {amount(limit)}"),
    ]
    if used:
        rows.append(("last used", f"{_ago(max(used))} the newest, {_ago(min(used))} the oldest"))
    table(rows)


def _ago(moment_s: float) -> str:
    """How long ago, in the days by which uses are noted."""
    days = int(max(0.0, time.time() - moment_s) // _DAY_S)
    return "within a day" if not days else f"{number_of(days, 'day')} ago"


def _verify(store: Store) -> None:
    count = len(store.files())
    flaws = tuple(upkeep.flaws(store.root, fits, whole=True))
    for flaw in flaws:
        click.echo(f"{printable(str(flaw.path))}: {flaw.reason}", err=True)
    if flaws:
        click.echo(f"{len(flaws)} cannot be used; what is needed of them is made again by itself", err=True)
        raise click.exceptions.Exit(1)
    click.echo("the entry is as it was written" if count == 1 else f"all {count} entries are as they were written")


def _clear(store: Store, *, is_sure: bool) -> None:
    if not is_sure:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError("there is no terminal to ask at; `player cache --clear --yes` removes every entry")
        found = store.usage()
        what = f"{number_of(found.entries, 'entry', 'entries')}, {amount(found.bytes)}"
        if not click.confirm(f"Remove {what}? What plays or is exported now may stop.", err=True):
            return click.echo("Nothing was removed.", err=True)
    return _removed(store.clear())


def _removed(removed: Usage) -> None:
    click.echo(f"removed {number_of(removed.entries, 'entry', 'entries')}, {amount(removed.bytes)}")


COMMANDS = (cache,)
