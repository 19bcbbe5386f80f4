"""The command that lists sessions and programmes: ``list``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

from player import pipeline
from player.cli import _complete
from player.cli._option import option
from player.cli._options import as_json
from player.cli._tables import print_json, table
from player.pipeline import catalogue
from player.units import timecode

if TYPE_CHECKING:
    from player.pipeline.catalogue import ListedProgramme, ListedSession

_MARK: Final = "*"
"""Behind the title of a translation that nobody has reviewed."""


@click.command("list")
@option("--programmes", is_flag=True, help="Only the programmes.")
@option(
    "--language",
    metavar="TAG",
    shell_complete=_complete.languages,
    help="Only the sessions in this language, such as de.",
)
@as_json
def list_(*, programmes: bool, language: str | None, as_json: bool) -> None:
    """List the sessions, then the programmes: bundled ones and your own.

    Sessions in your language come first. With --json, the sessions; with --programmes --json, the programmes.
    """
    if programmes and language:
        raise click.UsageError("programmes are in English so far; leave out --language, or --programmes")
    own = pipeline.language.of_listener(language)
    # JSON has two separate lists, so that a reader of sessions never finds a programme among them.
    if as_json:
        found = catalogue.programmes() if programmes else catalogue.sessions(own, others=language is None)
        return print_json([asdict(each) for each in found])
    if not programmes:
        listed = catalogue.sessions(own, others=language is None)
        if not listed:
            click.echo(f"there are no sessions in {own} yet; player new --from NAME --in {own} begins one", err=True)
        table([(each.name, each.technique, _length(each), _title(each)) for each in listed])
        if not all(each.reviewed for each in listed):
            click.echo(f"\n{_MARK} translated, and not yet reviewed by anybody who speaks the language by birth")
    if language is not None:
        return None
    if not programmes:
        click.echo("\nProgrammes")
    return table([(each.name, _parts(each), _length(each), each.title) for each in catalogue.programmes()])


def _title(listed: ListedSession) -> str:
    return listed.title if listed.reviewed else f"{listed.title} {_MARK}"


def _length(listed: ListedSession | ListedProgramme) -> str:
    if listed.length_ms is None:
        return "-"
    return ("" if listed.exact else "about ") + timecode(listed.length_ms)


def _parts(listed: ListedProgramme) -> str:
    return "-" if not listed.parts else "1 part" if listed.parts == 1 else f"{listed.parts} parts"


COMMANDS = (list_,)
