"""The command about the words of a language: list them, or translate them in a spreadsheet: ``words``."""

from __future__ import annotations

from pathlib import Path

import click

from player.authoring import words as language_words
from player.cli import _complete
from player.cli._option import option
from player.cli._options import OutputPath
from player.cli._tables import print_path, table
from player.script import library
from player.script.languages import NOT_REVIEWED, words_for


@click.command()
@click.argument("language", required=False, shell_complete=_complete.languages)
@option("--csv", "out", type=OutputPath(), metavar="FILE.csv", help="Write the words as a table to translate.")
@option(
    "--from", "filled", type=click.Path(path_type=Path), metavar="FILE.csv", help="Make the language's file of a table."
)
@option("-o", "--output", type=OutputPath(), metavar="FILE.yaml", help="With --from, where to.")
@option("--force", is_flag=True, help="Overwrite the file if it is there.")
def words(*, language: str | None, out: Path | None, filled: Path | None, output: Path | None, force: bool) -> None:
    """List the languages that have words, or the words of LANGUAGE: for voice, captions, warnings and pages.

    For a new language, --csv writes a table with the English words, and --from makes the language's file of it: among
    your own scripts, where it counts at once.
    """
    if out is not None and filled is not None:
        raise click.UsageError("--csv writes a table and --from reads one; ask for one after the other")
    if output is not None and filled is None:
        raise click.UsageError("-o is where --from writes a language's file; name the table behind --from")
    if language is None:
        if out is not None or filled is not None:
            raise click.UsageError("name the language, such as sv")
        return _list()
    if filled is not None:
        path = output or library.own_scripts() / "languages" / f"{language}.yaml"
        english = language_words.write_language(language, filled, path, force=force)
        if english:
            click.echo(f"still in English: {', '.join(english)}", err=True)
        return print_path(path)
    if out is not None:
        language_words.write_table(language, out, force=force)
        return print_path(out)
    return table(language_words.rows(language))


def _list() -> None:
    found = [(tag, each) for tag in library.languages() if (each := words_for(tag))]
    table([(tag, each.english, each.name, _reviewed(each.reviewed)) for tag, each in found])


def _reviewed(by: str) -> str:
    return "not reviewed by a native speaker" if by == NOT_REVIEWED else f"reviewed: {by}"


COMMANDS = (words,)
