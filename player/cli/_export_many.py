"""The body of ``export`` for many sessions: several names, ``--all``, ``--each`` or ``--cluster``.

All orders are known and checked before any file is made. One progress bar is on stderr meanwhile; then a table of the
files is on stdout, and at last all failures are printed as one error.
"""

from __future__ import annotations

import os
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from player import pipeline
from player.cli import _stored_options
from player.cli._export_one import asked_form, form_of, is_folder, names_a_file, parse_export_options
from player.cli._options import print_made, print_warning, progress, request_from_options
from player.cli._tables import amount
from player.cores import cores
from player.errors import PlayerError, printable
from player.export import pages
from player.export.batch import batch, csv_table
from player.export.batch.dask_cluster import Cluster
from player.export.batch.executor import InProcessExecutor, ProcessExecutor
from player.export.batch.jobs import ExportedFiles, FailedExport, same_file
from player.export.options import FORMATS, PAGE
from player.storage.atomic import must_be_free, write_all
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from player.cli._export_options import ManySessions
    from player.export.batch.batch import BatchItem, BatchResult
    from player.export.batch.executor import Executor
    from player.export.batch.jobs import ExportOrder
    from player.export.options import ExportOptions
    from player.pipeline import SessionRequest


def run(
    many_sessions: ManySessions,
    given: Mapping[str, Any],
    output: Path | None,
    form: str | None,
    *,
    force: bool,
    quiet: bool,
    asked: dict[str, Any],
) -> None:
    """Export all sessions.

    Parameters
    ----------
    given
        Options for `parse_export_options`.
    form
        The format if ``--format`` is given; otherwise the ending of the file or of the pattern of names decides.

    Raises
    ------
    PlayerError
        With all failures, after everything else was made.
    """
    options = parse_export_options(_form(many_sessions, output, form, beside=given["beside"]), **given)
    if many_sessions.jobs and many_sessions.cluster:
        raise click.UsageError("--jobs is for this machine, and a cluster has its own workers; leave one of them out")
    items, failures = batch.items(_requests(many_sessions, asked))
    with _reporting(failures):  # a table may not fit because a session is left out
        orders = _orders(many_sessions, items, output, options, force=force)
    batch.must_be_possible(orders)
    listed = _folder(output) if options.form == PAGE and not many_sessions.each and len(orders) > 1 else None
    if listed:
        _must_have_a_list(orders, listed, force=force)
    began = time.monotonic()
    done = _run(orders, many_sessions, quiet=quiet)
    for line in () if quiet else table_of(done, time.monotonic() - began):
        click.echo(line)
    for note in notes_of(done):
        print_warning(note)
    count = len(failures) + len(orders)
    failures += [(each.order.name, each.result.sentence) for each in done if isinstance(each.result, FailedExport)]
    failures += _playlist_failures(done, force=force)
    failures += _list_failures(done, items, listed, force=force, quiet=quiet) if listed else []
    _must_be_none([(name, _stored_options.told_again(sentence)) for name, sentence in failures], count)


def _must_be_none(failures: Sequence[tuple[str, str]], count: int) -> None:
    """Raise all failures as one error."""
    if failures:
        raise PlayerError("\n".join([f"{len(failures)} of {count} could not be made", *map(_line, failures)]))


def _line(failure: tuple[str, str]) -> str:
    """What could not be made, and why; the reason may have several lines, and a name never makes one."""
    name, sentence = failure
    return f"{printable(name)}: {sentence}"


def _playlist_failures(done: Sequence[BatchResult], *, force: bool) -> list[tuple[str, str]]:
    """Write the playlists of what was made, and return why they cannot be written."""
    try:
        write_all(batch.playlists_of(done), force=force)
    except PlayerError as error:
        return [("the playlist", str(error))]
    return []


def _must_have_a_list(orders: Sequence[ExportOrder], folder: Path, *, force: bool) -> None:
    """Refuse a list of pages that may not be written, or that a page would be written over."""
    target = pages.list_path(folder)
    must_be_free(target, force=force)
    if taken := next((each for each in orders if same_file(each.target) == same_file(target)), None):
        shown = printable(str(target))
        raise click.UsageError(
            f"{printable(taken.name)} would be made into {shown}, which lists the pages; give it another name"
        )


def _list_failures(
    done: Sequence[BatchResult], items: Sequence[BatchItem], folder: Path, *, force: bool, quiet: bool
) -> list[tuple[str, str]]:
    """Write the list of the pages that were made, and return why it cannot be written."""
    try:
        listed, reader = batch.pages_of(done, items, folder), pipeline.language.of_listener()
        print_made(pages.write_list(listed, folder, reader, force=force), quiet=quiet)
    except PlayerError as error:
        return [("the list of pages", str(error))]
    return []


def _orders(
    many_sessions: ManySessions,
    items: Sequence[BatchItem],
    output: Path | None,
    options: ExportOptions,
    *,
    force: bool,
) -> list[ExportOrder]:
    if many_sessions.each and items:
        return csv_table.orders(csv_table.read(many_sessions.each), items, str(output or ""), options, force=force)
    if many_sessions.is_one and output and items:
        return _one(items, output, options, force=force)
    return batch.orders(items, _folder(output), options, force=force)


@contextmanager
def _reporting(failures: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Print the earlier failures too, if an error ends the command."""
    try:
        yield
    except PlayerError:
        for failure in failures:
            print_warning(_line(failure))
        raise


def _run(orders: Sequence[ExportOrder], many_sessions: ManySessions, *, quiet: bool) -> list[BatchResult]:
    """The result of each order, in their order."""
    if not orders:
        return []
    numbers = {id(order): number for number, order in enumerate(orders)}
    executor = _executor(many_sessions, len(orders))
    for note in executor.notes:
        print_warning(note)
    with progress("Making", quiet=quiet) as report, closing(batch.run(orders, executor, report)) as news:
        return sorted(news, key=lambda each: numbers[id(each.order)])


def table_of(done: Sequence[BatchResult], seconds: float) -> list[str]:
    """The table's lines: file, length, size and time of each export, and the totals; none where nothing was made."""
    made = [(each.order.target, each.result, each.seconds) for each in done if isinstance(each.result, ExportedFiles)]
    if not made:
        return []
    rows = [("file", "length", "size", "time")]
    for target, result, took in made:
        more = f" and {len(result.files) - 1} more" if len(result.files) > 1 else ""
        name = f"{printable(str(target))}{more}"
        rows.append((name, timecode(result.length_ms), amount(result.size), f"{took:.1f} s"))
    if len(made) > 1:
        length, total = sum(result.length_ms for _, result, _ in made), sum(result.size for _, result, _ in made)
        rows.append((f"{len(made)} sessions", timecode(length), amount(total), f"{seconds:.1f} s"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))])
        for name, *cells in rows
    ]


def notes_of(done: Sequence[BatchResult]) -> list[str]:
    """The notes on exports that differ from the options, file by file."""
    made = [(each.order.target, each.result) for each in done if isinstance(each.result, ExportedFiles)]
    return [f"{printable(str(target))}: {printable(note)}" for target, result in made for note in result.notes]


def _one(items: Sequence[BatchItem], output: Path, options: ExportOptions, *, force: bool) -> list[ExportOrder]:
    """One session into the file that ``-o`` names, or into a folder; a programme's sessions into the folder.

    A page with its sound beside it is a folder by itself.
    """
    if items[0].folder or not (options.beside or names_a_file(output)):
        return batch.orders([replace(item, folder="") for item in items], _folder(output), options, force=force)
    (order,) = batch.orders(items, Path(), options, force=force)
    return [replace(order, target=pages.place(output, beside=options.beside))]


def _folder(output: Path | None) -> Path:
    folder = output or _stored_options.folder()
    shown = printable(str(folder))
    if names_a_file(folder):
        raise click.UsageError(f"{shown} is the name of a file, and this becomes a folder of files; name a folder")
    if os.path.exists(folder) and not is_folder(folder):  # noqa: PTH110 (as `is_folder`)
        raise click.UsageError(f"{shown} is a file, and several sessions become a folder of files; name a folder")
    if "{" in str(folder):
        raise click.UsageError(f"{shown} has braces, which are for --each; name a folder")
    return folder


def _form(many_sessions: ManySessions, output: Path | None, form: str | None, *, beside: bool) -> str:
    """The format: ``--format``, or the ending of the file or of the pattern that ``-o`` names."""
    form = asked_form(output, form, beside=beside)
    if output and (many_sessions.each or (many_sessions.is_one and names_a_file(output))):
        return form_of(output, form)
    return form or FORMATS[0]


def _requests(many_sessions: ManySessions, asked: dict[str, Any]) -> list[SessionRequest]:
    """A request for each session."""
    if many_sessions.everything and many_sessions.sessions:
        raise click.UsageError("--all is every session there is; leave it out, or the names of sessions")
    if many_sessions.everything:
        return batch.every_session(request_from_options("", **asked))
    many_sessions.only()
    return [request_from_options(session, **asked) for session in dict.fromkeys(many_sessions.sessions)]


def _executor(many_sessions: ManySessions, count: int) -> Executor:
    """The executor that makes ``count`` files."""
    if many_sessions.cluster:
        return Cluster(many_sessions.cluster)
    workers = min(many_sessions.jobs or cores(), count)
    return ProcessExecutor(workers) if workers > 1 else InProcessExecutor(pipeline.this_machine())
