"""Rows in columns, numbers of bytes, and JSON, as several commands print them."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Final

import click

from player.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_NARROWEST: Final = 20
"""In columns: what is narrower is left to the terminal to break."""
_UNUSUAL: Final = re.compile(r"[^\x20-\x7e\n]")


def print_path(path: Path | str) -> None:
    """Print the path of a file as an answer: as it is for a program that reads it, and as `printable` at a terminal."""
    click.echo(printable(str(path)) if sys.stdout.isatty() else str(path), color=True)  # else Click drops its escapes


def table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns, each as wide as its longest cell; on a terminal, the last goes on below itself.

    Names of files may be in any cell, so each is shown as `printable`.
    """
    rows = [tuple(printable(str(cell)) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    before = sum(widths[:-1]) + 2 * (len(widths) - 1)
    room = shutil.get_terminal_size().columns - before if sys.stdout.isatty() else 0
    for *cells, last in rows:
        head = "".join(f"{cell:<{width}}  " for cell, width in zip(cells, widths, strict=False))
        lines = textwrap.wrap(last, room) if room >= _NARROWEST else [last]
        click.echo(f"\n{' ' * before}".join((head + (lines or [""])[0], *lines[1:])).rstrip())


def amount(number: int) -> str:
    """A number of bytes as ``8.4 MB``."""
    return f"{number / 1e6:.1f} MB" if number < 1e9 else f"{number / 1e9:.2f} GB"


def print_json(value: object) -> None:
    """Print JSON to stdout: as it is where the encoding has its signs, with escapes elsewhere.

    What would steer a terminal, or turn the direction of its text, stands as JSON's own escapes, which are read back.
    """
    text = _UNUSUAL.sub(_escaped, json.dumps(value, indent=2, ensure_ascii=False))
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        text = json.dumps(value, indent=2)
    click.echo(text)


def _escaped(found: re.Match[str]) -> str:
    return found[0] if printable(found[0]) == found[0] else json.dumps(found[0])[1:-1]
