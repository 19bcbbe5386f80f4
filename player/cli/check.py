"""The command that finds every problem of scripts: ``check``."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import click

from player import pipeline
from player.authoring import watch as watcher
from player.cli import _complete
from player.cli._option import option
from player.cli._options import RATE, guide, print_warning, progress, quiet_option, region, takes, voice_language
from player.cli._stored_options import told
from player.errors import PlayerError, printable
from player.pipeline import programmes
from player.units import timecode

if TYPE_CHECKING:
    from player.pipeline import Machine, SessionRequest


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=_complete.sessions)
@option("--watch", is_flag=True, help="Check again whenever one of them is saved, until Ctrl-C.")
@option(
    "--voice",
    metavar="NAME",
    shell_complete=_complete.voices,
    help="Whether it fits when this voice speaks (player voices).",
)
@option("--rate", type=RATE, metavar="WPM", help="Whether it fits at this rate, 60 to 300.")
@guide
@region
@takes
@quiet_option("Say nothing of scripts that are fine.")
def check(
    *,
    files: tuple[str, ...],
    watch: bool,
    voice: str | None,
    rate: int | None,
    guide: str | None,
    region: str | None,
    takes: str | None,
    quiet: bool,
) -> None:
    """Check scripts: every problem as file:line:column, and exit code 2 if there is any.

    Warnings are about what may not be good for a listener; they change no exit code.
    """
    machine = pipeline.this_machine()
    country = pipeline.region.of_listener(region)
    asked = partial(
        pipeline.SessionRequest,
        voice=voice,
        rate=rate,
        takes=takes,
        guide=guide,
        region=country,
        voice_language=voice_language(voice),
    )
    if not watch:
        raise click.exceptions.Exit(max([_check(asked(name), machine, quiet=quiet) for name in files]))
    # Only Ctrl-C ends it, with exit code 130 as everywhere, so that it is not taken for a passed check.
    for changed in watcher.rounds(files, beside=takes):
        click.echo(time.strftime("%H:%M:%S"), err=True)
        for name in changed:
            _check(asked(name), machine, quiet=quiet)


def _check(asked: SessionRequest, machine: Machine, *, quiet: bool) -> int:
    """Check a script, print its problems and warnings, and return the exit code."""
    try:
        with progress("Speaking", quiet=quiet) as report:
            total_ms, warnings = programmes.check(asked, machine, report)
    except PlayerError as error:
        print_warning(told(error))
        return error.exit_code
    for warning in warnings:
        click.echo(f"{warning.at}: warning: {printable(warning.text)}", err=True)
    if not quiet:
        click.echo(f"{printable(asked.session)}: fine, {timecode(total_ms)}")
    return 0


COMMANDS = (check,)
