"""One worker process: answers, silence, garbage, death, and who dies with it."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

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


def test_a_process_that_escaped_with_the_pipe_does_not_block(tmp_path: Path) -> None:
    escape = "import subprocess, sys; child = subprocess.Popen(['sleep', '60'], start_new_session=True)"
    script = tmp_path / "worker.py"
    script.write_text(f"{escape}; open({str(tmp_path / 'child')!r}, 'w').write(str(child.pid)); sys.stdin.read()")
    worker = Worker([sys.executable, "-I", str(script)])
    with pytest.raises(WorkerError, match="did not answer within 2 s"):
        worker.ask(REQUEST, 2)
    os.kill(int((tmp_path / "child").read_text()), 9)


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
