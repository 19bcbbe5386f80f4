"""What a user sees of an error, whatever it is: one sentence, an exit code, and no traceback."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click
import pytest

from player.cli import main
from player.cli._error_boundary import INTERRUPTED
from player.errors import DeviceError, UsageError

Met = Callable[[BaseException], "tuple[int, str]"]


@pytest.fixture
def met(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Met:
    """The exit code and what is told where a command meets an error."""

    def answered(error: BaseException) -> tuple[int, str]:
        def fails(**_: object) -> NoReturn:
            raise error

        monkeypatch.setattr(main, "get_command", lambda *_: click.Command("list", callback=fails))
        with pytest.raises(SystemExit) as ended:
            main(["list"])
        out, told = capsys.readouterr()
        assert out == ""
        assert isinstance(ended.value.code, int)
        return ended.value.code, told

    return answered


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (UsageError("x.yaml:1:2: this is wrong"), 2, "x.yaml:1:2: this is wrong\n"),
        (DeviceError("there is no loudspeaker"), 1, "there is no loudspeaker\n"),
        (KeyboardInterrupt(), INTERRUPTED, "\nStopped.\n"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 1, "cannot go on: Broken pipe; try again\n"),
        (
            ZeroDivisionError("division by zero"),
            1,
            "player met what it did not expect (ZeroDivisionError: division by zero); PLAYER_DEBUG=1 shows where\n",
        ),
        (
            RuntimeError("a\x1b[31m\n\u202eb"),
            1,
            "player met what it did not expect (RuntimeError: a\\x1b[31m\\n\\u202eb); PLAYER_DEBUG=1 shows where\n",
        ),
        (UsageError("one\ntwo\x1b[31m, and \\x1b"), 2, "one\ntwo\\x1b[31m, and \\x1b\n"),
        (click.ClickException("one\ntwo\x0b\x1b[31m"), 1, "one\ntwo\\x0b\\x1b[31m\n"),
    ],
)
def test_an_error_is_a_sentence_and_an_exit_code(met: Met, error: BaseException, code: int, told: str) -> None:
    assert met(error) == (code, told)


def test_the_way_to_go_on_follows_at_once_where_the_interruption_tells_it(
    met: Met,
) -> None:
    error = click.Abort()
    error.__cause__ = KeyboardInterrupt("`player play one --resume` goes on at 0:10.")
    assert met(error) == (INTERRUPTED, "Stopped. `player play one --resume` goes on at 0:10.\n")


def test_who_looks_for_a_fault_sees_where_it_was(met: Met, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        met(ZeroDivisionError("division by zero"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a file that is always full")
def test_what_cannot_be_printed_is_told_as_that_and_not_as_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        with pytest.raises(SystemExit) as ended:
            main(["list"])
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "what was asked for cannot be printed: no space left on device; write it to another place\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="whole paths of POSIX")
@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("/usr/bin:/bin", "/usr/bin:/bin"),
        (".:/usr/bin::relative/bin:/bin:", "/usr/bin:/bin"),
        ("", "/nowhere"),
        (".", "/nowhere"),
    ],
)
def test_programs_are_not_looked_for_in_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, path: str, left: str
) -> None:
    """A stranger's file beside a script would be run in the place of gsettings or caffeinate."""
    monkeypatch.setenv("PATH", path)
    with pytest.raises(SystemExit):
        main.main(["--help"])
    assert os.environ["PATH"] == left
