"""The command that writes a script to begin with: ``new``."""

from __future__ import annotations

from pathlib import Path

import click

from player.authoring import new as new_script
from player.cli import _complete
from player.cli._options import quiet


@click.command()
@click.argument("name")
@click.option(
    "--from",
    "source",
    metavar="SESSION",
    shell_complete=_complete.sessions,
    help="Begin with this session's text, each key of it explained.",
)
@click.option("--in", "language", metavar="TAG", help="With --from, translate it into this language, such as de.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Another file than NAME.yaml.")
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
@quiet
def new(*, name: str, source: str | None, language: str | None, output: Path | None, force: bool, quiet: bool) -> None:
    """Write a script of your own to begin with: NAME.yaml in this folder, with a comment on every line.

    With --in, each English text is a comment, and its translation is yours to write; check tells what is missing.
    """
    if language is not None and source is None:
        raise click.UsageError("--in translates a session; name it behind --from")
    path = new_script.write(name, source, output, language=language, force=force)
    click.echo(path)
    if not quiet:
        file = f'"{path}"' if " " in str(path) else str(path)
        click.echo(f"  player check --watch {file}    # tells every mistake, again at each save", err=True)
        click.echo(f"  player play {file}", err=True)
        click.echo(f"  player export {file}", err=True)


COMMANDS = (new,)
