"""The command that writes a script to begin with: ``new``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from player import pipeline
from player.authoring import from_text
from player.authoring import new as new_script
from player.authoring.texts.formats import TEXT_FORMATS
from player.cli import _complete
from player.cli._option import option
from player.cli._options import OneOf, OutputPath, print_made, print_warning, quiet_made
from player.errors import printable
from player.pipeline import catalogue

if TYPE_CHECKING:
    from player.authoring.from_text import ImportedText


@click.command()
@click.argument("name")
@option(
    "--from",
    "source",
    metavar="SESSION",
    shell_complete=_complete.sessions,
    help="Begin with this session's text, each key of it explained.",
)
@option(
    "--from-text",
    "text",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Make a script of a text: plain with pauses such as [pause 5s], Markdown, phrase;seconds, SRT or VTT.",
)
@option(
    "--text-format",
    "form",
    type=OneOf([each.name for each in TEXT_FORMATS]),
    help="What the text is; what is in it decides otherwise.",
)
@option(
    "--in", "language", metavar="TAG", help="With --from, translate it into this language, such as de; the text's own."
)
@option("-o", "--output", type=OutputPath(), metavar="FILE", help="Another file than NAME.yaml.")
@option("--force", is_flag=True, help="Overwrite the file if it is there.")
@quiet_made
def new(
    *,
    name: str,
    source: str | None,
    text: Path | None,
    form: str | None,
    language: str | None,
    output: Path | None,
    force: bool,
    quiet: bool,
) -> None:
    """Write a script of your own to begin with: NAME.yaml in this folder, with a comment on every line.

    With --in, each English text is a comment, and its translation is yours to write; check tells what is missing.

    With --from-text, every word of a text is in the script; what was not understood is a comment there, and told.
    """
    if text is not None:
        if source is not None:
            raise click.UsageError("--from begins with a session and --from-text with a text; take one of them")
        if language is not None:
            catalogue.must_speak(pipeline.this_machine(), language)
        imported = from_text.write(name, text, output, language=language, form=form, force=force)
        return _tell_imported(imported, quiet=quiet)
    if form is not None:
        raise click.UsageError("--text-format is for a text; name it behind --from-text")
    if language is not None and source is None:
        raise click.UsageError("--in translates a session; name it behind --from")
    path = new_script.write(name, source, output, language=language, force=force)
    return _tell(path, quiet=quiet)


def _tell_imported(imported: ImportedText, *, quiet: bool) -> None:
    for line in imported.told():
        print_warning(line)
    if not quiet:
        click.echo(
            f"Read as {imported.text.form.about} in {imported.language}; --text-format and --in say otherwise.",
            err=True,
        )
    _tell(imported.path, quiet=quiet)


def _tell(path: Path, *, quiet: bool) -> None:
    """Print the file, and the commands that go on with it."""
    print_made(path, quiet=quiet)
    if not quiet:
        told = printable(str(path))
        file = f'"{told}"' if " " in told else told
        click.echo(f"  player check --watch {file}    # tells every mistake, again at each save", err=True)
        click.echo(f"  player play {file}", err=True)
        click.echo(f"  player export {file}", err=True)


COMMANDS = (new,)
