"""The command about the store of what was made: its place and size, whether it is sound, and what may go: ``cache``."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from player.cli._option import option
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
@option("--verify", is_flag=True, help="Read every entry, and tell which cannot be used; exit code 1 if there is any.")
@option(
    "--prune",
    is_flag=True,
    help="Remove the entries that were unused for the longest time, until the limit is met; never those used "
    "in the last day.",
)
@option("--clear", is_flag=True, help="Remove every entry.")
@option("--yes", is_flag=True, help="With --clear, do not ask before.")
def cache(*, verify: bool, prune: bool, clear: bool, yes: bool) -> None:
    """Show where spoken clips and prepared sounds are kept, how many and how large they are.

    Everything there can be made again. The limit is 1 GB, or what PLAYER_CACHE_LIMIT says, such as 500M or 1.5G: bytes,
    or thousands (K), millions (M), thousands of millions (G) or millions of millions (T) of them. A command that adds
    something does at its end what --prune does.
    """
    if verify + prune + clear > 1:
        raise click.UsageError("--verify, --prune and --clear are three things to do; choose one")
    if yes and not clear:
        raise click.UsageError("--yes is for --clear alone; name both, or leave it out")
    store, limit = Store(), upkeep.limit_bytes()
    if verify:
        return _verify(store)
    if prune:
        upkeep.must_be_safe(store.root)
        return _removed(upkeep.prune(store.root, limit), store)
    return _clear(store, is_sure=yes) if clear else _show(store, limit)


def _show(store: Store, limit: int) -> None:
    files = store.files()
    used = [file.used_s for file in files]
    rows = [
        ("place", _shown(store)),
        ("entries", str(len(files))),
        ("size", f"{amount(sum(file.bytes for file in files))} of {amount(limit)}"),
    ]
    if used:
        newest, oldest = _ago(max(used)), _ago(min(used))
        told = f"all {newest}" if newest == oldest else f"the newest {newest}, the oldest {oldest}"
        rows.append(("last used", told))
    table(rows)


def _ago(moment_s: float) -> str:
    """How long ago, in the days by which uses are noted."""
    days = int(max(0.0, time.time() - moment_s) // _DAY_S)
    return "within a day" if not days else f"{number_of(days, 'day')} ago"


def _verify(store: Store) -> None:
    count = len([*upkeep.names(store.root)]) if upkeep.must_be_safe(store.root) else 0
    if not count:
        return click.echo(f"the store is empty ({_shown(store)})")
    flaws = tuple(upkeep.flaws(store.root, fits, whole=True))
    for flaw in flaws:
        click.echo(f"{printable(str(flaw.path))}: {flaw.reason}", err=True)
    if flaws:
        entries = number_of(count, "entry", "entries")
        told = f"{len(flaws)} of {entries} in {_shown(store)} cannot be used; they are made again when they are needed"
        click.echo(told, err=True)
        raise click.exceptions.Exit(1)
    told = "the entry is as it was written" if count == 1 else f"all {count} entries are as they were written"
    return click.echo(f"{told} ({_shown(store)})")


def _clear(store: Store, *, is_sure: bool) -> None:
    if not is_sure:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError("there is no terminal to ask at; `player cache --clear --yes` removes every entry")
        found = store.usage()
        what = f"{number_of(found.entries, 'entry', 'entries')}, {amount(found.bytes)}, from {_shown(store)}"
        if not click.confirm(f"Remove {what}? What plays or is exported now may stop.", err=True):
            return click.echo("Nothing was removed.", err=True)
    return _removed(store.clear(), store)


def _removed(removed: Usage, store: Store) -> None:
    click.echo(
        f"removed {number_of(removed.entries, 'entry', 'entries')}, {amount(removed.bytes)}, from {_shown(store)}"
    )


def _shown(store: Store) -> str:
    return printable(str(store.root))


COMMANDS = (cache,)
