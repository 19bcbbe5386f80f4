"""Who does the work: this process itself, or several of this machine.

The rule: an executor has places, and does one order at a time in each; whatever happens there, an order ends in
`ExportedFiles` or a `FailedExport`. Processes, not threads: mixing holds the interpreter's lock for most of its time
(two threads took 65 s where two processes took 54 s; 1 200 s of sound as MP3, two busy cores), and one that dies takes
only its own file with it. Each holds about 130 MB.
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
from typing import TYPE_CHECKING, Any, Final, Protocol

from player.export.batch.jobs import ExportedFiles, FailedExport, make

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from player.export.batch.jobs import ExportOrder
    from player.pipeline import Machine

Report = Callable[[int, int], None]

_ENDS_WITHIN_S: Final = 5.0
_START: Final = "import sys; sys.path[:] = {path!r}; from player.export.batch.worker_process import main; main()"


class Executor(Protocol):
    """Places at which orders are done; `make` is called from as many threads as there are places."""

    places: int
    notes: tuple[str, ...]
    """What the user should know of the places: one sentence each."""

    def make(self, order: ExportOrder, report: Report) -> ExportedFiles | FailedExport:
        """Do an order; ``report`` hears of its progress. Never raises for what is wrong with the order."""
        ...

    def stop(self) -> None:
        """End all work at once; what is unfinished leaves nothing."""
        ...


class InProcessExecutor:
    """One place, in the process that asks."""

    places = 1
    notes: tuple[str, ...] = ()

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._stopped = False

    def make(self, order: ExportOrder, report: Report) -> ExportedFiles | FailedExport:
        """See `Executor.make`."""

        def tell(done: int, total: int) -> None:
            if self._stopped:
                raise KeyboardInterrupt
            report(done, total)

        return make(order, self._machine, tell)

    def stop(self) -> None:
        """See `Executor.stop`."""
        self._stopped = True
        self._machine.engine.stop()


class ProcessExecutor:
    """Processes of this machine, started when they are needed."""

    notes: tuple[str, ...] = ()

    def __init__(self, places: int) -> None:
        self.places = places
        self._idle: queue.LifoQueue[WorkerProcess] = queue.LifoQueue()
        self._all: list[WorkerProcess] = []
        self._lock = threading.Lock()
        self._stopped = False

    def make(self, order: ExportOrder, report: Report) -> ExportedFiles | FailedExport:
        """See `Executor.make`."""
        maker = self._hired()
        if maker is None:
            return FailedExport("it was stopped")
        result = maker.make(order, report)
        if result is None:
            maker.stop()
            return FailedExport(
                f"the process that made it ended by itself ({maker.last_words()}); try again with --jobs 1"
            )
        self._idle.put(maker)
        return result

    def stop(self) -> None:
        """See `Executor.stop`."""
        with self._lock:
            self._stopped = True
        for maker in self._all:
            maker.dismiss()
        for maker in self._all:
            maker.stop()

    def _hired(self) -> WorkerProcess | None:
        with contextlib.suppress(queue.Empty):
            return self._idle.get_nowait()
        with self._lock:
            if self._stopped:
                return None
            self._all.append(maker := WorkerProcess())
        return maker


class WorkerProcess:
    """One process that makes files. See `player.export.batch.worker_process`.

    Parameters
    ----------
    folder, variables
        Where it works, and environment variables that are different there.
    """

    def __init__(self, folder: Path | None = None, variables: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START.format(path=[os.path.abspath(entry) for entry in sys.path])],  # noqa: PTH100
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, **(variables or {})},
            **_ON_ITS_OWN,
        )

    def make(self, order: ExportOrder, report: Report) -> ExportedFiles | FailedExport | None:
        """What became of an order; None if the process ended over it."""
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

    def dismiss(self) -> None:
        """Let it end: it clears away what it is making."""
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def stop(self) -> None:
        """End it: softly, then by force."""
        self.dismiss()
        try:
            self._process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:  # whoever reads it has come to its end
            self._process.stdout.close()

    def last_words(self) -> str:
        """How it ended."""
        code = self._process.wait()
        if code >= 0:
            return f"exit code {code}"
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
        return f"signal {-code}"


def _on_its_own() -> dict[str, Any]:
    """A session of its own, so that Ctrl-C reaches only the program."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


_ON_ITS_OWN: Final = _on_its_own()
