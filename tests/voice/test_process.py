"""One worker process: answers, silence, garbage, death, and who dies with it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from player import children
from player.voice.process import Worker, WorkerError
from tests.voice.conftest import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.voice.conftest import Workers

REQUEST = {"do": "speak", "text": "Breathe in.", "voice": "gmw/en", "rate": 105, "pitch": 50}


@pytest.fixture
def ask(workers: Workers, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def asked(deed: str, timeout_s: float = 30) -> dict[str, Any]:
        worker = Worker(workers.command(speak=deed))
        try:
            return worker.ask({**REQUEST, "file": str(tmp_path / "a.wav")}, timeout_s)
        finally:
            worker.kill()

    return asked


def test_an_answer_comes_back(ask: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    assert ask("well") == {"done": True}
    assert (tmp_path / "a.wav").stat().st_size > 10_000


def test_a_worker_answers_again_and_again(workers: Workers) -> None:
    worker = Worker(workers.command(), {"driver": "espeak"})
    answers = [worker.ask({"do": "describe"}, 30) for _ in range(3)]
    worker.kill()
    assert answers[0] == answers[1] == answers[2]
    assert len(workers.started) == 1


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("die", r"it died \(libfake: cannot allocate a voice\)"),
        ("die in the middle", "it died"),
        ("garbage", "it answered with garbage"),
        ("list", "it answered with garbage"),
        ("flood", "it answered with garbage"),
    ],
)
def test_no_proper_answer_is_an_error_and_the_end(
    ask: Callable[..., dict[str, Any]], workers: Workers, deed: str, reason: str
) -> None:
    with pytest.raises(WorkerError, match=f"^{reason}$"):
        ask(deed)
    assert not workers.alive()


def test_a_worker_that_hangs_is_killed_with_its_children(ask: Callable[..., dict[str, Any]], workers: Workers) -> None:
    with pytest.raises(WorkerError, match=r"^it did not answer within 2 s$"):
        ask("hang with child", timeout_s=2)
    assert len(workers.started) == 2
    assert wait_until(lambda: not workers.alive())  # a grandchild cannot be waited for: the system reaps it


def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(WorkerError, match=r"cannot be started \(No such file or directory\)"):
        Worker(["/nonexistent/python"])


def test_a_script_that_is_not_there_is_an_error_with_its_complaint() -> None:
    worker = Worker([sys.executable, "-I", "/nonexistent/worker.py"])
    with pytest.raises(WorkerError, match=r"it died \(.*No such file or directory"):
        worker.ask({"do": "describe"}, 30)


def test_a_worker_that_does_not_even_read_is_killed(workers: Workers) -> None:
    worker = Worker(workers.command(speak="hang"))
    with pytest.raises(WorkerError):
        worker.ask(REQUEST, 0.5)
    worker = Worker([sys.executable, "-c", "import time; time.sleep(1000)"])
    with pytest.raises(WorkerError):
        worker.ask({**REQUEST, "text": "Breathe in. " * 100_000}, 0.5)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a pipe")
@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("stop", "it was stopped by a signal"),
        ("stop with child", "it was stopped by a signal"),
        ("stop its child", "it did not answer within 1 s"),
        ("close its output", "it died"),
        ("ignore signals", "it did not answer within 1 s"),
        ("leave a session and end", "it died"),
        ("leave a session and hang", "it did not answer within 1 s"),
        ("complain for ever", "it did not answer within 1 s"),
    ],
)
def test_whatever_it_does_it_is_gone_within_its_limit(
    ask: Callable[..., dict[str, Any]], workers: Workers, hurried: None, deed: str, reason: str
) -> None:
    del hurried
    began = time.monotonic()
    with pytest.raises(WorkerError, match=f"^{reason}$"):
        ask(deed, timeout_s=1)
    assert time.monotonic() - began < 15
    assert wait_until(lambda: not workers.alive())


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "STOPPED_S", 0.3)
    monkeypatch.setattr(children, "_SLICE_S", 0.1)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_one_that_was_stopped_before_it_was_asked_is_given_up(workers: Workers, hurried: None) -> None:
    del hurried
    worker = Worker(workers.command())
    worker.ask({"do": "describe"}, 30)
    os.kill(workers.started[0], signal.SIGSTOP)
    with pytest.raises(WorkerError, match="it was stopped by a signal"):
        worker.ask({**REQUEST, "text": "Breathe in. " * 100_000}, 60)
    assert not workers.alive()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_one_that_is_stopped_ends_with_the_program(workers: Workers) -> None:
    worker = Worker(workers.command())
    worker.ask({"do": "describe"}, 30)
    os.kill(workers.started[0], signal.SIGSTOP)
    began = time.monotonic()
    worker.kill()
    assert time.monotonic() - began < 5
    assert not workers.alive()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_one_that_is_stopped_and_goes_on_answers(workers: Workers) -> None:
    worker = Worker(workers.command())
    worker.ask({"do": "describe"}, 30)
    os.kill(workers.started[0], signal.SIGSTOP)
    threading.Timer(0.7, os.kill, (workers.started[0], signal.SIGCONT)).start()
    assert worker.ask({"do": "describe"}, 30)["driver"] == "espeak"
    worker.kill()


def test_an_answer_that_cannot_be_read_is_an_error_at_once(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object, pipe: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(children._Answers, "_next", fail)
    with pytest.raises(WorkerError, match=r"^its answer cannot be read$"):
        Worker(workers.command()).ask({"do": "describe"}, 60)
    assert not workers.alive()


def test_a_dead_worker_stays_dead(workers: Workers) -> None:
    worker = Worker(workers.command())
    worker.kill()
    worker.kill()
    with pytest.raises(WorkerError):
        worker.ask({"do": "describe"}, 30)
    assert not workers.alive()


def test_killing_from_another_thread_ends_a_wait_at_once(workers: Workers) -> None:
    worker = Worker(workers.command(speak="hang"))
    worker.ask({"do": "describe"}, 30)
    threading.Timer(0.2, worker.kill).start()
    started = time.monotonic()
    with pytest.raises(WorkerError):
        worker.ask(REQUEST, 300)
    assert time.monotonic() - started < 60
    assert wait_until(lambda: not workers.alive())  # its pipe ends a moment before it does


@pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")
def test_a_worker_is_out_of_reach_of_ctrl_c(workers: Workers) -> None:
    worker = Worker(workers.command())
    worker.ask({"do": "describe"}, 30)
    (number,) = workers.started
    assert os.getsid(number) == os.getpgid(number) == number
    worker.kill()
