"""Rows in columns, numbers of bytes, and JSON, as several commands print them."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Final

import click

from player.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_UNUSUAL: Final = re.compile(r"[^\x20-\x7e\n]")


def table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns, each as wide as its longest cell."""
    rows = [tuple(map(str, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


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
