"""Commands that look: ``list``, ``show``, ``voices``, ``sounds``, ``doctor``. Nothing is heard, nothing is written."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from player.cli.asking import as_json, progress, quiet, request, session_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from player.catalogue import Listed


@click.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List the sessions: bundled ones and your own."""
    from player import catalogue  # noqa: PLC0415 (see the package's rule)

    found = catalogue.sessions()
    if as_json:
        return click.echo(json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False))
    return _table([(each.name, each.technique, _length(each), each.title) for each in found])


def _length(session: Listed) -> str:
    from player.units import timecode  # noqa: PLC0415

    if session.length_ms is None:
        return "-"
    return ("" if session.exact else "about ") + timecode(session.length_ms)


@click.command()
@session_options
@as_json
@quiet
def show(*, as_json: bool, quiet: bool, **asked: Any) -> None:  # noqa: ANN401 (what Click hands over)
    """Show a session's time table and its true length, without playing it."""
    from player import pipeline  # noqa: PLC0415
    from player.cli import timetable  # noqa: PLC0415

    with progress("Speaking", quiet=quiet) as report:
        ready = pipeline.prepare(request(**asked), pipeline.this_machine(), report)
    if as_json:
        return click.echo(json.dumps(timetable.as_json(ready.timeline), indent=2, ensure_ascii=False))
    return click.echo(timetable.text(ready.session, ready.timeline, shutil.get_terminal_size().columns))


@click.command()
@click.option("--language", metavar="TAG", help="Only voices of this language, such as en or en-GB.")
@as_json
def voices(*, language: str | None, as_json: bool) -> None:
    """List the voices of this machine."""
    from player import catalogue, pipeline  # noqa: PLC0415

    found = catalogue.voices(pipeline.this_machine(), language)
    if as_json:
        return click.echo(json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False))
    return _table([(v.id, v.language, v.gender or "", v.name) for v in found])


@click.command()
def sounds() -> None:
    """List the backgrounds and the chimes."""
    from player import catalogue  # noqa: PLC0415

    _table([*(("background", name) for name in catalogue.beds()), *(("chime", name) for name in catalogue.chimes())])


@click.command()
def doctor() -> None:
    """Tell what works on this machine, and how to get what does not."""
    from player import examination  # noqa: PLC0415

    rows = examination.examine()
    _table([("ok" if row.well else "--", row.part, row.finding) for row in rows])
    raise click.exceptions.Exit(0 if all(row.well or row.optional for row in rows) else 1)


def _table(rows: Iterable[Sequence[str]]) -> None:
    """Rows in columns as wide as they need, the last as long as it likes."""
    rows = [tuple(map(str, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


COMMANDS = (list_, show, voices, sounds, doctor)
