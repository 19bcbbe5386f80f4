"""A worker process: it reads orders, makes their files, and writes the results.

The rule: orders arrive as pickles on standard input, one after the other. While it makes one, it writes pairs
``(done, total)`` to the original standard output, and at the end an `ExportedFiles` or a `FailedExport`. It ends when
its input ends, even while it makes a file: its parent is gone then. What libraries print goes to standard error.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
from typing import TYPE_CHECKING, BinaryIO

from player import pipeline
from player.export.batch.jobs import make

if TYPE_CHECKING:
    from player.export.batch.jobs import ExportOrder

_MOST_REPORTS = 100
"""Reports of progress for each file; more could not be seen."""


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
        except EOFError:
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
