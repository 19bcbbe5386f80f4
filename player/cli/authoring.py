"""Commands for those who write scripts: ``check``."""

from __future__ import annotations

import click

from player.cli.asking import progress, quiet


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@quiet
def check(*, files: tuple[str, ...], quiet: bool) -> None:
    """Check scripts: every problem as file:line:column, and exit code 2 if there is any."""
    from player import pipeline  # noqa: PLC0415 (see the package's rule)
    from player.errors import PlayerError  # noqa: PLC0415
    from player.units import timecode  # noqa: PLC0415

    machine, worst = pipeline.this_machine(), 0
    for name in files:
        try:
            with progress("Speaking", quiet=quiet) as report:
                timeline = pipeline.check(pipeline.Request(name), machine, report)
        except PlayerError as error:
            click.echo(str(error), err=True)
            worst = max(worst, error.exit_code)
        else:
            click.echo(f"{name}: fine, {timecode(timeline.total_ms)}")
    raise click.exceptions.Exit(worst)


COMMANDS = (check,)
