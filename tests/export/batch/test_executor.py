"""Processes that make files: they answer, die and stop as they should."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from player import children
from player.export.batch import executor as executors
from player.export.batch.executor import ProcessExecutor, WorkerProcess
from player.export.batch.jobs import STOPPED, ExportedFiles, ExportOrder, ExportTask, FailedExport
from player.export.options import ExportOptions
from player.pipeline import SessionRequest
from player.sound import ffmpeg
from tests.sound_server import wait_until
from tests.voice.conftest import is_alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BELL = "title: Bell\nsteps: [{chime: bell}, {pause: LENGTH}]\n"
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    Path("short.yaml").write_text(BELL.replace("LENGTH", "1s"))
    Path("middle.yaml").write_text(BELL.replace("LENGTH", "10m"))
    Path("long.yaml").write_text(BELL.replace("LENGTH", "4h"))


@pytest.fixture
def executor() -> Iterator[ProcessExecutor]:
    executor = ProcessExecutor(2)
    yield executor
    executor.stop()


def order(name: str) -> ExportOrder:
    return ExportOrder(name, ExportTask(SessionRequest(f"{name}.yaml"), ExportOptions("wav")), Path(f"out/{name}.wav"))


def nothing(done: int, total: int) -> None:
    pass


def under_way(name: str) -> bool:
    return any(path.stat().st_size > 10**6 for path in Path("out").glob(f".{name}.*.part"))


def test_a_process_is_kept_for_the_next_order(executor: ProcessExecutor) -> None:
    told: list[tuple[int, int]] = []
    first = executor.make(order("short"), lambda *each: told.append(each))
    assert isinstance(first, ExportedFiles)
    assert told[-1] == (7000, 7000)
    again = executor.make(order("short"), nothing)
    assert again == FailedExport("out/short.wav is there already; choose another name, or write over it with --force")
    assert len(executor._all) == 1


@needs_signals
def test_a_process_that_dies_takes_only_its_own_file(executor: ProcessExecutor) -> None:
    results: dict[str, ExportedFiles | FailedExport] = {}

    def make(name: str) -> None:
        results[name] = executor.make(order(name), nothing)

    threads = [threading.Thread(target=make, args=(name,)) for name in ("long", "middle")]
    threads[0].start()
    wait_until(lambda: under_way("long"), "nothing was written")
    threads[1].start()
    wait_until(lambda: under_way("middle"), "nothing was written beside it")
    os.kill(executor._all[0].pid, signal.SIGKILL)
    for thread in threads:
        thread.join(60)
    ended = "the process that made it ended by itself (SIGKILL); try again with --jobs 1"
    assert results["long"] == FailedExport(ended)
    assert isinstance(results["middle"], ExportedFiles)
    assert isinstance(executor.make(order("short"), nothing), ExportedFiles)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_SLICE_S", 0.05)
    monkeypatch.setattr(children, "STOPPED_S", 0.3)
    monkeypatch.setattr(executors, "_ENDS_WITHIN_S", 0.5)


@needs_signals
@pytest.mark.usefixtures("hurried")
@pytest.mark.skipif(not hasattr(os, "waitid"), reason="the system does not tell who is stopped")
def test_a_process_that_is_stopped_by_a_signal_is_given_up(executor: ProcessExecutor) -> None:
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(executor.make(order("long"), nothing)))
    thread.start()
    wait_until(lambda: under_way("long"), "nothing was written")
    os.kill(pid := executor._all[0].pid, signal.SIGSTOP)
    thread.join(20)
    ended = "the process that made it was stopped by a signal for 5 s, and was ended; start again"
    assert results == [FailedExport(ended)]
    assert not is_alive(pid)
    assert isinstance(executor.make(order("short"), nothing), ExportedFiles)


@needs_signals
@pytest.mark.usefixtures("hurried")
def test_processes_that_do_not_end_are_killed_together() -> None:
    """Each gets as long as all: four that hang are not waited for four times."""
    executor = ProcessExecutor(4)
    executor._all += [WorkerProcess() for _ in range(4)]
    for worker in executor._all:
        os.kill(worker.pid, signal.SIGSTOP)
    began = time.monotonic()
    executor.stop()
    assert time.monotonic() - began < 3
    assert not any(is_alive(worker.pid) for worker in executor._all)


def started_by(pid: int) -> set[int]:
    """The processes that a process has started, and those that these have."""
    found: set[int] = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found |= {int(path.parent.name)}
    return found.union(*map(started_by, found))


@pytest.mark.skipif(sys.platform != "linux", reason="only there it is told who started whom")
@pytest.mark.parametrize("end", [lambda pid: os.kill(pid, signal.SIGKILL), None], ids=["killed", "given up"])
@pytest.mark.parametrize(
    "makes",
    [pytest.param("ffmpeg", marks=pytest.mark.tools), pytest.param("speech", marks=pytest.mark.engine)],
)
@pytest.mark.usefixtures("hurried")
def test_what_a_process_has_started_does_not_outlive_it(makes: str, end: Callable[[int], None] | None) -> None:
    """ffmpeg and the speech workers have sessions of their own: they end because their input does."""
    if makes == "ffmpeg" and not ffmpeg.find():
        pytest.skip("needs ffmpeg")
    lines = "".join(f"  - say: Line {number} of a long text that is spoken for a while.\n" for number in range(400))
    Path("said.yaml").write_text(f"title: Said\nsteps:\n{lines}")
    name, form = ("long", "m4a") if makes == "ffmpeg" else ("said", "wav")
    wanted = ExportOrder(
        name, ExportTask(SessionRequest(f"{name}.yaml"), ExportOptions(form)), Path(f"out/{name}.{form}")
    )
    worker = WorkerProcess()
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(worker.make(wanted, nothing)))
    thread.start()
    wait_until(lambda: bool(results or started_by(worker.pid)), "it starts nothing")
    if isinstance(results and results[0], FailedExport):
        worker.stop()
        pytest.skip(str(results[0]))
    time.sleep(0.5)  # it is at work
    found = started_by(worker.pid)
    assert found
    if end:
        end(worker.pid)
    else:
        os.kill(worker.pid, signal.SIGSTOP)
    thread.join(20)
    worker.stop()
    assert results == [None]
    wait_until(lambda: not any(map(is_alive, found)), f"{found} still run")


def test_stopping_leaves_nothing(executor: ProcessExecutor) -> None:
    thread = threading.Thread(target=executor.make, args=(order("long"), nothing))
    thread.start()
    wait_until(lambda: under_way("long"), "nothing was written")
    began = time.monotonic()
    executor.stop()
    thread.join(10)
    assert time.monotonic() - began < 10
    assert list(Path("out").iterdir()) == []
    assert executor.make(order("short"), nothing) == FailedExport(STOPPED)


def test_an_idle_process_ends_at_once() -> None:
    worker = WorkerProcess()
    assert isinstance(worker.make(order("short"), nothing), ExportedFiles)
    began = time.monotonic()
    worker.stop()
    assert time.monotonic() - began < 3


class _FailingPipe(io.RawIOBase):
    """An input that cannot be read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: object) -> int:
        raise OSError(errno.EIO, "Input/output error")


def test_a_process_whose_input_fails_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would wait for orders without end, and the program for its answer."""
    raised: list[int] = []
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(_FailingPipe())))
    monkeypatch.setattr(signal, "raise_signal", raised.append)
    orders: queue.SimpleQueue[ExportOrder | None] = queue.SimpleQueue()
    executors._read_orders(orders)
    assert (orders.get_nowait(), raised) == (None, [signal.SIGINT])
