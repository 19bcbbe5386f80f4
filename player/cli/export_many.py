"""Many files at once, at the command line: ``export`` with several sessions, ``--all``, ``--each`` or ``--cluster``.

The rule: what is to be made is known and possible before anything is made; one progress bar stands on stderr while it
is, then a table of what there is on stdout, and at last the failures with their sentences, as one problem.
"""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from player.cli._options import progress, request
from player.cores import cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from player.export.batch.batch import BatchItem, BatchResult
    from player.export.batch.executor import Executor
    from player.export.batch.jobs import ExportOrder
    from player.export.options import ExportOptions
    from player.pipeline import SessionRequest

Command = TypeVar("Command", bound="Callable[..., Any]")

_OPTIONS = (
    click.option("--all", "everything", is_flag=True, help="Every session that has a name, into the folder -o."),
    click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Files made at once; the number of cores."),
    click.option(
        "--each",
        type=click.Path(path_type=Path),
        metavar="FILE.csv",
        help="A file for each row: columns fill parameters, and -o '{name}.mp3' its name.",
    ),
    click.option("--cluster", metavar="ADDRESS", help="Have a Dask cluster make them, such as tcp://HOST:8786."),
)


def batch_options(command: Command) -> Command:
    """Options of `ManySessions`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def many_of(asked: dict[str, Any]) -> ManySessions:
    """What was asked for beyond one session, taken out of the options."""
    return ManySessions(**{each.name: asked.pop(each.name) for each in fields(ManySessions)})


@dataclass(frozen=True)
class ManySessions:
    """What was asked for beyond one session: see `batch_options`."""

    sessions: tuple[str, ...]
    everything: bool = False
    jobs: int | None = None
    each: Path | None = None
    cluster: str | None = None

    @property
    def wanted(self) -> bool:
        """Whether it is more than one session, or not the usual way."""
        return len(self.sessions) > 1 or self.everything or any((self.jobs, self.each, self.cluster))

    @property
    def is_one(self) -> bool:
        """Whether it is one session or programme: where it goes is then said as for one of them alone."""
        return len(self.sessions) == 1

    def only(self) -> str:
        """The one session, where it is no more."""
        if not self.sessions:
            raise click.UsageError("name a session to export, or all of them with --all; `player list` shows them")
        return self.sessions[0]

    def requests(self, asked: dict[str, Any]) -> list[SessionRequest]:
        """A request for each session."""
        from player.export.batch import batch  # noqa: PLC0415 (see the package's rule)

        if self.everything and self.sessions:
            raise click.UsageError("--all is every session there is; leave it out, or the names of sessions")
        if self.everything:
            return batch.everything(request("", **asked))
        self.only()
        return [request(session, **asked) for session in dict.fromkeys(self.sessions)]

    def crew(self, count: int) -> Executor:
        """Who makes so many files."""
        from player import pipeline  # noqa: PLC0415
        from player.export.batch.executor import InProcessExecutor, ProcessExecutor  # noqa: PLC0415

        if self.cluster:
            from player.export.batch.dask_cluster import Cluster  # noqa: PLC0415 (an extra)

            return Cluster(self.cluster)
        places = min(self.jobs or cores(), count)
        return ProcessExecutor(places) if places > 1 else InProcessExecutor(pipeline.this_machine())


def export_many(
    many: ManySessions,
    output: Path | None,
    wish: ExportOptions,
    *,
    force: bool,
    quiet: bool,
    asked: dict[str, Any],
    form: str | None,
) -> None:
    """Make all files.

    Parameters
    ----------
    form
        The format, where one was named: otherwise the ending of a pattern of names decides.

    Raises
    ------
    PlayerError
        With what could not be made, after everything else was.
    """
    from player.errors import PlayerError  # noqa: PLC0415
    from player.export.batch import batch  # noqa: PLC0415
    from player.export.batch.jobs import FailedExport  # noqa: PLC0415
    from player.storage.atomic import write_all  # noqa: PLC0415

    if many.jobs and many.cluster:
        raise click.UsageError("--jobs is for this machine, and a cluster has its own workers; leave one of them out")
    items, failures = batch.items(many.requests(asked))
    with _telling_too(failures):  # a table may not fit because a session is left out
        orders = _orders(many, items, output, wish, form, force=force)
    batch.must_be_possible(orders)
    began = time.monotonic()
    done = _made(orders, many, quiet=quiet)
    if done and not quiet:
        click.echo("\n".join(table_of(done, time.monotonic() - began)))
    for note in notes_of(done):
        click.echo(note, err=True)
    count = len(failures) + len(orders)
    failures += [(each.order.name, each.result.sentence) for each in done if isinstance(each.result, FailedExport)]
    try:
        write_all(batch.playlists_of(done), force=force)
    except PlayerError as error:
        failures.append(("the playlist", str(error)))
    if failures:
        lines = "\n".join(f"{name}: {sentence}" for name, sentence in failures)
        raise PlayerError(f"{len(failures)} of {count} could not be made\n{lines}")


def _orders(
    many: ManySessions,
    items: Sequence[BatchItem],
    output: Path | None,
    wish: ExportOptions,
    form: str | None,
    *,
    force: bool,
) -> list[ExportOrder]:
    from player.export.batch import batch  # noqa: PLC0415

    if many.each and items:
        return _for_each(many.each, items, str(output or ""), wish, form, force=force)
    if many.is_one and output and items:
        return _one(items, output, wish, form, force=force)
    return batch.orders(items, _folder(output), wish, force=force)


def _for_each(
    path: Path, items: Sequence[BatchItem], pattern: str, wish: ExportOptions, form: str | None, *, force: bool
) -> list[ExportOrder]:
    from player.export.batch import csv_table  # noqa: PLC0415

    table = csv_table.read(path)
    return csv_table.orders(table, items, pattern, _of_pattern(wish, pattern, form), force=force)


@contextmanager
def _telling_too(failures: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Names what failed before, where something ends it all."""
    from player.errors import PlayerError  # noqa: PLC0415

    try:
        yield
    except PlayerError:
        for name, sentence in failures:
            click.echo(f"{name}: {sentence}", err=True)
        raise


def _made(orders: Sequence[ExportOrder], many: ManySessions, *, quiet: bool) -> list[BatchResult]:
    """What became of each, in the order of the orders."""
    from player.export.batch import batch  # noqa: PLC0415

    if not orders:
        return []
    places = {id(order): number for number, order in enumerate(orders)}
    crew = many.crew(len(orders))
    for note in crew.notes:
        click.echo(note, err=True)
    with progress("Making", quiet=quiet) as report, closing(batch.run(orders, crew, report)) as news:
        return sorted(news, key=lambda each: places[id(each.order)])


def table_of(done: Sequence[BatchResult], seconds: float) -> list[str]:
    """File, length, size and time of all that was made, and of the whole."""
    from player.export.batch.jobs import ExportedFiles  # noqa: PLC0415
    from player.units import timecode  # noqa: PLC0415

    made = [(each.order.target, each.result, each.seconds) for each in done if isinstance(each.result, ExportedFiles)]
    rows = [("file", "length", "size", "time")]
    for target, result, took in made:
        more = f" and {len(result.files) - 1} more" if len(result.files) > 1 else ""
        rows.append((f"{target}{more}", timecode(result.length_ms), size(result.size), f"{took:.1f} s"))
    if len(made) > 1:
        length, total = sum(result.length_ms for _, result, _ in made), sum(result.size for _, result, _ in made)
        rows.append((f"{len(made)} sessions", timecode(length), size(total), f"{seconds:.1f} s"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))])
        for name, *cells in rows
    ]


def notes_of(done: Sequence[BatchResult]) -> list[str]:
    """What is not as it was wished, file by file."""
    from player.export.batch.jobs import ExportedFiles  # noqa: PLC0415

    made = [(each.order.target, each.result) for each in done if isinstance(each.result, ExportedFiles)]
    return [f"{target}: {note}" for target, result in made for note in result.notes]


def size(number: int) -> str:
    """Bytes for people: ``8.4 MB``."""
    return f"{number / 1e6:.1f} MB" if number < 1e9 else f"{number / 1e9:.2f} GB"


def _one(
    items: Sequence[BatchItem], output: Path, wish: ExportOptions, form: str | None, *, force: bool
) -> list[ExportOrder]:
    """The session in the file that was named, or the sessions of a programme in the folder."""
    from player.export.batch import batch  # noqa: PLC0415
    from player.export.formats.table import ALL_FORMATS  # noqa: PLC0415

    ending = output.suffix.lower().removeprefix(".")
    if ending not in ALL_FORMATS or items[0].folder:
        return batch.orders([replace(item, folder="") for item in items], _folder(output), wish, force=force)
    (order,) = batch.orders(items, Path(), replace(wish, form=form or ending), force=force)
    return [replace(order, target=output)]


def _folder(output: Path | None) -> Path:
    from player.export.formats.table import ALL_FORMATS  # noqa: PLC0415

    folder = output or Path()
    if folder.suffix.lower().removeprefix(".") in ALL_FORMATS:
        raise click.UsageError(f"{folder} is the name of a file, and this becomes a folder of files; name a folder")
    if folder.exists() and not folder.is_dir():
        raise click.UsageError(f"{folder} is a file, and several sessions become a folder of files; name a folder")
    if "{" in str(folder):
        raise click.UsageError(f"{folder} has braces, which are for --each; name a folder")
    return folder


def _of_pattern(wish: ExportOptions, pattern: str, form: str | None) -> ExportOptions:
    """The wish in the format that the names' ending says."""
    from player.export.formats.table import ALL_FORMATS  # noqa: PLC0415

    ending = Path(pattern).suffix.lower().removeprefix(".")
    if form is None and pattern and ending not in ALL_FORMATS:
        known = ", ".join(f".{each}" for each in ALL_FORMATS)
        raise click.UsageError(f"{pattern} has no ending that says its format ({known}); name one, or use --format")
    return wish if form else replace(wish, form=ending or wish.form)
