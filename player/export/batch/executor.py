"""Executors: they do export orders in this process, or in several processes of this machine.

The rule: an executor does at most ``capacity`` orders at a time, and every order ends in `ExportedFiles` or a
`FailedExport`. Processes, not threads: mixing holds the interpreter's lock for most of its time (two threads took 65 s
where two processes took 54 s; 1 200 s of sound as MP3, two busy cores), and a process that dies loses only its own
file. Each takes about 130 MB.

A process reads orders as pickles on its standard input, one after the other. While it makes one, it writes pairs
``(done, total)`` to its original standard output, and at the end an `ExportedFiles` or a `FailedExport`. It ends when
its input ends, even while it makes a file: its parent is gone then. What libraries print goes to standard error. One
that is stopped by a signal is given up, and ended; how long one may work cannot be known, so that is not limited.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import pickle
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from player import pipeline
from player.children import STOPPED_S, ChildProgram, StalledError, ending
from player.export.batch.jobs import STOPPED, ExportedFiles, FailedExport, make

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from _typeshed import WriteableBuffer

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
            return FailedExport(f"the process that made it {worker.end_in_words('try again with --jobs 1')}")
        self._idle.put(worker)
        return result

    def stop(self) -> None:
        """See `Executor.stop`."""
        with self._lock:
            self._stopped = True
        for worker in self._all:
            worker.close_input()
        end = time.monotonic() + _ENDS_WITHIN_S
        for worker in self._all:
            worker.stop(max(0.0, end - time.monotonic()))

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
        self._child = ChildProgram(
            [sys.executable, "-c", _START.format(path=[os.path.abspath(entry) for entry in sys.path])],  # noqa: PTH100
            stdin=True,
            stdout=True,
            env={**os.environ, **(variables or {})},
            cwd=folder,
        )
        self._results = io.BufferedReader(_Results(self._child))
        self._was_halted = False

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._child.pid

    def make(self, order: ExportOrder, report: Report) -> ExportedFiles | FailedExport | None:
        """The result of an order; None if the process ended over it, or was stopped by a signal for some seconds."""
        try:
            self._child.write(pickle.dumps(order), math.inf)
            while True:
                answer = pickle.load(self._results)  # noqa: S301 (from our own process)
                if isinstance(answer, (ExportedFiles, FailedExport)):
                    return answer
                report(*answer)
        except StalledError:
            self._was_halted = True
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            pass
        return None

    def close_input(self) -> None:
        """Let it end: it removes the file that it is making."""
        self._child.close_input()

    def stop(self, within_s: float = _ENDS_WITHIN_S) -> None:
        """Let it end, and kill it if it does not end in time. What it started ends by itself: its input is over."""
        self._child.close_input()
        with contextlib.suppress(StalledError):
            self._child.wait(within_s)
        self._child.end()

    def end_in_words(self, remedy: str) -> str:
        """How it ended, after `make` had no result, and `stop`; ``remedy`` is what to do if it ended by itself."""
        if self._was_halted:
            return f"was stopped by a signal for {STOPPED_S:.0f} s, and was ended; start again"
        return f"ended by itself ({ending(self._child.code)}); {remedy}"


class _Results(io.RawIOBase):
    """What a process writes, for as long as it is not stopped by a signal."""

    def __init__(self, child: ChildProgram) -> None:
        self._child = child
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        self._rest = self._rest or self._child.read(math.inf)  # a long text is spoken before the first report
        size = min(len(view), len(self._rest))
        view[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


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
