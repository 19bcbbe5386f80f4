"""The command ``extract``: prints or writes the script that an exported file carries."""

from __future__ import annotations

from pathlib import Path

import click

from player.cli._options import as_json, print_made, quiet
from player.cli._tables import print_json
from player.export import extract as extraction


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="SCRIPT", help="Write it to this file.")
@click.option("--force", is_flag=True, help="Overwrite the script if it is there.")
@as_json
@quiet
def extract(*, file: Path, output: Path | None, force: bool, as_json: bool, quiet: bool) -> None:
    """Give back the script that an exported FILE was made from, byte for byte.

    Its parameters, voice and version go to stderr as comments. With -o, the author's own scripts that it includes are
    written beside it.
    """
    found = extraction.extract(file)
    written = extraction.write(found, output, force=force) if output else ()
    if as_json:
        return print_json(found.as_json())
    if not quiet:
        for note in found.notes():
            click.echo(note, err=True)
    print_made(*written, quiet=quiet)
    if not output:
        click.echo(found.script, nl=False)
    return None


COMMANDS = (extract,)
