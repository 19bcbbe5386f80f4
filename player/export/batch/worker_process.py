"""A process that makes files: orders come in, what became of them goes out.

The rule: orders arrive as pickles on standard input, one after the other; on what was standard output go pairs
``(done, total)`` while one is worked on, and then a `Made` or `Failed`. The process ends when its input does, also in
the middle of its work: whoever asked is gone then. What libraries print goes to standard error.
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

_AT_MOST_EVERY = 100
"""Reports of progress are passed on for each hundredth part of a file; nobody can see more."""


def main() -> None:
    """Serve until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored for what runs behind it
    orders: queue.SimpleQueue[ExportOrder | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), name="orders", daemon=True).start()
    machine = pipeline.this_machine()
    try:
        while order := orders.get():
            _say(answers, make(order, machine, _Reports(answers)))
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(130)  # what was being made has been cleared away; nothing else is worth waiting for


def _listen(orders: queue.SimpleQueue[ExportOrder | None]) -> None:
    while True:
        try:
            orders.put(pickle.load(sys.stdin.buffer))  # noqa: S301 (from our own program)
        except EOFError:
            orders.put(None)
            signal.raise_signal(signal.SIGINT)  # the main thread clears away what it is making
            return


class _Reports:
    """Progress, passed on seldom enough."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers
        self._told = -1

    def __call__(self, done: int, total: int) -> None:
        part = done * _AT_MOST_EVERY // max(1, total)
        if part != self._told:
            self._told = part
            _say(self._answers, (done, total))


def _say(answers: BinaryIO, value: object) -> None:
    pickle.dump(value, answers)
    answers.flush()
