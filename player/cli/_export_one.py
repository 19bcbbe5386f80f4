"""The body of ``export`` for one session or programme. What it imports takes 0.3 s, in which a voice may load."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from player import pipeline
from player.cli._announce import announce, heading, print_notes, print_takes
from player.cli._options import print_made, print_warning, progress
from player.cli._stored_options import folder, in_programme, origin
from player.errors import printable
from player.export import album, exporter, pages
from player.export.options import CAPTIONS, EXPORT_FORMATS, FORMATS, PAGE, ExportOptions
from player.script import library
from player.storage.atomic import must_be_free

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from player.machine import Machine
    from player.pipeline import Prepared, RequestedSession, SessionRequest
    from player.pipeline.turns import PlannedProgramme

OR_BY_OPTION: Final = "or use --format"
"""The remedy besides an ending, for a file of which nothing says the format."""
_PRINT_NOTE = print_warning
"""Prints what a file could not be given, such as a preset's loudness; it is a problem, so ``--quiet`` prints it too."""


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
    plan = pipeline.programmes.planned(wanted, part, in_programme)
    form = asked_form(output, form, beside=given["beside"])
    if plan is not None and (form == PAGE or (output and names_a_file(output) and ending_of(output) == PAGE)):
        target, form = target_of(plan.name, output, form, beside=given["beside"])
        options = parse_export_options(form, **given)
        return export_programme_page(plan, target, options, machine, force=force, quiet=quiet)
    if plan is not None:
        options = parse_export_options(form or FORMATS[0], **given)
        return export_programme(plan, folder_of(plan.name, output), options, machine, force=force, quiet=quiet)
    target, form = target_of(wanted.request.session, output, form, beside=given["beside"])
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
        print_notes(ready)
        if also:
            also(ready)
    if options.form == PAGE:
        steps = partial(progress, quiet=quiet)
        files = pages.export((ready,), target, options, force=force, steps=steps, on_note=_PRINT_NOTE)
    else:
        with progress("Mixing", quiet=quiet) as report:
            files = exporter.export(ready, target, options, force=force, progress=report, on_note=_PRINT_NOTE)
    print_made(*files, quiet=quiet)


def export_programme(
    plan: PlannedProgramme, folder: Path, options: ExportOptions, machine: Machine, *, force: bool, quiet: bool
) -> None:
    if not quiet:
        click.echo(heading(plan), err=True)
    steps = partial(progress, quiet=quiet)
    for files in album.export(plan, folder, options, machine, force=force, steps=steps, on_note=_PRINT_NOTE):
        print_made(*files, quiet=quiet)


def export_programme_page(
    plan: PlannedProgramme, target: Path, options: ExportOptions, machine: Machine, *, force: bool, quiet: bool
) -> None:
    """Export a programme as one page."""
    if not quiet:
        click.echo(heading(plan), err=True)
    target, steps = pages.place(target, beside=options.beside), partial(progress, quiet=quiet)
    files = pages.export_programme(plan, target, options, machine, force=force, steps=steps, on_note=_PRINT_NOTE)
    print_made(*files, quiet=quiet)


def folder_of(programme: str, output: Path | None) -> Path:
    """The folder to export to; by default one with the programme's name."""
    target, remedy = (
        output or folder() / library.stem(programme),
        "a programme becomes a folder of files; name a folder with -o",
    )
    if output and names_a_file(output):
        raise click.UsageError(
            f"{printable(str(output))} is the name of a file, and {remedy}, and the format with --format"
        )
    if os.path.exists(target) and not is_folder(target):  # noqa: PTH110 (as `is_folder`)
        raise click.UsageError(f"{printable(str(target))} is a file, and {remedy}")
    return target


def target_of(
    session: str, output: Path | None, form: str | None, *, beside: bool = False, otherwise: str = OR_BY_OPTION
) -> tuple[Path, str]:
    """The file to export to and its format; ``otherwise`` is the remedy besides an ending, as in `form_of`.

    In a folder that is there, and by default in that of the settings or this one, it is a file with the session's name.
    A page with its sound beside it is itself a folder, which may be there from the last time.
    """
    if output is not None and beside and form == PAGE and is_folder(output):
        return output, form
    if output is None or is_folder(output):
        form = form or FORMATS[0]
        return (output or folder()) / f"{library.stem(session)}.{form}", form
    return output, form_of(output, form, otherwise)


def asked_form(output: Path | None, form: str | None, *, beside: bool) -> str | None:
    """What ``--format`` says; or a page, where its sound is to lie beside it and no file's ending says the format.

    The listener's usual format is for files of which nothing else says it.
    """
    is_file = bool(output and names_a_file(output))
    if (is_file or beside) and origin("form", "format") == "your settings":
        form = None
    return PAGE if beside and form is None and not is_file else form


def form_of(name: Path | str, form: str | None, otherwise: str = OR_BY_OPTION) -> str:
    """The format of a file, or of a pattern of files' names: what ``--format`` says, or else the ending.

    ``otherwise`` is the remedy besides an ending, for a command that has another option or none.
    """
    ending, known = ending_of(Path(name)), ", ".join(f".{each}" for each in EXPORT_FORMATS)
    shown = printable(str(name))
    if form is None and ending not in EXPORT_FORMATS:
        raise click.UsageError(
            f"{shown} has no ending that says its format ({known}) and is no folder; name one, {otherwise}"
        )
    if form is not None and ending in EXPORT_FORMATS and ending != form:
        raise click.UsageError(
            f"{shown} ends in .{ending} and --format says {form}; change one of them, or leave it out"
        )
    return form or ending


def names_a_file(path: Path) -> bool:
    """Whether a path ends as a file that is made here, and no folder of that name is there."""
    return ending_of(path) in EXPORT_FORMATS and not is_folder(path)


def is_folder(path: Path) -> bool:
    """Whether a folder is there; a path that cannot be looked at, as it is too long, is none."""
    return os.path.isdir(path)  # noqa: PTH112 (`Path.is_dir` raises an error for those)


def ending_of(name: Path) -> str:
    """The ending of a file's name in small letters, without the dot."""
    return name.suffix.lower().removeprefix(".")
