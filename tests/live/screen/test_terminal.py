"""The real thing on pseudo-terminals: what is written, and that the terminal is as before."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, TextIO

import pytest

from tests.fakes_screen import output

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are a Unix matter", allow_module_level=True)

import fcntl
import pty
import struct
import termios

from player.live.screen.rows import Row, StyledText
from player.live.screen.terminal import TerminalKeyboard, TerminalScreen

if TYPE_CHECKING:
    from collections.abc import Iterator


END = "\x1b[?2026l"
"""What every picture ends with."""


class Terminal:
    """A pseudo-terminal: ``person`` is the side that sees and types."""

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.person, self.program = pty.openpty()
        self.resize(columns, rows)
        self.stream: TextIO = os.fdopen(self.program, "w", encoding="utf-8", closefd=False)

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.program, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def mode(self) -> list[object]:
        return termios.tcgetattr(self.program)

    def close(self) -> None:
        for each in (self.person, self.program):
            os.close(each)


@pytest.fixture
def tty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    made = Terminal()
    yield made
    made.close()


def row(*pieces: StyledText | str) -> Row:
    return tuple(StyledText(piece) if isinstance(piece, str) else piece for piece in pieces)


def test_taking_and_giving_back_leave_nothing_behind(tty: Terminal) -> None:
    canvas = TerminalScreen(tty.stream, is_ours=lambda: True)
    assert output(tty.person) == ""
    canvas.take()
    canvas.take()
    taken = output(tty.person, until="\x1b[2J")
    assert taken.count("\x1b[?1049h") == 1
    assert "\x1b[?25l" in taken
    canvas.draw([row("a", StyledText("b", "breath"))])
    output(tty.person, until=END)
    canvas.give_back()
    canvas.give_back()
    given = output(tty.person, until="\x1b[?25h")
    assert given.startswith("\x1b[m")
    assert given.count("\x1b[?1049l") == given.count("\x1b[?25h") == 1


def test_only_rows_that_are_new_are_written_and_in_one_piece(tty: Terminal) -> None:
    canvas = TerminalScreen(tty.stream, is_ours=lambda: True)
    canvas.take()
    canvas.draw([row("one"), row("two")])
    drawn = output(tty.person, until=END)
    assert "one" in drawn
    assert "two" in drawn
    canvas.draw([row("one"), row("three")])
    drawn = output(tty.person, until=END)
    assert "three" in drawn
    assert "one" not in drawn
    assert drawn.startswith("\x1b[?2026h\x1b[2;1H")
    assert drawn.endswith("\x1b[K\x1b[?2026l")
    canvas.draw([row("one"), row("three")])
    assert output(tty.person) == ""


def test_another_size_draws_all_of_it_again(tty: Terminal) -> None:
    canvas = TerminalScreen(tty.stream, is_ours=lambda: True)
    canvas.take()
    assert canvas.size() == (80, 24)
    canvas.draw([row("one")])
    output(tty.person, until=END)
    tty.resize(20, 5)
    assert canvas.size() == (20, 5)
    canvas.draw([row("one")])
    assert "one" in output(tty.person, until=END)


def test_after_another_program_had_the_terminal_it_is_drawn_again(tty: Terminal) -> None:
    canvas = TerminalScreen(tty.stream, is_ours=lambda: True)
    canvas.take()
    canvas.draw([row("one")])
    output(tty.person, until=END)
    canvas.give_back()
    canvas.draw([row("two")])
    canvas.take()
    canvas.draw([row("one")])
    drawn = output(tty.person, until=END)
    assert "one" in drawn
    assert "two" not in drawn


def test_no_color_takes_the_colours_and_nothing_else(tty: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = row(StyledText("in", "breath"), StyledText("now", "tension"))
    drawn = []
    for value in ("", "1"):
        monkeypatch.setenv("NO_COLOR", value)
        canvas = TerminalScreen(tty.stream, is_ours=lambda: True)
        assert os.environ["NO_COLOR"] == value
        canvas.take()
        canvas.draw([pieces])
        drawn.append(output(tty.person, until=END))
        canvas.give_back()
        output(tty.person, until="\x1b[?25h")
    assert "\x1b[36min" in drawn[0]
    assert "\x1b[33mnow" in drawn[0]
    assert "\x1b[3" not in drawn[1]
    assert "\x1b[?1049h" in drawn[1]


def test_a_stopped_terminal_does_not_block_and_is_drawn_later(tty: Terminal) -> None:
    canvas = TerminalScreen(tty.stream, is_ours=lambda: True)
    canvas.take()
    canvas.draw([row("one")])
    output(tty.person, until=END)
    termios.tcflow(tty.program, termios.TCOOFF)  # what Ctrl-S does
    began = time.monotonic()
    canvas.draw([row("two")])
    assert time.monotonic() - began < 5
    termios.tcflow(tty.program, termios.TCOON)
    canvas.draw([row("two")])
    assert "two" in output(tty.person, until=END)


def test_a_terminal_that_is_gone_raises_nothing(tty: Terminal) -> None:
    canvas = TerminalScreen(tty.stream, is_ours=lambda: True)
    canvas.take()
    os.close(tty.person)
    canvas.draw([row("one")])
    canvas.size()
    canvas.give_back()
    tty.person = os.open(os.devnull, os.O_RDONLY)


def test_in_the_background_nothing_is_taken(tty: Terminal) -> None:
    canvas = TerminalScreen(tty.stream, is_ours=lambda: False)
    canvas.take()
    canvas.draw([row("one")])
    assert output(tty.person) == ""


def test_keys_come_one_by_one_without_an_echo_and_the_terminal_is_never_asked(
    tty: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = os.fdopen(tty.program, "r", closefd=False)
    monkeypatch.setattr(sys, "__stdin__", stdin)
    monkeypatch.setattr(sys, "__stderr__", tty.stream)
    before = tty.mode()
    keyboard = TerminalKeyboard(lambda: True)
    assert keyboard.read(0) == ""
    keyboard.take()
    for typed, name in (
        (b" ", " "),
        (b"q", "q"),
        (b"\x1b[D", "KEY_LEFT"),
        (b"\x1bOC", "KEY_RIGHT"),
        (b"\x1b[A", "KEY_UP"),
        (b"\x1bOB", "KEY_DOWN"),
        ("é".encode(), "é"),
    ):
        os.write(tty.person, typed)
        assert keyboard.read(10) == name
    os.write(tty.person, b"left over\n")
    assert keyboard.read(10) == "l"
    keyboard.give_back()
    assert tty.mode() == before
    assert output(tty.person) == ""
    os.set_blocking(tty.program, False)
    with pytest.raises(BlockingIOError):
        os.read(tty.program, 1)
