"""Executors: they do export orders in this process, or in several processes of this machine.

The rule: an executor does at most ``capacity`` orders at a time, and every order ends in `ExportedFiles` or a
`FailedExport`. Processes, not threads: mixing holds the interpreter's lock for most of its time (two threads took 65 s
where two processes took 54 s; 1 200 s of sound as MP3, two busy cores), and a process that dies loses only its own
file. Each takes about 130 MB.

A process reads orders as pickles on its standard input, one after the other. While it makes one, it writes pairs
``(done, total)`` to its original standard output, and at the end an `ExportedFiles` or a `FailedExport`. It ends when
its input ends, even while it makes a file: its parent is gone then. What libraries print goes to standard error.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from player import pipeline
from player.children import ON_ITS_OWN, ending
from player.export.batch.jobs import STOPPED, ExportedFiles, FailedExport, make

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from player.export.batch.jobs import ExportOrder
    from player.pipeline import Machine

Report = Callable[[int, int], None]

_ENDS_WITHIN_S: Final = 5.0
_MOST_REPORTS: Final = 100
"""Reports of progress for each file; more could not be seen."""
_START: Final = "import sys; sys.path[:] = {path!r}; from player.export.batch.executor import main; main()"


class Executor(Protocol):
    """Does orders; `make` is called from as many threads as it has capacity."""

    capacity: int
    """How many orders it does at the same time."""
    notes: tuple[str, ...]
    """Sentences for the user about where the files are made."""

    def make(self, order: ExportOrder, report: Report) -> ExportedFiles | FailedExport:
        """Do an order; ``report`` is called with its progress. A fault of the order is a result, and never raised."""
        ...

    def stop(self) -> None:
        """End all orders at once; unfinished ones leave no files."""
        ...


class InProcessExecutor:
    """Does one order at a time, in this process."""

    capacity = 1
    notes: tuple[str, ...] = ()

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._stopped = False

    def make(self, order: ExportOrder, report: Report) -> ExportedFiles | FailedExport:
        """See `Executor.make`."""

        def report_unless_stopped(done: int, total: int) -> None:
            if self._stopped:
                raise KeyboardInterrupt
            report(done, total)

        return make(order, self._machine, report_unless_stopped)

    def stop(self) -> None:
        """See `Executor.stop`."""
        self._stopped = True
        self._machine.engine.stop()


class ProcessExecutor:
    """Does orders in processes of this machine, which start when they are needed."""

    notes: tuple[str, ...] = ()

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._idle: queue.LifoQueue[WorkerProcess] = queue.LifoQueue()
        self._all: list[WorkerProcess] = []
        self._lock = threading.Lock()
        self._stopped = False

    def make(self, order: ExportOrder, report: Report) -> ExportedFiles | FailedExport:
        """See `Executor.make`."""
        worker = self._idle_worker()
        if worker is None:
            return FailedExport(STOPPED)
        result = worker.make(order, report)
        if result is None:
            worker.stop()
            return FailedExport(
                f"the process that made it ended by itself ({worker.exit_reason()}); try again with --jobs 1"
            )
        self._idle.put(worker)
        return result

    def stop(self) -> None:
        """See `Executor.stop`."""
        with self._lock:
            self._stopped = True
        for worker in self._all:
            worker.close_input()
        for worker in self._all:
            worker.stop()

    def _idle_worker(self) -> WorkerProcess | None:
        with contextlib.suppress(queue.Empty):
            return self._idle.get_nowait()
        with self._lock:
            if self._stopped:
                return None
            self._all.append(worker := WorkerProcess())
        return worker


class WorkerProcess:
    """One process that makes files; it runs `main`.

    Parameters
    ----------
    folder, variables
        Its working directory, and environment variables that differ from this process's.
    """

    def __init__(self, folder: Path | None = None, variables: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START.format(path=[os.path.abspath(entry) for entry in sys.path])],  # noqa: PTH100
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, **(variables or {})},
            **ON_ITS_OWN,
        )

    def make(self, order: ExportOrder, report: Report) -> ExportedFiles | FailedExport | None:
        """The result of an order; None if the process ended over it."""
        assert self._process.stdin  # noqa: S101 (both are pipes)
        assert self._process.stdout  # noqa: S101
        try:
            pickle.dump(order, self._process.stdin)
            self._process.stdin.flush()
            while True:
                answer = pickle.load(self._process.stdout)  # noqa: S301 (from our own process)
                if isinstance(answer, (ExportedFiles, FailedExport)):
                    return answer
                report(*answer)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            return None

    def close_input(self) -> None:
        """Let it end: it removes the file that it is making."""
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def stop(self) -> None:
        """Let it end, and kill it if it does not end in time."""
        self.close_input()
        try:
            self._process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:  # its reader has come to the end
            self._process.stdout.close()

    def exit_reason(self) -> str:
        """How it ended: an exit code or a signal."""
        return ending(self._process.wait())


def main() -> None:
    """Do orders until the input ends."""
    results = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it in background jobs
    orders: queue.SimpleQueue[ExportOrder | None] = queue.SimpleQueue()
    threading.Thread(target=_read_orders, args=(orders,), name="orders", daemon=True).start()
    machine = pipeline.this_machine()
    try:
        while order := orders.get():
            _send(results, make(order, machine, _ProgressReports(results)))
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(130)  # the unfinished file has been removed; nothing else needs time


def _read_orders(orders: queue.SimpleQueue[ExportOrder | None]) -> None:
    while True:
        try:
            orders.put(pickle.load(sys.stdin.buffer))  # noqa: S301 (from our own program)
        except (EOFError, OSError, MemoryError, pickle.UnpicklingError):  # no order can come any more
            orders.put(None)
            signal.raise_signal(signal.SIGINT)  # the main thread removes the unfinished file
            return


class _ProgressReports:
    """Sends progress, at most `_MOST_REPORTS` times a file."""

    def __init__(self, results: BinaryIO) -> None:
        self._results = results
        self._sent = -1

    def __call__(self, done: int, total: int) -> None:
        part = done * _MOST_REPORTS // max(1, total)
        if part != self._sent:
            self._sent = part
            _send(self._results, (done, total))


def _send(results: BinaryIO, value: object) -> None:
    pickle.dump(value, results)
    results.flush()
