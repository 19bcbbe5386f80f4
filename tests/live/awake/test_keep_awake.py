"""Keeping awake, by a clock and a lock of the test's own."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, field, replace

import pytest

from player.live.awake import lock_thread
from player.live.awake.keep_awake import BEGINS_AFTER_S, KeepAwake
from player.live.awake.lock_thread import LockThread
from player.live.awake.wakefulness import PAUSED_FOR_S, Wakefulness
from player.live.controls.inbox import Inbox
from player.live.controls.job_control import JobControl
from player.live.observer import PlaybackState
from tests.fakes_controls import MINUTE, TIMEOUT_S
from tests.sound_server import wait_until


@dataclass
class FakeThread:
    """Notes what is wanted when that changes."""

    noted: list[str] = field(default_factory=list)

    def open(self) -> None:
        self.noted.append("open")

    def want(self, wanted: Wakefulness) -> None:
        if self.noted[-1] != wanted.name:
            self.noted.append(wanted.name)

    def close(self) -> None:
        self.noted.append("close")


class Watch:
    """An observer with its clock."""

    def __init__(self, *, is_watched: bool = True) -> None:
        self.now_s, self.thread = 100.0, FakeThread()
        self.observer = KeepAwake(is_watched=is_watched, new_thread=lambda: self.thread, clock=lambda: self.now_s)  # type: ignore[arg-type,return-value]

    def shows(self, after_s: float, at_ms: int = 0, *, is_paused: bool = False) -> list[str]:
        self.now_s += after_s
        self.observer.show(PlaybackState(at_ms, is_paused=is_paused))
        return self.thread.noted


def test_nothing_is_asked_for_before_the_sound_is_long_on_its_way() -> None:
    watch = Watch()
    watch.observer.begin(MINUTE)
    assert watch.shows(BEGINS_AFTER_S - 0.1) == []
    assert watch.shows(0.2) == ["open", "DISPLAYING"]
    watch.observer.end()
    watch.observer.end()
    assert watch.thread.noted == ["open", "DISPLAYING", "close"]


def test_a_session_that_ends_at_once_asks_for_nothing() -> None:
    watch = Watch()
    watch.observer.begin(MINUTE)
    watch.shows(1.0)
    watch.observer.end()
    assert watch.thread.noted == []


def test_a_long_pause_lets_it_sleep_and_playing_keeps_it_awake_again() -> None:
    watch = Watch(is_watched=False)
    watch.observer.begin(MINUTE)
    watch.shows(3)
    watch.shows(1, is_paused=True)
    assert watch.shows(PAUSED_FOR_S - 1, is_paused=True) == ["open", "RUNNING"]
    assert watch.shows(2, is_paused=True)[2:] == ["MAY_SLEEP"]
    assert watch.shows(9 * 3600)[3:] == ["RUNNING"]
    watch.shows(1, is_paused=True)
    assert watch.shows(PAUSED_FOR_S - 1, is_paused=True)[4:] == []


def test_it_may_sleep_while_a_bed_to_fall_asleep_by_fades_but_not_where_one_steps_back() -> None:
    watch = Watch()
    watch.observer.begin(replace(MINUTE, fade_out_ms=20_000, fades_evenly=True))
    assert watch.shows(3, 39_000) == ["open", "RUNNING"]
    assert watch.shows(1, 40_000)[2:] == ["MAY_SLEEP"]
    assert watch.shows(1, 10_000)[3:] == ["RUNNING"]


@pytest.mark.skipif(sys.platform == "win32", reason="no job control on Windows")
def test_a_job_that_the_shell_stops_lets_it_sleep_and_asks_again_when_it_goes_on() -> None:
    watch = Watch()
    stops: list[list[str]] = []
    job = JobControl(lambda: True, lambda: stops.append([*watch.thread.noted]))
    job.add_part(watch.observer)
    inbox = Inbox()
    watch.observer.begin(MINUTE)
    with job.watched(inbox):
        watch.shows(3)
        job.request_stop()
        watch.shows(1, is_paused=True)
        job.tick(is_paused=True)
    assert stops == [["open", "DISPLAYING", "close"]]
    assert watch.shows(3600)[3:] == ["open", "DISPLAYING"]


@dataclass
class FakeLock:
    """Fails where it is told to; ``is_slow`` holds it up until it is set."""

    fails: bool = False
    noted: list[str] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    is_slow: threading.Event | None = None

    def take(self, wanted: Wakefulness) -> str:
        self.note(wanted.name)
        if self.is_slow:
            assert self.is_slow.wait(TIMEOUT_S)
        if self.fails:
            raise OSError("no")
        return "a fake"

    def give_back(self) -> None:
        self.note("back")
        if self.fails:
            raise OSError("no")

    def granted(self) -> str:
        return ""

    def note(self, what: str) -> None:
        self.noted.append(what)
        self.threads.add(threading.get_ident())


def taken(lock: FakeLock) -> list[str]:
    return [each for each in lock.noted if each != "back"]


@pytest.mark.parametrize("fails", [False, True])
def test_one_thread_takes_the_lock_and_gives_it_back(fails: bool, capfd: pytest.CaptureFixture[str]) -> None:
    lock = FakeLock(fails)
    thread = LockThread(lambda: lock)
    thread.open()
    thread.want(Wakefulness.RUNNING)
    wait_until(lambda: taken(lock) == ["RUNNING"], "it is not taken")
    thread.want(Wakefulness.MAY_SLEEP)
    wait_until(lambda: lock.noted[-2:] == ["RUNNING", "back"], "it is not given back")
    thread.want(Wakefulness.DISPLAYING)
    wait_until(lambda: taken(lock)[1:] == ["DISPLAYING"], "it is not taken again")
    thread.close()
    wait_until(lambda: lock.noted[-1] == "back", "it is not given back at the end")
    assert len(lock.threads) == 1
    assert capfd.readouterr() == ("", "")


def test_a_system_that_does_not_answer_holds_nothing_up_and_is_given_back_later() -> None:
    lock = FakeLock(is_slow=threading.Event())
    thread = LockThread(lambda: lock)
    thread.open()
    thread.want(Wakefulness.RUNNING)
    wait_until(lambda: taken(lock) == ["RUNNING"], "it is not taken")
    thread.want(Wakefulness.DISPLAYING)
    thread.close()
    assert lock.is_slow
    lock.is_slow.set()
    wait_until(lambda: lock.noted[-1] == "back", "it is not given back at the end")
    assert taken(lock) == ["RUNNING"]


def test_a_missing_library_is_silence(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def missing() -> FakeLock:
        raise ImportError("no wakepy")

    monkeypatch.setattr(lock_thread, "system_lock", missing)
    thread = LockThread()
    thread.open()
    thread.want(Wakefulness.RUNNING)
    thread.close()
    assert capfd.readouterr() == ("", "")
