"""The command that makes a session heard: ``play``."""

from __future__ import annotations

from typing import Any

import click

from player.cli.asking import part, progress, quiet, request, session_options, time
from player.cli.usher import Usher


@click.command()
@session_options
@click.option("--from", "start", metavar="TIME", default="0", help="Begin at this time, such as 2:00.")
@part
@quiet
def play(*, start: str, part: int | None, quiet: bool, **asked: Any) -> None:  # noqa: ANN401 (what Click hands over)
    """Play a session, or all sessions of a programme. Ctrl-C ends it softly."""
    from player.tasks import playing  # noqa: PLC0415 (see the package's rule)

    usher, start_ms = Usher(quiet=quiet), time(start, "--from")
    with progress("Speaking", quiet=quiet) as report:
        playing.play(
            lambda: usher.turns(request(**asked), part, start_ms),
            start_ms,
            confirm=usher.confirm,
            announce=usher.announce,
            progress=report,
        )


COMMANDS = (play,)
