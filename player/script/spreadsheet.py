"""CSV files as spreadsheets write them: commas, semicolons or tabs; UTF-8 or UTF-16, a byte order mark or none."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from player.errors import Position, Problem, ScriptError, UsageError, printable

if TYPE_CHECKING:
    from pathlib import Path

LARGEST: Final = 16 * 2**20
"""Bytes of a file."""
MOST_ROWS: Final = 10_000
"""Below the names of the columns."""
MOST_COLUMNS: Final = 1000
_MOST_LINES: Final = 200_000
"""With the empty ones, and those inside cells."""

_LOOKED_AT: Final = 2**20
"""Characters of the first line in which the delimiter is looked for."""
_DELIMITERS: Final = ";,\t"
_SEPARATOR_LINE: Final = re.compile(r"sep=(.)\s*", re.IGNORECASE)


def rows(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    """Each row that is not empty, and the line at which it begins, counted from 1; blanks around cells are left out.

    Raises
    ------
    UsageError
        If the file cannot be read, or is no text.
    ScriptError
        If a row cannot be read, or there are too many rows, columns or lines.
    """
    text = _text(path)
    start, delimiter = 0, ""
    if match := _SEPARATOR_LINE.fullmatch(text.partition("\n")[0]):  # some spreadsheets begin with their delimiter
        start, delimiter, text = 1, match[1], text.partition("\n")[2]
    return _rows(text, delimiter or _delimiter(text), path, start)


def _text(path: Path) -> str:
    name = printable(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{name} cannot be read: {reason}; name a table that you have saved as CSV") from error
    if len(data) > LARGEST:
        raise UsageError(f"{name} is larger than {LARGEST // 2**20} MiB; split it")
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeError:
        raise UsageError(f"{name} is not UTF-8 text; save it as `CSV UTF-8`") from None


def _delimiter(text: str) -> str:
    """The most frequent delimiter in the line of the columns' names, outside quotes."""
    bare = re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0][:_LOOKED_AT])
    return max(_DELIMITERS[1] + _DELIMITERS, key=bare.count)


def _rows(text: str, delimiter: str, path: Path, start: int) -> list[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, tuple[str, ...]]] = []
    line = start + 1
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                raise _too_large(path, line, f"{MOST_COLUMNS} columns, not {len(cells)}; remove some")
            if line > _MOST_LINES:
                raise _too_large(path, line, f"{_MOST_LINES} lines, with the empty ones; remove some, or split it")
            stripped = tuple(map(str.strip, cells))
            if any(stripped):
                if len(found) > MOST_ROWS:
                    raise _too_large(path, line, f"{MOST_ROWS} rows; split it")
                found.append((line, stripped))
            line = start + reader.line_num + 1
    except csv.Error as error:
        problem = Problem(
            Position(str(path), line, 1), f"the row cannot be read: {error}; close its quotation marks, or shorten it"
        )
        raise ScriptError([problem]) from error
    return found


def _too_large(path: Path, line: int, most: str) -> ScriptError:
    return ScriptError([Problem(Position(str(path), line, 1), f"a table must have at most {most}")])
