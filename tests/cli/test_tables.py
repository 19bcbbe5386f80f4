"""Rows in columns: what is too long for a terminal goes on below itself, and nothing else is ever broken."""

from __future__ import annotations

import sys

import pytest

from player.cli import _tables

ROWS = [("voice", "heart", "Speaks, where a script names no other one"), ("bed", "-26", "")]


@pytest.mark.parametrize(
    ("is_terminal", "columns", "lines"),
    [
        (True, 40, ["voice  heart  Speaks, where a script", "              names no other one", "bed    -26"]),
        (True, 30, ["voice  heart  Speaks, where a script names no other one", "bed    -26"]),
        (False, 40, ["voice  heart  Speaks, where a script names no other one", "bed    -26"]),
    ],
)
def test_the_last_column_is_wrapped_where_a_terminal_has_room(
    is_terminal: bool,
    columns: int,
    lines: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    _tables.table(ROWS)
    assert capsys.readouterr().out.splitlines() == lines
