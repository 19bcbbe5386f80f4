"""The command ``extract``: prints or writes the script that an exported file carries."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from player.cli._option import option
from player.cli._options import OutputPath, as_json, print_made, print_warning, quiet_made
from player.cli._tables import print_json
from player.errors import printable
from player.export import extract as extraction

_UNUSUAL = re.compile(r"[^\x20-\x7e\n\t]")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@option("-o", "--output", type=OutputPath(), metavar="SCRIPT", help="Write it to this file.")
@option("--force", is_flag=True, help="Overwrite the script if it is there.")
@as_json
@quiet_made
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
            print_warning(note)
    print_made(*written, quiet=quiet)
    if not output:
        click.echo(_shown(found.script) if sys.stdout.isatty() else found.script, nl=False)
    return None


def _shown(script: bytes) -> str:
    """A script for eyes: a file or a pipe gets it byte for byte, a terminal nothing that would steer it."""
    return _UNUSUAL.sub(lambda each: printable(each[0]), script.decode("utf-8-sig").replace("\r\n", "\n"))


COMMANDS = (extract,)
