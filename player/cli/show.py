"""The commands that print information: ``list``, ``show``, ``voices`` and ``doctor``.

``show --plot`` also writes a picture, and ``voices`` can play, install and remove voices.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from player.cli import _voice_models
from player.cli._options import as_json, progress, quiet, request_from_options, session_options
from player.cli._tables import table

if TYPE_CHECKING:
    from player.pipeline import Prepared
    from player.pipeline.catalogue import ListedProgramme, ListedSession


@click.command("list")
@click.option("--programmes", is_flag=True, help="Only the programmes.")
@as_json
def list_(*, programmes: bool, as_json: bool) -> None:
    """List the sessions, then the programmes: bundled ones and your own.

    With --json, the sessions; with --programmes --json, the programmes.
    """
    from player.pipeline import catalogue  # noqa: PLC0415 (see player.cli)

    # JSON has two separate lists, so that a reader of sessions never finds a programme among them.
    if as_json:
        found = catalogue.programmes() if programmes else catalogue.sessions()
        return click.echo(json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False))
    if not programmes:
        table([(each.name, each.technique, _length(each), each.title) for each in catalogue.sessions()])
        click.echo("\nProgrammes")
    return table([(each.name, _parts(each), _length(each), each.title) for each in catalogue.programmes()])


def _length(listed: ListedSession | ListedProgramme) -> str:
    from player.units import timecode  # noqa: PLC0415

    if listed.length_ms is None:
        return "-"
    return ("" if listed.exact else "about ") + timecode(listed.length_ms)


def _parts(listed: ListedProgramme) -> str:
    return "-" if not listed.parts else "1 part" if listed.parts == 1 else f"{listed.parts} parts"


@click.command()
@session_options
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE", help="Draw a picture: FILE.png or FILE.svg.")
@click.option("--force", is_flag=True, help="Overwrite the picture if it is there.")
@as_json
@quiet
def show(*, plot: Path | None, force: bool, as_json: bool, quiet: bool, **asked: Any) -> None:  # noqa: ANN401 (what Click hands over)
    """Show a session's time table and its true length, or a programme's sessions, without playing them."""
    from player import pipeline  # noqa: PLC0415
    from player.cli import _programme_text, _show_text  # noqa: PLC0415
    from player.pipeline import programmes  # noqa: PLC0415

    wanted = request_from_options(**asked)
    plan = programmes.planned(wanted)
    if plot:
        _must_be_drawable(plot, force=force, as_json=as_json, is_session=plan is None)
    if plan:
        if as_json:
            return click.echo(json.dumps(_programme_text.as_json(plan), indent=2, ensure_ascii=False))
        return click.echo(_programme_text.as_text(plan, shutil.get_terminal_size().columns))
    with progress("Speaking", quiet=quiet) as report:
        ready = pipeline.prepare(wanted, pipeline.this_machine(), report)
    if plot:
        return _draw(ready, plot, force=force)
    if as_json:
        return click.echo(json.dumps(_show_text.as_json(ready.timeline), indent=2, ensure_ascii=False))
    return click.echo(_show_text.as_text(ready.session, ready.timeline, shutil.get_terminal_size().columns))


def _must_be_drawable(target: Path, *, force: bool, as_json: bool, is_session: bool) -> None:
    """Refuse a picture that cannot be made, before any speech is made for it."""
    from player.picture.drawing import must_be_drawable  # noqa: PLC0415

    if as_json:
        raise click.UsageError("--plot makes a picture and --json a text; ask for one after the other")
    if not is_session:
        raise click.UsageError("a picture is of one session, and this is a programme; name one of its sessions")
    must_be_drawable(target, force=force)


def _draw(ready: Prepared, target: Path, *, force: bool) -> None:
    from player.picture.drawing import draw  # noqa: PLC0415
    from player.picture.marks import About  # noqa: PLC0415

    draw(ready.timeline, About(ready.session.summary, ready.session.technique), target, force=force)
    click.echo(target)


@click.command()
@click.option("--language", metavar="TAG", help="Only voices of this language, such as en or en-GB.")
@click.option("--install", metavar="NAME|FILE.onnx", help="Fetch a voice, or take one from a file.")
@click.option("--remove", metavar="NAME", help="Remove a voice that was installed so.")
@click.option(
    "--preview",
    metavar="[NAME]",
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
    it shows each address first.
    """
    if install is not None or remove is not None:
        return _voice_models.answer(install=install, remove=remove)
    from player import pipeline  # noqa: PLC0415
    from player.live import voice_preview  # noqa: PLC0415
    from player.pipeline import catalogue  # noqa: PLC0415

    machine = pipeline.this_machine()
    if preview is not None:
        heard = voice_preview.chosen(machine, preview, language)
        return voice_preview.preview(heard, machine, announce=lambda text: click.echo(text, err=True))
    found, chosen = catalogue.voices(machine, language), catalogue.chosen(machine)
    if as_json:
        rows = [{**asdict(each), "chosen": each.id in chosen} for each in found]
        return click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    return table(
        [
            ("*" if v.id in chosen else " ", v.id, v.language, v.gender, v.quality, v.driver, v.licence, v.name)
            for v in found
        ]
    )


@click.command()
def doctor() -> None:
    """Tell what works on this machine, and how to get what does not."""
    from player import doctor as diagnosis  # noqa: PLC0415

    rows = diagnosis.examine()
    table([("ok" if row.well else "--", row.part, row.finding) for row in rows])
    raise click.exceptions.Exit(0 if all(row.well or row.optional for row in rows) else 1)


COMMANDS = (list_, show, voices, doctor)
