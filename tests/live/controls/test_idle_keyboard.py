"""Keys at a real terminal: a child process at a pseudo-terminal, as a shell would start it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.sound_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

pty = pytest.importorskip("pty", reason="pseudo-terminals are those of POSIX")
termios = pytest.importorskip("termios")

CHILD = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from player.live.controls.idle_keyboard import IdleKeyboard
keyboard = IdleKeyboard()
assert keyboard.read(0.1) == ""
keyboard.take()
keyboard.take()
print("ready", flush=True)
while (key := keyboard.read(20)) != "q":
    print(repr(key), flush=True)
keyboard.give_back()
keyboard.give_back()
print("given back", flush=True)
"""

IN_THE_BACKGROUND = """\
import fcntl, os, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from player.live.controls.idle_keyboard import IdleKeyboard
if child := os.fork():
    raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
os.setpgid(0, 0)
keyboard = IdleKeyboard()
keyboard.take()
assert keyboard.read(20) == ""
keyboard.give_back()
print("ready", flush=True)
"""


class Terminal:
    """A pseudo-terminal with a program at it."""

    def __init__(self, program: str) -> None:
        self.ours, self.theirs = pty.openpty()
        self.before = termios.tcgetattr(self.theirs)
        self.child = subprocess.Popen(
            [sys.executable, "-c", program],
            **dict.fromkeys(("stdin", "stderr"), self.theirs),
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.said = ""

    def wait_for(self, text: str) -> None:
        def heard() -> bool:
            assert self.child.stdout
            self.said += os.read(self.child.stdout.fileno(), 1000).decode()
            return text in self.said

        wait_until(heard, text)

    def press(self, keys: bytes) -> None:
        os.write(self.ours, keys)

    def end(self) -> None:
        self.child.kill()
        self.child.wait()
        assert self.child.stdout
        self.child.stdout.close()
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal(CHILD)
    yield terminal
    terminal.end()


def test_keys_come_one_by_one_by_their_names(terminal: Terminal) -> None:
    terminal.wait_for("ready")
    for keys, name in ((b"s", "'s'"), (b"\r", "'KEY_ENTER'"), (b" ", "' '"), (b"\x1b[A", "'KEY_UP'")):
        terminal.press(keys)
        terminal.wait_for(name)
    terminal.press(b"q")
    terminal.wait_for("given back")
    assert termios.tcgetattr(terminal.theirs) == terminal.before


def test_after_a_stop_the_terminal_is_taken_anew(terminal: Terminal) -> None:
    terminal.wait_for("ready")
    termios.tcsetattr(terminal.theirs, termios.TCSANOW, terminal.before)  # as a shell does when a job has stopped
    terminal.child.send_signal(signal.SIGCONT)
    wait_until(lambda: not termios.tcgetattr(terminal.theirs)[3] & termios.ICANON, "the terminal was not taken")
    terminal.press(b"s")
    terminal.wait_for("'s'")


def test_in_the_background_the_terminal_is_the_shells() -> None:
    terminal = Terminal(IN_THE_BACKGROUND)
    try:
        terminal.wait_for("ready")
        assert termios.tcgetattr(terminal.theirs) == terminal.before
        assert terminal.child.wait(20) == 0
    finally:
        terminal.end()
