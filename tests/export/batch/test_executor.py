"""Processes that make files: they answer, die and stop as they should."""

from __future__ import annotations

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

from player.export.batch import executor as executors
from player.export.batch.executor import ProcessExecutor, WorkerProcess
from player.export.batch.jobs import STOPPED, ExportedFiles, ExportOrder, ExportTask, FailedExport
from player.export.options import ExportOptions
from player.pipeline import SessionRequest
from tests.sound_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    os.kill(executor._all[0]._process.pid, signal.SIGKILL)
    for thread in threads:
        thread.join(60)
    ended = "the process that made it ended by itself (SIGKILL); try again with --jobs 1"
    assert results["long"] == FailedExport(ended)
    assert isinstance(results["middle"], ExportedFiles)
    assert isinstance(executor.make(order("short"), nothing), ExportedFiles)


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
