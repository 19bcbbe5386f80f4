"""A pool of worker processes: one for each thread that asks at the same time, started when it is needed.

The rule: no worker outlives `WorkerPool.stop`, whatever it is doing (tests/voice/test_pool.py). The pool does not know
what the requests mean.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from player.voice.process import Worker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class WorkerPool:
    """Workers of one command.

    Parameters
    ----------
    command
        The worker's command line.
    setup
        The first message to each worker, see `Worker`.
    """

    def __init__(self, command: Sequence[str], setup: Mapping[str, Any]) -> None:
        self._command = command
        self._setup = setup
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: list[Worker] = []

    def answer(self, request: Mapping[str, Any], timeout_s: float, *, is_new: bool = False) -> dict[str, Any]:
        """A worker's answer. The worker stays for the next request.

        Parameters
        ----------
        is_new
            Ask a new worker.

        Raises
        ------
        WorkerError
            If the worker cannot be started, or does not answer properly within ``timeout_s`` seconds; it is killed.
        """
        worker = self._acquire(is_new=is_new)
        try:
            answer = worker.ask(request, timeout_s)
        except BaseException:
            self._discard(worker)
            raise
        self._release(worker, spent=bool(answer.get("last")))
        return answer

    def begin(self, request: Mapping[str, Any]) -> None:
        """Start a worker with a request that has no answer. It gets the next one, even if it is still busy with this.

        Raises
        ------
        WorkerError
            If the worker cannot be started, or does not even take it.
        """
        with self._lock:
            worker = Worker(self._command, self._setup)
            worker.tell(request)
            self._idle.append(worker)

    def stop_idle(self) -> None:
        """Kill the idle workers."""
        with self._lock:
            workers = self._idle.copy()
            self._idle.clear()
        for worker in workers:
            worker.kill()

    def stop(self) -> None:
        """Kill all workers, busy or idle; the next request starts others."""
        with self._lock:
            workers = self._idle + self._busy
            self._idle.clear()
            self._busy.clear()
        for worker in workers:
            worker.kill()

    def _acquire(self, *, is_new: bool) -> Worker:
        with self._lock:  # starting under the lock, so that `stop` misses no worker
            worker = Worker(self._command, self._setup) if is_new or not self._idle else self._idle.pop()
            self._busy.append(worker)
            return worker

    def _release(self, worker: Worker, *, spent: bool) -> None:
        with self._lock:
            stopped = worker not in self._busy
            if not stopped and not spent:
                self._busy.remove(worker)
                self._idle.append(worker)
        if spent:
            self._discard(worker)

    def _discard(self, worker: Worker) -> None:
        with self._lock:
            if worker in self._busy:
                self._busy.remove(worker)
        worker.kill()
