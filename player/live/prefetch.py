"""The next session of a programme, prepared in a thread while the present one plays.

At most one is prepared at a time, so that at most two sessions are in memory. An error of a session is raised when that
session is taken, not in the middle of the present one.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Final

from player import pipeline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from typing_extensions import Self

    from player.pipeline import Machine, Prepared
    from player.pipeline.turns import Turn

_LOOK_EVERY_S: Final = 0.2  # Windows delivers Ctrl-C only between two waits
_LEAVES_WITHIN_S: Final = 3.0


class Prefetcher:
    """Prepares sessions in order, one at a time, each in a thread.

    ``speaking`` is held meanwhile: a voice that has finished stops all its workers, also those of another thread.
    """

    def __init__(self, turns: Sequence[Turn], machine: Machine, speaking: threading.Lock | None = None) -> None:
        self._turns = iter(turns)
        self._machine = machine
        self._speaking = speaking or threading.Lock()
        self._next: Future[Prepared] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop the voice; a thread that is busy with something else is abandoned, and ends with the program."""
        until = time.monotonic() + _LEAVES_WITHIN_S
        while self._next and not self._next.done() and time.monotonic() < until:
            self._machine.engine.stop()
            wait([self._next], _LOOK_EVERY_S)

    def begin(self) -> None:
        """Start to prepare the next session, if there is one and it is not being prepared."""
        if self._next is None and (turn := next(self._turns, None)):
            self._next = Future()
            threading.Thread(target=self._prepare, args=(turn, self._next), name="prefetch", daemon=True).start()

    def take(self) -> Prepared:
        """Wait for the next session, and return it.

        Raises
        ------
        PlayerError
            If it cannot be prepared.
        """
        self.begin()
        if self._next is None:
            raise IndexError("there is no other session")
        while not self._next.done():
            wait([self._next], _LOOK_EVERY_S)
        taken, self._next = self._next, None
        return taken.result()

    def _prepare(self, turn: Turn, ready: Future[Prepared]) -> None:
        try:
            with self._speaking:
                ready.set_result(pipeline.prepare(turn.requested, self._machine))
        except BaseException as error:  # noqa: BLE001 (it is raised where the session is taken)
            ready.set_exception(error)
