"""Commands that make a session heard: ``play`` and ``export``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from player.cli.asking import progress, quiet, request, session_options

if TYPE_CHECKING:
    from player.pipeline import Prepared

FORMATS = ("mp3", "wav", "flac", "ogg", "opus")


@click.command()
@session_options
@click.option("--from", "start", metavar="TIME", default="0", help="Begin at this time, such as 2:00.")
@quiet
def play(*, start: str, quiet: bool, **asked: Any) -> None:  # noqa: ANN401 (what Click hands over)
    """Play a session. Ctrl-C ends it softly."""
    from player import playing  # noqa: PLC0415 (see the package's rule)

    with progress("Speaking", quiet=quiet) as report:
        announce = partial(_announce, quiet=quiet)
        playing.play(partial(request, **asked), _start(start), announce=announce, progress=report)


@click.command()
@session_options
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="The file to make.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Without it, the file's ending decides; or mp3.")
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
@quiet
def export(*, output: Path | None, form: str | None, force: bool, quiet: bool, **asked: Any) -> None:  # noqa: ANN401
    """Export a session to a file: MP3, WAV, FLAC, Ogg Vorbis or Opus."""
    from player import pipeline  # noqa: PLC0415
    from player.output.file.atomic import must_be_free  # noqa: PLC0415

    target, form = _target(asked["session"], output, form)
    must_be_free(target, force=force)
    machine = pipeline.this_machine()
    with progress("Speaking", quiet=quiet) as report:
        ready = pipeline.prepare(request(**asked), machine, report)
    _announce(ready, quiet=quiet)
    with progress("Mixing", quiet=quiet) as report:
        pipeline.export(ready, target, form, force=force, progress=report)
    click.echo(target)


def _announce(ready: Prepared, *, quiet: bool) -> None:
    """Title, true length and safety lines, before the first sound."""
    from player.units import timecode  # noqa: PLC0415

    if quiet:
        return
    session = ready.session
    click.echo(f"{session.title}, {timecode(ready.timeline.total_ms)}", err=True)
    for line in session.safety:
        click.echo(f"  {line}", err=True)


def _start(text: str) -> int:
    from player.units import parse_duration  # noqa: PLC0415

    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--from") from error


def _target(session: str, output: Path | None, form: str | None) -> tuple[Path, str]:
    """Where to and in which format; without a file name, the session's own name in this folder."""
    if output is None:
        form = form or FORMATS[0]
        return Path(f"{Path(session).stem if session.endswith(('.yaml', '.yml')) else session}.{form}"), form
    ending = output.suffix.lower().removeprefix(".")
    if form is None and ending not in FORMATS:
        known = ", ".join(f".{each}" for each in FORMATS)
        raise click.UsageError(f"{output} has no ending that says its format ({known}); name one, or use --format")
    return output, form or ending


COMMANDS = (play, export)
