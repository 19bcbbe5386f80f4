"""The command about voices: list them, hear them, bring and remove them: ``voices``.

Each address is printed to stderr before the connection is made. Results go to stdout.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from player import pipeline
from player.cli import _complete
from player.cli._option import option
from player.cli._options import as_json, print_warning, progress
from player.cli._tables import print_json, table
from player.errors import printable
from player.live import voice_preview
from player.pipeline import catalogue
from player.storage.folders import expanded
from player.voice.models import inventory
from player.voice.models.fetching import Fetcher
from player.voice.models.install import from_file, from_network, installed

if TYPE_CHECKING:
    from player.voice.models.inventory import VoiceModel


@click.command()
@option("--language", metavar="TAG", help="Only voices of this language, such as en or en-GB.")
@option("--install", metavar="NAME|FILE.onnx", help="Fetch a voice, or take one from a file.")
@option("--remove", metavar="NAME", help="Remove a voice that was installed so.")
@option(
    "--preview",
    metavar="[NAME]",
    shell_complete=_complete.voices,
    is_flag=False,
    flag_value="",
    help="Hear a line in a voice; without NAME, in each voice of --language.",
)
@as_json
def voices(
    *, language: str | None, install: str | None, remove: str | None, preview: str | None, as_json: bool
) -> None:
    """List the voices of this machine, hear them, or bring and remove them.

    A star marks those that speak where a script names only its language. Only --install connects to the network, and
    it shows each address first. It fetches emma, fable, fenrir and kore, which speak English, and voices of Piper in
    about forty languages, such as piper:de_DE-thorsten-medium.
    """
    if install is not None or remove is not None:
        return _change(install=install, remove=remove)

    machine = pipeline.this_machine()
    if preview is not None:
        heard = voice_preview.chosen(machine, preview, language)
        return voice_preview.preview(heard, machine, announce=lambda text: click.echo(text, err=True))
    found, chosen = catalogue.voices(machine, language), catalogue.chosen(machine)
    if as_json:
        rows = [{**asdict(each), "chosen": each.id in chosen} for each in found]
        return print_json(rows)
    return table(
        [
            ("*" if v.id in chosen else " ", v.id, v.language, v.gender, v.quality, v.driver, v.licence, v.name)
            for v in found
        ]
    )


def _change(*, install: str | None, remove: str | None) -> None:
    """Run the option that is given."""
    if install is not None and remove is not None:
        raise click.UsageError("--install and --remove are asked for one after the other")
    if install is not None:
        _install(install)
    elif remove is not None:
        _remove(remove)


def _install(wanted: str) -> None:
    if from_file.is_file(wanted):
        voice, is_new = from_file.bring(expanded(wanted))
        if is_new:
            click.echo(_licence(from_file.licence(voice), ""))
        return _print_use(voice, is_new=is_new)
    there = inventory.find(wanted)
    if there:
        return _print_use(there, is_new=False)
    if package := inventory.carrier(wanted):
        return click.echo(f"{inventory.identifier(wanted)} is there already: the package {package} carries it")
    return _print_use(_fetched(wanted), is_new=True)


def _fetched(wanted: str) -> VoiceModel:
    fetcher = Fetcher(announce=lambda text: click.echo(text, err=True))
    offer = from_network.look_up(wanted, fetcher)
    licence, told_at = from_network.licence(offer, fetcher)
    click.echo(_licence(licence, told_at))
    with progress(f"{offer.model.size / 1e6:.0f} MB") as report:
        from_network.fetch(offer, licence, fetcher, report)
    return offer.voice


def _licence(licence: str, told_at: str) -> str:
    source = f" ({told_at})" if told_at else ""
    return f"licence of the voice: {licence or 'none is told'}{source}"


def _print_use(voice: VoiceModel, *, is_new: bool) -> None:
    """Print where the voice is, how to use it, and the languages for which it is the default."""
    click.echo(f"{voice.id} is {'installed' if is_new else 'there already'}: {printable(str(voice.path))}")
    click.echo(f"speak with it by --voice {voice.id}, or in a script by voice: {{name: {voice.id}}}")
    if package := installed.lacking(voice):
        print_warning(f"it cannot speak yet: pip install {package}")
        return
    engine = pipeline.this_machine().engine
    try:
        languages = installed.default_in(voice, engine)
    finally:
        engine.stop()
    if languages:
        click.echo(f"scripts with language: {' or '.join(languages)} speak with it where they name no voice")


def _remove(wanted: str) -> None:
    for path in installed.remove(wanted):
        click.echo(f"removed {printable(str(path))}")


COMMANDS = (voices,)
