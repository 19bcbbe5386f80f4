"""A table of people: one personalised file for each row of a CSV file.

The rule: a column fills the parameter of its name, or stands in the pattern of file names, or both. All problems of the
table are reported together, each with its line and column (the number of the cell in its row), before anything is made.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player import pipeline
from player.errors import PlayerError, Position, Problem, ScriptError, UsageError, printable
from player.export import pages
from player.export.batch.jobs import ExportOrder, same_file
from player.script import spreadsheet
from player.script.yaml.scalar_types import shortened, shown
from player.script.yaml.suggestions import did_you_mean
from player.script.yaml.type_shapes import enumerated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from player.export.batch.batch import BatchItem
    from player.export.batch.jobs import ExportTask
    from player.export.options import ExportOptions
    from player.script.yaml.params import Parameter

MOST_PROBLEMS: Final = 200
"""Told at once; looking for more ends there, as it does in a script."""
SESSION: Final = "session"
"""In a pattern: the name of the session."""

_FORBIDDEN: Final = '/\\:*?"<>|'
"""Separators of paths, and characters that Windows does not allow in names."""
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST_NAME: Final = 200
"""Bytes of a file name; with the mark of an unfinished file it still fits into 255."""


@dataclass(frozen=True)
class PersonRow:
    """A person: the line in the file, counted from 1, and the cell of each column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class PeopleTable:
    """The rows of a file, and its columns in order, named in line ``header``; ``path`` is its name in messages."""

    path: str
    header: int
    columns: tuple[str, ...]
    rows: tuple[PersonRow, ...] = ()

    def at(self, line: int, column: str | None = None) -> Position:
        """The place of a cell, or of a row."""
        return Position(self.path, line, 1 if column is None else self.numbers[column])

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each column, counted from 1; of a name that stands there twice, the first."""
        return {column: number for number, column in reversed([*enumerate(self.columns, 1)])}


def read(path: Path) -> PeopleTable:
    """The table in a CSV file; lines without anything in them are left out.

    Raises
    ------
    UsageError
        If the file cannot be read, or is no text.
    ScriptError
        With every row that is not as long as the first, and every column without a name of its own.
    """
    lines = spreadsheet.rows(path)
    if not lines:
        raise UsageError(f"{printable(str(path))} is empty; its first line names the columns, such as `name,side`")
    (first, columns), *rest = lines
    table = PeopleTable(str(path), first, columns)
    _refuse(_wrong_form(table, rest))
    return replace(table, rows=tuple(PersonRow(line, dict(zip(columns, cells, strict=True))) for line, cells in rest))


def _refuse(problems: Iterable[Problem]) -> None:
    """Refuse a table with problems, and tell at most `MOST_PROBLEMS` of them.

    Raises
    ------
    ScriptError
        If there are any.
    """
    told = list(islice(problems, MOST_PROBLEMS))
    if len(told) == MOST_PROBLEMS:
        there = f"reading ends here, with {MOST_PROBLEMS} mistakes; mend these, and export again"
        told.append(Problem(max(told).at, there))
    if told:
        raise ScriptError(told)


def _wrong_form(table: PeopleTable, rest: Sequence[tuple[int, Sequence[str]]]) -> Iterable[Problem]:
    yield from _wrong_columns(table)
    if not rest:
        yield Problem(table.at(table.header), "there is no row below the names of the columns")
    for line, cells in rest:
        if len(cells) != len(table.columns):
            text = f"the row must have {len(table.columns)} cells as the first line has, not {len(cells)}"
            yield Problem(table.at(line), text)


def _wrong_columns(table: PeopleTable) -> Iterable[Problem]:
    for number, column in enumerate(table.columns, 1):
        at = Position(table.path, table.header, number)
        if not column:
            yield Problem(at, "the column has no name; write one, or remove the column")
        elif column == SESSION:
            yield Problem(at, f"the column {shown(column)} has the word that stands for the session in -o; rename it")
        elif table.numbers[column] < number:
            yield Problem(at, f"the column {shown(column)} is there twice; remove one")


def orders(
    table: PeopleTable, items: Sequence[BatchItem], pattern: str, options: ExportOptions, *, force: bool
) -> list[ExportOrder]:
    """An order for each row and each session.

    Parameters
    ----------
    pattern
        Of the files' names: ``{name}-{session}.mp3``, where each word in braces is a column, or ``session``.

    Raises
    ------
    UsageError
        If the pattern names no column, or one that is not there.
    ScriptError
        With every problem of the table.
    """
    fields = _fields(pattern, table)
    params = {item.name: item.requested.session.params for item in items}
    made: list[ExportOrder] = []

    def problems() -> Iterable[Problem]:
        yield from _unknown(table, fields, params.values())
        targets: dict[str, Position] = {}
        for row in table.rows:
            wrong = list(_wrong_cells(table, row, fields, params))
            yield from wrong
            for item in () if wrong else items:
                order = _order(row, item, params[item.name], pattern, options, force=force)
                at = table.at(row.line, next((field for field in fields if field != SESSION), None))
                first = targets.setdefault(same_file(order.target), at)
                if first is not at:
                    yield Problem(at, f"the file {order.target} is made in line {first.line} already; {_UNIQUE}")
                yield from _unfit(table, row, order.task, params[item.name])
                made.append(order)

    _refuse(problems())
    return made


_UNIQUE: Final = "put another column into its name with -o, or change one of the rows"


def _fields(pattern: str, table: PeopleTable) -> list[str]:
    """The words in braces.

    Raises
    ------
    UsageError
        If one is unknown, or none makes the rows' names different.
    """
    known = [*table.columns, SESSION]
    try:
        parsed = [(name, bool(form or turn)) for _, name, form, turn in string.Formatter().parse(pattern)]
    except ValueError as error:
        raise UsageError(f"-o {shown(pattern)} is not a pattern: {error}; write {{{{ for a brace") from None
    fields = [name for name, _ in parsed if name is not None]
    for name in fields:
        if name not in known:
            remedy = did_you_mean(name, known) or f"there is {enumerated(known)}"
            raise UsageError(f"-o {shown(pattern)} names no column of {printable(table.path)}: {shown(name)}; {remedy}")
    if any(formed for _, formed in parsed):
        raise UsageError(f"-o {shown(pattern)} must have plain names in its braces, such as {{{shortened(known[0])}}}")
    if not set(fields) - {SESSION}:
        example = f"{{{shortened(table.columns[0])}}}-{{{SESSION}}}.mp3"
        raise UsageError(f"with --each, -o must be a pattern with a column in braces, such as '{example}'")
    return fields


def _unknown(table: PeopleTable, fields: Sequence[str], params: Iterable[Mapping[str, Parameter]]) -> Iterable[Problem]:
    """Columns that are used nowhere."""
    known = sorted({word for each in params for word in each})
    there = f"remove it, or name it as one that is there: {enumerated(known)}" if known else "remove it"
    for column in table.columns:
        if column not in known and column not in fields:
            remedy = did_you_mean(column, known) or there
            text = f"the column {shown(column)} is no parameter and not in the name of the file; {remedy}"
            yield Problem(table.at(table.header, column), text)


def _wrong_cells(
    table: PeopleTable, row: PersonRow, fields: Sequence[str], params: Mapping[str, Mapping[str, Parameter]]
) -> Iterable[Problem]:
    known = {word: parameter for each in params.values() for word, parameter in each.items()}
    for column, cell in row.cells.items():
        if column not in known and column not in fields:
            continue
        at = table.at(row.line, column)
        if not cell:
            yield Problem(at, f"{column} is missing in this row; fill it in{_otherwise(known.get(column))}")
            continue
        if column in fields and (reason := _unsafe(cell)):
            yield Problem(at, f"{column} cannot be part of a file's name: {reason}")
        if column in known:
            try:
                known[column].check(cell)
            except ValueError as error:
                yield Problem(at, f"{column} {error}")


def _otherwise(parameter: Parameter | None) -> str:
    """The script's own value as a suggestion; it is never taken silently, as an empty cell may be a mistake."""
    return f", such as with the script's own {shown(parameter.default)}" if parameter else ""


def _unsafe(cell: str) -> str | None:
    """Why a cell may not stand in a file name; None if it may."""
    if bad := next((char for char in cell if char in _FORBIDDEN), None):
        return f"it has {shown(bad)} in it"
    if not cell.isprintable():
        return "it has a control character in it"
    if cell.startswith(".") or cell.endswith("."):
        return "it begins or ends with a dot"
    if _DEVICES.fullmatch(cell):
        return "it is the name of a device on Windows"
    return "it is too long" if len(cell.encode()) > _LONGEST_NAME else None


def _order(
    row: PersonRow,
    item: BatchItem,
    params: Mapping[str, Parameter],
    pattern: str,
    options: ExportOptions,
    *,
    force: bool,
) -> ExportOrder:
    target = Path(pattern.format_map({**row.cells, SESSION: item.name}))
    values = {**item.request.values, **{word: cell for word, cell in row.cells.items() if word in params}}
    request = replace(item.request, values=values)
    name, target = target.stem, pages.place(target, beside=options.beside)
    return ExportOrder(name, item.task(options, request), target, force, item.known_ms)


def _unfit(table: PeopleTable, row: PersonRow, task: ExportTask, params: Mapping[str, Parameter]) -> Iterable[Problem]:
    """The script's own problem with the values, at the first cell that fills one."""
    try:
        _ = pipeline.RequestedSession(task.request).known_ms
    except PlayerError as error:
        column = next((column for column in table.columns if column in params), None)
        yield Problem(table.at(row.line, column), f"with these values, {str(error).partition(chr(10))[0]}")
