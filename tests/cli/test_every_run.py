"""``player every`` while it runs, in this process: what is played, and what ends it."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from player import pipeline
from player.cli import every as module
from player.live import play as playing
from player.reminders.politeness import Signs
from player.reminders.schedule import Schedule, weekdays, window
from player.storage.store import Store
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

HOURLY = Schedule(3_600_000, window("9:00-18:00"), weekdays("mon-fri"))
SCRIPT = "title: Short break\nsafety: Stop whenever you like.\nsteps:\n  - say: Sit.\n    for: 3s\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pipeline.Prepared:
    (tmp_path / "break.yaml").write_text(SCRIPT)
    monkeypatch.setenv("PLAYER_DIARY", str(tmp_path / "diary"))
    asked = pipeline.as_requested(pipeline.SessionRequest(str(tmp_path / "break.yaml")))
    return pipeline.prepare(asked, pipeline.Machine(FakeEngine(), Store(tmp_path / "store")))


class LoopThatEnds:
    """Stands in for the loop: notes its keyboard, plays once, and ends."""

    made: LoopThatEnds

    def __init__(self, schedule: Schedule, observer: object, play: Any, bell: object, *, signs: object) -> None:
        self.schedule, self.play, self.signs, self.keyboard, self.ran = schedule, play, signs, None, ""
        LoopThatEnds.made = self

    def run(self) -> None:
        self.ran = "run"

    def once(self) -> None:
        self.ran = "once"


@pytest.mark.parametrize(
    ("terminal", "quiet", "once"),
    [(True, False, False), (False, False, False), (True, True, False), (True, False, True)],
)
def test_it_tells_the_session_and_the_schedule_and_hears_keys_at_a_terminal(
    ready: pipeline.Prepared, monkeypatch: pytest.MonkeyPatch, terminal: bool, quiet: bool, once: bool
) -> None:
    told = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", told)
    monkeypatch.setattr(sys, "stdin", told)
    monkeypatch.setattr(module, "ReminderLoop", LoopThatEnds)
    monkeypatch.setattr(module, "_keyboard", lambda: "keys")
    module._run(ready.request, ready, HOURLY, Signs, once=once, quiet=quiet)
    loop = LoopThatEnds.made
    assert (loop.ran, loop.schedule) == ("once" if once else "run", HOURLY)
    assert loop.keyboard == ("keys" if terminal and not once else None)
    lines = told.getvalue().splitlines()
    assert lines[:2] == ([] if quiet else ["Short break, 0:03", "  Stop whenever you like."])
    assert any("9:00" in line for line in lines) is not (quiet or once)


def test_a_session_that_a_signal_ended_ends_the_loop_and_one_that_was_heard_does_not(
    ready: pipeline.Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    codes = iter((0, 143))

    def play(turns: Any, **how: Any) -> int:
        asked.append((*(turn.request.session for turn in turns()), how["confirm"](None)))
        return next(codes)

    monkeypatch.setattr(playing, "play", play)
    module._play(ready.request, quiet=True)
    with pytest.raises(SystemExit) as ended:
        module._play(ready.request, quiet=True)
    assert ended.value.code == 143
    assert asked == [(ready.request.session, False)] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("sent", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_with_its_code_and_leaves_the_handlers_as_they_were(sent: str) -> None:
    number = signal.Signals[sent]
    before = signal.getsignal(number)

    def waits() -> None:
        with module._signals_end_it():
            os.kill(os.getpid(), number)
            threading.Event().wait(20)

    with pytest.raises(SystemExit) as ended:
        waits()
    assert ended.value.code == 128 + number
    assert signal.getsignal(number) == before


def test_in_another_thread_signals_stay_as_they_are() -> None:
    seen: list[object] = []

    def inside() -> None:
        with module._signals_end_it():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]
