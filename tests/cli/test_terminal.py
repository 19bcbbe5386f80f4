from __future__ import annotations

import io
import subprocess
import sys

import pytest

from player.cli import _terminal as module
from player.cli._terminal import TerminalUi, terminal_ui


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def in_the_foreground(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "owns_terminal", lambda: True)


def names(at: TerminalUi) -> list[str]:
    return [getattr(make, "__name__", "") for make in (*at.observers, *at.ticking)]


@pytest.mark.parametrize(
    ("stdin", "stdout", "stderr", "plain", "quiet", "term", "observers", "has_controls"),
    [
        (Tty(), Tty(), Tty(), False, False, "xterm", ["pacer", "job"], True),
        (Tty(), Tty(), Tty(), True, False, "xterm", ["lines", "job"], True),
        (Tty(), Tty(), Tty(), False, False, "dumb", ["lines", "job"], True),
        (Tty(), Tty(), Tty(), False, True, "xterm", ["job"], True),
        (Tty(), Tty(), Tty(), True, True, "xterm", ["job"], True),
        (io.StringIO(), Tty(), Tty(), False, False, "xterm", ["pacer", "job"], True),
        (Tty(), io.StringIO(), io.StringIO(), False, False, "xterm", [], False),
        (Tty(), Tty(), io.StringIO(), False, False, "xterm", ["job"], True),
        (Tty(), io.StringIO(), io.StringIO(), True, False, "xterm", ["lines"], False),
        (io.StringIO(), Tty(), io.StringIO(), False, False, "xterm", [], False),
    ],
)
def test_what_is_there_at_which_terminal(
    stdin: io.StringIO,
    stdout: io.StringIO,
    stderr: io.StringIO,
    plain: bool,
    quiet: bool,
    term: str,
    observers: list[str],
    has_controls: bool,
) -> None:
    at = terminal_ui(plain=plain, quiet=quiet, stdin=stdin, stdout=stdout, stderr=stderr, environ={"TERM": term})
    assert names(at) == observers
    assert at.has_pacer is ("pacer" in observers)
    assert (at.controls is not None) is has_controls


def test_in_the_background_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "owns_terminal", lambda: False)
    assert terminal_ui(plain=False, quiet=False, stdin=Tty(), stderr=Tty(), environ={}) == TerminalUi()


def test_nothing_is_loaded_to_find_out() -> None:
    code = (
        "import sys; from player.cli import _terminal as t; t.terminal_ui(plain=True, quiet=False); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"blessed", "wcwidth", "numpy", "player.live.screen.frame"} & set(loaded)
