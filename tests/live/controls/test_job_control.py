from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from player.live.controls import job_control as module
from player.live.controls.commands import AnyControl, Control
from player.live.controls.inbox import Inbox
from player.live.controls.job_control import JobControl
from tests.fakes_screen import FakeKeyboard, FakeScreen

if TYPE_CHECKING:
    from player.live.observer import Ticking


@dataclass
class Shell:
    """Stops the program, and continues it in the foreground or in the background."""

    job: JobControl = field(init=False)
    screen: FakeScreen = field(default_factory=FakeScreen)
    keyboard: FakeKeyboard = field(default_factory=FakeKeyboard)
    inbox: Inbox = field(default_factory=Inbox)
    foreground: bool = True
    stops: list[tuple[bool, bool]] = field(default_factory=list)
    goes_on_in_background: bool = False

    def __post_init__(self) -> None:
        self.job = JobControl(lambda: self.foreground, self.stop)
        for part in (self.screen, self.keyboard):
            part.take()
            self.job.add_part(part)

    def stop(self) -> None:
        self.stops.append((self.screen.is_taken, self.keyboard.is_taken))
        self.foreground = not self.goes_on_in_background

    @property
    def taken(self) -> tuple[bool, bool]:
        return self.screen.is_taken, self.keyboard.is_taken

    def controls(self) -> list[AnyControl]:
        return [self.inbox.get_nowait() for _ in range(len(self.inbox))]


def test_the_sound_pauses_then_the_terminal_is_given_back_then_it_stops_and_takes_it_again() -> None:
    shell = Shell()
    with shell.job.watched(shell.inbox):
        shell.job.tick(is_paused=False)
        shell.job.request_stop()
        shell.job.request_stop()
        assert shell.controls() == [Control.PAUSE]
        shell.job.tick(is_paused=False)
        assert shell.stops == []
        shell.job.tick(is_paused=True)
        assert shell.stops == [(False, False)]
        assert shell.taken == (True, True)
        shell.job.tick(is_paused=True)
    assert len(shell.stops) == 1
    assert shell.controls() == []


def test_it_stops_all_the_same_where_the_pause_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell()
    monkeypatch.setattr(module, "PAUSE_WITHIN_S", -1.0)
    with shell.job.watched(shell.inbox):
        shell.job.request_stop()
        shell.job.tick(is_paused=False)
    assert shell.stops == [(False, False)]


def test_in_the_background_the_sound_goes_on_and_the_terminal_is_left_until_it_is_ours() -> None:
    shell = Shell(goes_on_in_background=True)
    with shell.job.watched(shell.inbox):
        shell.job.request_stop()
        shell.job.tick(is_paused=True)
        assert shell.controls() == [Control.PAUSE, Control.RESUME]
        shell.job.tick(is_paused=False)
        assert shell.taken == (False, False)
        shell.foreground = True
        shell.job.tick(is_paused=False)
        assert shell.taken == (True, True)


def test_what_was_paused_before_stays_paused_in_the_background() -> None:
    shell = Shell(goes_on_in_background=True)
    with shell.job.watched(shell.inbox):
        shell.job.tick(is_paused=True)
        shell.job.request_stop()
        shell.job.tick(is_paused=True)
    assert shell.controls() == [Control.PAUSE]


def test_only_what_was_taken_is_taken_again() -> None:
    shell = Shell()
    shell.screen.give_back()
    with shell.job.watched(shell.inbox):
        shell.job.request_stop()
        shell.job.tick(is_paused=True)
    assert shell.taken == (False, True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no Ctrl-Z of this kind")
def test_ctrl_z_is_heard_only_while_something_plays() -> None:
    shell = Shell()
    before = [signal.getsignal(each) for each in (signal.SIGTSTP, signal.SIGCONT)]
    ticking: Ticking = shell.job
    with shell.job.watched(shell.inbox):
        os.kill(os.getpid(), signal.SIGTSTP)
        until = time.monotonic() + 10
        while not shell.inbox and time.monotonic() < until:
            time.sleep(0.01)
        ticking.tick(is_paused=True)
    assert shell.stops == [(False, False)]
    assert [signal.getsignal(each) for each in (signal.SIGTSTP, signal.SIGCONT)] == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_after_a_stop_by_other_ways_the_terminal_is_taken_afresh() -> None:
    shell = Shell()
    with shell.job.watched(shell.inbox):
        os.kill(os.getpid(), signal.SIGCONT)
        shell.job.tick(is_paused=False)
    assert shell.screen.history == ["taken", "given back", "taken"]


@pytest.mark.skipif(sys.platform == "win32", reason="jobs of a POSIX shell")
def test_the_program_really_stops_and_hears_ctrl_z_again_when_it_goes_on() -> None:
    code = (
        "import os, signal; os.setpgrp(); "  # a group without a parent beside it could not be stopped
        "from player.live.controls.job_control import _stop; "
        "signal.signal(signal.SIGTSTP, print); _stop(); print(signal.getsignal(signal.SIGTSTP) is print)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        assert os.WSTOPSIG(status) == signal.SIGTSTP
        os.kill(child.pid, signal.SIGCONT)
        out, _ = child.communicate(timeout=20)
    assert (child.returncode, out) == (0, "True\n")
