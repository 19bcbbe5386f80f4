"""Commands that make a session heard: ``play`` and ``export``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from player.cli.asking import progress, quiet, request, session_options, time
from player.cli.usher import Usher, announce, heading

if TYPE_CHECKING:
    from player.tasks.turns import Plan

FORMATS = ("mp3", "wav", "flac", "ogg", "opus")

_part = click.option("--part", type=click.IntRange(1), metavar="N", help="Only this part of a programme.")


@click.command()
@session_options
@click.option("--from", "start", metavar="TIME", default="0", help="Begin at this time, such as 2:00.")
@_part
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


@click.command()
@session_options
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="The file or folder to make.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Without it, the file's ending decides; or mp3.")
@_part
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@quiet
def export(
    *,
    output: Path | None,
    form: str | None,
    part: int | None,
    force: bool,
    quiet: bool,
    **asked: Any,  # noqa: ANN401
) -> None:
    """Export a session to a file: MP3, WAV, FLAC, Ogg Vorbis or Opus; a programme to a folder of such files."""
    from player import pipeline  # noqa: PLC0415
    from player.output.file.atomic import must_be_free  # noqa: PLC0415
    from player.tasks import exporting, programmes  # noqa: PLC0415

    wanted = request(**asked)
    plan = programmes.planned(wanted, part)
    if plan is not None:
        return _export_all(plan, _folder(plan.name, output), form or FORMATS[0], force=force, quiet=quiet)
    target, form = _target(asked["session"], output, form)
    must_be_free(target, force=force)
    machine = pipeline.this_machine()
    with progress("Speaking", quiet=quiet) as report:
        ready = pipeline.prepare(wanted, machine, report)
    if not quiet:
        announce(ready.session, ready.timeline.total_ms)
    with progress("Mixing", quiet=quiet) as report:
        exporting.export(ready, target, form, force=force, progress=report)
    return click.echo(target)


def _export_all(plan: Plan, folder: Path, form: str, *, force: bool, quiet: bool) -> None:
    from player import pipeline  # noqa: PLC0415
    from player.tasks import programmes  # noqa: PLC0415

    if not quiet:
        click.echo(heading(plan), err=True)
    steps = partial(progress, quiet=quiet)
    for _, path in programmes.export(plan, folder, form, pipeline.this_machine(), force=force, steps=steps):
        click.echo(path)


def _folder(programme: str, output: Path | None) -> Path:
    """Where to; without a name, the programme's own in this folder."""
    folder, remedy = output or Path(_stem(programme)), "a programme becomes a folder of files; name a folder with -o"
    if output and output.suffix.lower().removeprefix(".") in FORMATS:
        raise click.UsageError(f"{output} is the name of a file, and {remedy}, and the format with --format")
    if folder.exists() and not folder.is_dir():
        raise click.UsageError(f"{folder} is a file, and {remedy}")
    return folder


def _stem(session: str) -> str:
    """What a result is named after: the name, or that of the file without its folder and ending."""
    return Path(session).stem if session.endswith((".yaml", ".yml")) else session


def _target(session: str, output: Path | None, form: str | None) -> tuple[Path, str]:
    """Where to and in which format; without a file name, the session's own name in this folder."""
    if output is None:
        form = form or FORMATS[0]
        return Path(f"{_stem(session)}.{form}"), form
    ending = output.suffix.lower().removeprefix(".")
    if form is None and ending not in FORMATS:
        known = ", ".join(f".{each}" for each in FORMATS)
        raise click.UsageError(f"{output} has no ending that says its format ({known}); name one, or use --format")
    return output, form or ending


COMMANDS = (play, export)
