"""The command that tells what works on this machine: ``doctor``."""

from __future__ import annotations

import click

from player import doctor as diagnosis
from player.cli._tables import table


@click.command()
def doctor() -> None:
    """Tell what works on this machine, and how to get what does not."""
    rows = diagnosis.examine()
    table([("ok" if row.well else "--", row.part, row.finding) for row in rows])
    raise click.exceptions.Exit(0 if all(row.well or row.optional for row in rows) else 1)


COMMANDS = (doctor,)
