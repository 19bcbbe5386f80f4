"""What is printed before a session sounds."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from player import pipeline
from player.cli._announce import Announcer, tell
from player.cli._options import progress
from player.pipeline.turns import Turn

if TYPE_CHECKING:
    import pytest

LINE = "Use half your strength or less, and leave out or only imagine anything that is injured or hurts. Never to pain."


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_lines_are_wrapped_between_words() -> None:
    with redirect_stderr(Tty()) as terminal:
        tell(LINE, "  ")
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert [line[:2] for line in lines] == ["  "] * 2
    assert " ".join(line.strip() for line in lines) == LINE


def test_elsewhere_a_line_stays_one(capsys: pytest.CaptureFixture[str]) -> None:
    tell(LINE, "  ")
    assert capsys.readouterr().err == f"  {LINE}\n"


def test_what_follows_the_speaking_is_told_once_and_only_where_something_was_spoken() -> None:
    with redirect_stderr(Tty()) as terminal, progress("Speaking", then="Measuring.") as report:
        assert report
    assert terminal.getvalue() == ""
    with redirect_stderr(Tty()) as terminal, progress("Speaking", then="Measuring.") as report:
        assert report
        for done in (0, 1, 2, 2):
            report(done, 2)
    assert terminal.getvalue().count("Measuring.\n") == 1


def turn(before: str) -> Turn:
    requested = pipeline.as_requested(pipeline.SessionRequest("box-breathing"))
    return Turn(requested, "box-breathing", "Box breathing", 1000, exact=True, before=before)


def test_at_a_terminal_a_session_waits_until_its_instruction_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", typed := Keyboard("\nnot read yet\n"))
    with redirect_stderr(Tty()) as terminal, redirect_stdout(io.StringIO()) as out:
        announcer = Announcer(quiet=True)
        assert not announcer.confirm(turn(""))
        assert announcer.confirm(turn("Put it away."))
    assert terminal.getvalue().splitlines()[:2] == ["", "Put it away."]
    assert "Then press Enter" in terminal.getvalue() + out.getvalue()
    assert typed.read() == "not read yet\n"
