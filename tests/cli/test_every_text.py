"""The text of ``every`` while it waits."""

from __future__ import annotations

import io
import sys
from datetime import datetime, timedelta

import pytest

from player.cli._every_text import StatusLine, outline
from player.errors import DeviceError
from player.reminders.politeness import WaitReason
from player.reminders.schedule import Schedule, weekdays, window

NOON = datetime(2026, 6, 5, 12, 0).astimezone()
HOUR = 3_600_000


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def status_line(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, columns: int = 80, quiet: bool = False
) -> tuple[StatusLine, io.StringIO]:
    out = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    monkeypatch.setattr(sys, "stdin", out)
    monkeypatch.setenv("COLUMNS", str(columns))
    return StatusLine("micro-break", "Ninety seconds", quiet=quiet), out


def story(line: StatusLine) -> None:
    with line:
        line.waiting(NOON + timedelta(hours=1), NOON - timedelta(minutes=12))
        line.waiting(NOON + timedelta(hours=1), NOON - timedelta(minutes=12) + timedelta(seconds=20))
        line.held_up(NOON + timedelta(hours=1), WaitReason.LOCKED)
        line.held_up(NOON + timedelta(hours=1), WaitReason.HEARS)
        line.ringing()
        line.begins(NOON + timedelta(hours=1))
        line.left_out(NOON + timedelta(hours=2), WaitReason.AWAY)
        line.missed(NOON + timedelta(hours=3))
        line.failed(NOON + timedelta(hours=5), DeviceError("there is no loudspeaker"))
        line.waiting(NOON + timedelta(hours=21), NOON + timedelta(hours=7))


def shown(written: str, columns: int) -> list[str]:
    """What a terminal shows of it."""
    lines = [""]
    for char in written:
        if char == "\n":
            lines.append("")
        elif char == "\r":
            lines[-1] = ""
        else:
            lines[-1] += char
            assert len(lines[-1]) < columns
    return [line.rstrip() for line in lines]


def test_a_terminal_has_one_line_that_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    line, out = status_line(monkeypatch, terminal=True)
    story(line)
    written = out.getvalue()
    assert written.count("micro-break at 13:00, in 1 h 12 min; s skip, p later, q end") == 1
    assert "micro-break begins in a moment; Enter now, s skip, p later, q end" in written
    assert "micro-break on Saturday at 9:00, in 14 h; s skip" in written
    assert "micro-break waits, as a microphone is in use; s skip, p later, q end" in written
    assert shown(written, 80) == [
        "13:00  waits, as the screen is locked",
        "13:00  Ninety seconds",
        "14:00  left out, as nobody was at the computer",
        "15:00  missed, as the computer slept",
        "17:00  there is no loudspeaker",
        "",
    ]


def test_elsewhere_each_moment_is_printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    line, out = status_line(monkeypatch, terminal=False)
    story(line)
    assert out.getvalue().splitlines() == [
        "micro-break at 13:00",
        "13:00  waits, as the screen is locked",
        "13:00  Ninety seconds",
        "14:00  left out, as nobody was at the computer",
        "15:00  missed, as the computer slept",
        "17:00  there is no loudspeaker",
        "micro-break on Saturday at 9:00",
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_with_quiet_only_problems_are_printed(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    line, out = status_line(monkeypatch, terminal=terminal, quiet=True)
    story(line)
    assert out.getvalue() == "17:00  there is no loudspeaker\n"


def test_a_problem_that_quotes_a_name_does_not_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    line, out = status_line(monkeypatch, terminal=False)
    line.failed(NOON, DeviceError("a\x1b[31mb is lost"))
    assert out.getvalue() == "12:00  a\\x1b[31mb is lost\n"


def test_a_narrow_window_is_never_overrun(monkeypatch: pytest.MonkeyPatch) -> None:
    line, out = status_line(monkeypatch, terminal=True, columns=30)
    line.waiting(NOON + timedelta(hours=1), NOON)
    line.ringing()
    line.__exit__(None, None, None)
    assert shown(out.getvalue(), 30) == [""]


@pytest.mark.parametrize(
    ("left", "text"),
    [(59, "less than a minute"), (60, "1 min"), (89, "1 min"), (3569, "59 min"), (3600, "1 h"), (4320, "1 h 12 min")],
)
def test_how_long_it_is(monkeypatch: pytest.MonkeyPatch, left: int, text: str) -> None:
    line, out = status_line(monkeypatch, terminal=True)
    line.waiting(NOON + timedelta(seconds=left), NOON)
    assert f", in {text};" in out.getvalue()


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        (Schedule(2 * HOUR, window("9-14")), "At 9:00, 11:00 and 13:00"),
        (Schedule(24 * HOUR, window("13:00-14:00"), weekdays("tue")), "At 13:00, on Tuesday"),
        (Schedule(HOUR // 2, window("9-18")), "From 9:00 to 17:30, every 30 min"),
        (
            Schedule(4 * HOUR, window("22-6"), weekdays("mon,fri")),
            "At 22:00 and 2:00 (past midnight), on Monday, Friday",
        ),
    ],
)
def test_the_outline_of_a_schedule(schedule: Schedule, text: str) -> None:
    assert outline(schedule) == text
