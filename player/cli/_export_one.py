"""The body of ``export`` for one session or programme. What it imports takes 0.3 s, in which a voice may load."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from player import pipeline
from player.cli._announce import announce, heading, print_takes
from player.cli._options import progress
from player.export import album, exporter, pages
from player.export.options import CAPTIONS, EXPORT_FORMATS, FORMATS, PAGE, ExportOptions
from player.script import library
from player.storage.atomic import must_be_free

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from player.machine import Machine
    from player.pipeline import Prepared, RequestedSession, SessionRequest
    from player.pipeline.turns import PlannedProgramme

_PRINT_NOTE = partial(click.echo, err=True)
"""Prints that a preset's loudness cannot be reached; this is a problem, so it is printed also with ``--quiet``."""


def run(
    wanted: RequestedSession,
    given: Mapping[str, Any],
    output: Path | None,
    form: str | None,
    machine: Machine,
    *,
    part: int | None,
    force: bool,
    quiet: bool,
) -> None:
    """Export a session, or a programme to a folder. ``given`` are options for `parse_export_options`."""
    plan = pipeline.programmes.planned(wanted, part)
    if plan is not None and form_of(output, form) == PAGE:
        target, _ = target_of(plan.name, output, PAGE)
        options = parse_export_options(PAGE, **given)
        return export_programme_page(plan, target, options, machine, force=force, quiet=quiet)
    if plan is not None:
        options = parse_export_options(form or FORMATS[0], **given)
        return export_programme(plan, folder_of(plan.name, output), options, machine, force=force, quiet=quiet)
    target, form = target_of(wanted.request.session, output, form)
    return export_one(wanted, target, parse_export_options(form, **given), machine, force=force, quiet=quiet)


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
    names = tuple(each.strip() for each in (captions or "").split(",") if each.strip())
    if wrong := [name for name in names if name not in CAPTIONS]:
        raise click.BadParameter(f"must be of {', '.join(CAPTIONS)}, not {wrong[0]!r}", param_hint="--captions")
    options = ExportOptions(form, captions=names, chapters=chapters is not None, **asked)
    exporter.must_be_possible_for(options)
    return options


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
    target = pages.place(target, beside=options.beside)
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
    if options.form == PAGE:
        steps = partial(progress, quiet=quiet)
        files = pages.export((ready,), target, options, force=force, steps=steps, on_note=_PRINT_NOTE)
    else:
        with progress("Mixing", quiet=quiet) as report:
            files = exporter.export(ready, target, options, force=force, progress=report, on_note=_PRINT_NOTE)
    for file in files:
        click.echo(file)


def export_programme(
    plan: PlannedProgramme, folder: Path, options: ExportOptions, machine: Machine, *, force: bool, quiet: bool
) -> None:
    if not quiet:
        click.echo(heading(plan), err=True)
    steps = partial(progress, quiet=quiet)
    for files in album.export(plan, folder, options, machine, force=force, steps=steps, on_note=_PRINT_NOTE):
        for file in files:
            click.echo(file)


def export_programme_page(
    plan: PlannedProgramme, target: Path, options: ExportOptions, machine: Machine, *, force: bool, quiet: bool
) -> None:
    """Export a programme as one page."""
    if not quiet:
        click.echo(heading(plan), err=True)
    target, steps = pages.place(target, beside=options.beside), partial(progress, quiet=quiet)
    for file in pages.export_programme(plan, target, options, machine, force=force, steps=steps, on_note=_PRINT_NOTE):
        click.echo(file)


def form_of(output: Path | None, form: str | None) -> str | None:
    """The format that is named, or that of the file's ending; None where neither says it."""
    ending = output.suffix.lower().removeprefix(".") if output else ""
    return form or (ending if ending in EXPORT_FORMATS else None)


def folder_of(programme: str, output: Path | None) -> Path:
    """The folder to export to; by default one with the programme's name, in this folder."""
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
    if output is None:
        form = form or FORMATS[0]
        return Path(f"{library.stem(session)}.{form}"), form
    found = form_of(output, form)
    if found is None:
        known = ", ".join(f".{each}" for each in EXPORT_FORMATS)
        raise click.UsageError(f"{output} has no ending that says its format ({known}); name one, or use --format")
    return output, found
