"""The whole of it in a real terminal: keys are typed, the screen is read, and afterwards all is as it was before."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="install tmux, a terminal without a person"),
]
DRIVER = Path(__file__).parents[2] / "screen_driver.py"
PATIENCE_S = 60.0
PROMPT = "ready>"


@dataclass(frozen=True)
class Terminal:
    """A window of tmux with a shell in it."""

    folder: Path

    def tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self.folder / "socket"), "-f", os.devnull, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE_S).stdout

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def enter(self, line: str) -> None:
        self.tmux("send-keys", "-l", line)
        self.press("Enter")

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def shows(self, pattern: str) -> str:
        """Wait until it does."""
        until = time.monotonic() + PATIENCE_S
        while not re.search(pattern, screen := self.screen(), re.MULTILINE):
            assert time.monotonic() < until, f"no {pattern!r} in:\n{screen}"
            time.sleep(0.05)
        return screen

    def state(self) -> tuple[str, str]:
        """Modes of the line, and of the screen: whether there is a cursor, and whether it is the other screen."""
        self.enter("clear; stty -a > modes; echo written")
        self.shows(rf"\Awritten\n{PROMPT}$")
        return (self.folder / "modes").read_text(), self.tmux("display", "-p", "#{cursor_flag} #{alternate_on}")

    def play(self, *options: str) -> None:
        self.enter("clear; " + shlex.join([sys.executable, str(DRIVER), *options]))

    def pid(self) -> int:
        return int((self.folder / "pid").read_text())


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    shell = ["env", f"PS1={PROMPT} ", "bash", "--norc", "--noprofile"]
    made.tmux("new-session", "-d", "-x", "60", "-y", "16", "-c", str(tmp_path), *shell)
    made.shows(PROMPT)
    yield made
    made.tmux("kill-server")


def test_keys_are_carried_out_and_the_pacer_leaves_one_line(terminal: Terminal) -> None:
    before = terminal.state()
    terminal.play("box-breathing", "--from", "78")
    terminal.shows(r"Breathe in +[234]")  # not 1: it is shown 25 ms before its step, where space still repeats the last
    terminal.press("Space")
    terminal.shows("Paused · space goes on")
    terminal.press("?")
    terminal.shows("space: pause, or go on")
    terminal.press("?", "Down", "b", "x")
    terminal.shows("volume −2 dB · no background")
    terminal.tmux("resize-window", "-x", "20", "-y", "5")
    terminal.shows(r"\A⢸")
    terminal.tmux("resize-window", "-x", "60", "-y", "16")
    terminal.shows(r"\A  Box breathing")
    terminal.press("q")
    screen = terminal.shows(rf"^Box breathing, 1:\d\d of 7:00\n{PROMPT}$")
    assert screen.count("Box breathing") == 1
    assert terminal.state() == before


@pytest.mark.parametrize(
    ("ending", "told"),
    [("C-c", "Stopped."), (signal.SIGTERM, ""), (signal.SIGHUP, ""), (signal.SIGUSR1, "the loudspeaker stopped")],
    ids=["Ctrl-C", "SIGTERM", "SIGHUP", "crash"],
)
def test_the_terminal_is_as_before_however_it_ends(terminal: Terminal, ending: str | signal.Signals, told: str) -> None:
    before = terminal.state()
    terminal.play("pmr-7", "--pid", "pid")
    terminal.shows("left of 15:00")
    if isinstance(ending, str):
        terminal.press(ending)
    else:
        os.kill(terminal.pid(), ending)
    terminal.shows(rf"^Muscle relaxation, seven groups, 0:\d\d of 15:00\n({re.escape(told)}\n)?{PROMPT}$")
    assert terminal.state() == before


def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_again(terminal: Terminal) -> None:
    before = terminal.state()
    terminal.play("box-breathing")
    terminal.shows("left of 7:00")
    terminal.press("C-z")
    terminal.shows("Stopped")
    assert terminal.state() == before
    terminal.enter("fg")
    terminal.shows("Paused · space goes on")
    terminal.press("q")
    terminal.shows(rf"of 7:00\n{PROMPT}$")
    assert terminal.state() == before


def test_plain_lines_have_no_control_sequence_and_keys_all_the_same(terminal: Terminal) -> None:
    before = terminal.state()
    terminal.play("box-breathing", "--plain")
    terminal.shows("0:00 – Welcome –")
    terminal.press("Space")
    terminal.shows("Paused.")
    terminal.press("q")
    terminal.shows(rf"^Heard 0:\d\d of 7:00.\n{PROMPT}$")
    assert terminal.state() == before
