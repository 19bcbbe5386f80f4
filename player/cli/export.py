"""The command ``export``: makes files of a session or a programme."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from player.cli._announce import announce, heading, print_takes
from player.cli._options import part, progress, quiet, request_from_options, sessions_options
from player.cli.export_many import batch_options, export_many, pop_many_sessions
from player.export.names import CAPTIONS, FORMATS, PRESETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.export.options import ExportOptions
    from player.machine import Machine
    from player.pipeline import Prepared, RequestedSession, SessionRequest
    from player.pipeline.turns import PlannedProgramme

Command = TypeVar("Command", bound="Callable[..., Any]")

_OPTIONS = (
    click.option("--format", "form", type=click.Choice(FORMATS), help="Without it, the file's ending decides; or mp3."),
    click.option("--bitrate", type=click.IntRange(1), metavar="KBIT", help="kbit/s of the file, such as 128."),
    click.option("--mono", is_flag=True, help="One channel in the place of two."),
    click.option("--preset", type=click.Choice(PRESETS), help="The loudness that is asked for there."),
    click.option("--captions", metavar="vtt,srt,lrc", help="What is said, as files beside the sound."),
    click.option("--chapters", type=click.Choice(("json",)), help="Chapters as podcasts have them, beside the sound."),
    click.option("--labels", is_flag=True, help="A label track for Audacity, beside the sound."),
    click.option("--split", is_flag=True, help="A file for each section, and a playlist."),
    click.option("--stems", is_flag=True, help="Voice, background and tones as files of their own, too."),
)


def export_options(command: Command) -> Command:
    """The options that change which files an export makes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def parse_export_options(
    form: str,
    *,
    captions: str | None = None,
    chapters: str | None = None,
    **asked: Any,  # noqa: ANN401 (what Click hands over)
) -> ExportOptions:
    """The export options, checked to be possible on this machine.

    Raises
    ------
    PlayerError
        If they are not.
    """
    from player.export import exporter  # noqa: PLC0415 (see player.cli)
    from player.export.options import ExportOptions  # noqa: PLC0415

    names = tuple(each.strip() for each in (captions or "").split(",") if each.strip())
    if wrong := [name for name in names if name not in CAPTIONS]:
        raise click.BadParameter(f"must be of {', '.join(CAPTIONS)}, not {wrong[0]!r}", param_hint="--captions")
    options = ExportOptions(form, captions=names, chapters=chapters is not None, **asked)
    exporter.must_be_possible_for(options)
    return options


_OPTION_NAMES = ("bitrate", "mono", "preset", "captions", "chapters", "labels", "split", "stems")


@click.command()
@sessions_options
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="The file or folder to make.")
@export_options
@batch_options
@part
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@quiet
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

    A programme becomes a folder of such files, and so do several sessions, all of them, or one for each of many people.
    """
    from player.machine import this_machine_for  # noqa: PLC0415 (see player.cli)

    given, many_sessions = {name: asked.pop(name) for name in _OPTION_NAMES}, pop_many_sessions(asked)
    if many_sessions.wanted:
        if part:
            raise click.UsageError("--part is for one programme; leave it out")
        options = parse_export_options(form or FORMATS[0], **given)
        return export_many(many_sessions, output, options, force=force, quiet=quiet, asked=asked, form=form)
    session = many_sessions.only()
    machine = this_machine_for(session)
    from player.pipeline import RequestedSession, programmes  # noqa: PLC0415 (0.3 s, in which a voice loads)

    wanted = RequestedSession(request_from_options(session, **asked))
    plan = programmes.planned(wanted, part)
    if plan is not None:
        options = parse_export_options(form or FORMATS[0], **given)
        return _export_all(plan, _folder(plan.name, output), options, machine, force=force, quiet=quiet)
    target, form = target_of(session, output, form)
    return export_one(wanted, target, parse_export_options(form, **given), machine, force=force, quiet=quiet)


_TELL = partial(click.echo, err=True)
"""Prints that a preset's loudness cannot be reached; this is a problem, so it is printed also with ``--quiet``."""


def export_one(
    wanted: SessionRequest | RequestedSession,
    target: Path,
    options: ExportOptions,
    machine: Machine,
    *,
    force: bool,
    quiet: bool,
    also: Callable[[Prepared], None] | None = None,
) -> None:
    """Export one session. ``also`` is called when it is prepared, to print more than title and length."""
    from player import pipeline  # noqa: PLC0415
    from player.export import exporter  # noqa: PLC0415
    from player.storage.atomic import must_be_free  # noqa: PLC0415

    if not options.split:
        must_be_free(target, force=force)
    with progress("Speaking", quiet=quiet) as report:
        ready = pipeline.prepare(wanted, machine, report)
    machine.engine.stop()  # the voice has begun to load, and is not needed any more
    if not quiet:
        announce(ready.session, ready.timeline.total_ms)
        print_takes(ready)
        if also:
            also(ready)
    with progress("Mixing", quiet=quiet) as report:
        files = exporter.export(ready, target, options, force=force, progress=report, tell=_TELL)
    for file in files:
        click.echo(file)


def _export_all(
    plan: PlannedProgramme, folder: Path, options: ExportOptions, machine: Machine, *, force: bool, quiet: bool
) -> None:
    from player.export import album  # noqa: PLC0415

    if not quiet:
        click.echo(heading(plan), err=True)
    steps = partial(progress, quiet=quiet)
    for files in album.export(plan, folder, options, machine, force=force, steps=steps, tell=_TELL):
        for file in files:
            click.echo(file)


def _folder(programme: str, output: Path | None) -> Path:
    """The folder to export to; by default one with the programme's name, in this folder."""
    from player.script import library  # noqa: PLC0415

    folder, remedy = (
        output or Path(library.stem(programme)),
        "a programme becomes a folder of files; name a folder with -o",
    )
    if output and output.suffix.lower().removeprefix(".") in FORMATS:
        raise click.UsageError(f"{output} is the name of a file, and {remedy}, and the format with --format")
    if folder.exists() and not folder.is_dir():
        raise click.UsageError(f"{folder} is a file, and {remedy}")
    return folder


def target_of(session: str, output: Path | None, form: str | None) -> tuple[Path, str]:
    """The file to export to and its format; by default a file with the session's name, in this folder."""
    from player.script import library  # noqa: PLC0415

    if output is None:
        form = form or FORMATS[0]
        return Path(f"{library.stem(session)}.{form}"), form
    ending = output.suffix.lower().removeprefix(".")
    if form is None and ending not in FORMATS:
        known = ", ".join(f".{each}" for each in FORMATS)
        raise click.UsageError(f"{output} has no ending that says its format ({known}); name one, or use --format")
    return output, form or ending


COMMANDS = (export,)
