"""The command that lists sessions and programmes: ``list``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from player.cli._options import as_json
from player.cli._tables import table
from player.pipeline import catalogue
from player.units import timecode

if TYPE_CHECKING:
    from player.pipeline.catalogue import ListedProgramme, ListedSession


@click.command("list")
@click.option("--programmes", is_flag=True, help="Only the programmes.")
@as_json
def list_(*, programmes: bool, as_json: bool) -> None:
    """List the sessions, then the programmes: bundled ones and your own.

    With --json, the sessions; with --programmes --json, the programmes.
    """
    # JSON has two separate lists, so that a reader of sessions never finds a programme among them.
    if as_json:
        found = catalogue.programmes() if programmes else catalogue.sessions()
        return click.echo(json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False))
    if not programmes:
        table([(each.name, each.technique, _length(each), each.title) for each in catalogue.sessions()])
        click.echo("\nProgrammes")
    return table([(each.name, _parts(each), _length(each), each.title) for each in catalogue.programmes()])


def _length(listed: ListedSession | ListedProgramme) -> str:
    if listed.length_ms is None:
        return "-"
    return ("" if listed.exact else "about ") + timecode(listed.length_ms)


def _parts(listed: ListedProgramme) -> str:
    return "-" if not listed.parts else "1 part" if listed.parts == 1 else f"{listed.parts} parts"


COMMANDS = (list_,)
