"""The command ``export``: makes files of a session or a programme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from player import pipeline
from player.cli._export_options import EXPORT_OPTION_NAMES, pop_many_sessions, with_options
from player.cli._option import option
from player.cli._options import OutputPath, part, quiet_made, request_from_options, sessions_options
from player.cli._times import FORMS
from player.machine import this_machine_for

if TYPE_CHECKING:
    from pathlib import Path


@click.command(epilog=FORMS)
@option(
    "-o",
    "--output",
    type=OutputPath(),
    metavar="FILE",
    help="The file or folder to make. [default: a name after the session's]",
)
@with_options
@part
@option("--force", is_flag=True, help="Overwrite files that are there.")
@sessions_options
@quiet_made
def export(
    *,
    output: Path | None,
    form: str | None,
    part: int | None,
    force: bool,
    quiet: bool,
    **asked: Any,  # noqa: ANN401 (what Click hands over)
) -> None:
    """Export a session to a file: MP3, WAV, FLAC, Ogg Vorbis or Opus, or M4A and M4B where ffmpeg is installed.

    With the ending html it is a page for any browser, with the sound, a pacer and the text in it; a programme is one
    page, too. In other formats a programme becomes a folder of files, and so do several sessions, all of them, or one
    for each of many people.
    """
    given, many_sessions = {name: asked.pop(name) for name in EXPORT_OPTION_NAMES}, pop_many_sessions(asked)
    if many_sessions.wanted:
        if part:
            raise click.UsageError("--part is for one programme; leave it out")
        from player.cli import _export_many  # noqa: PLC0415 (the body, as below)

        return _export_many.run(many_sessions, given, output, form, force=force, quiet=quiet, asked=asked)
    machine = this_machine_for(many_sessions.only())
    from player.cli import _export_one  # noqa: PLC0415 (the body: 0.3 s, in which a voice loads)

    wanted = pipeline.RequestedSession(request_from_options(many_sessions.only(), **asked))
    return _export_one.run(wanted, given, output, form, machine, part=part, force=force, quiet=quiet)


COMMANDS = (export,)
