"""The next session of a programme, made ready in a thread while the present one plays.

The rule: at most one at a time, so that never more than two sessions are held. A problem that only the voice could tell
of comes when its session is taken, not in the middle of the present one.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from typing_extensions import Self

    from player.pipeline import Machine, Prepared
    from player.pipeline.turns import Turn

_LOOK_EVERY_S: Final = 0.2  # Windows hears Ctrl-C only between two waits
_LEAVES_WITHIN_S: Final = 3.0


class Prefetcher:
    """The next session, made ready in a thread while the present one plays; at most one at a time."""

    def __init__(self, turns: Sequence[Turn], machine: Machine) -> None:
        self._turns = iter(turns)
        self._machine = machine
        self._next: Future[Prepared] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop what is being spoken; a thread that is busy otherwise is left behind, and ends with the program."""
        until = time.monotonic() + _LEAVES_WITHIN_S
        while self._next and not self._next.done() and time.monotonic() < until:
            self._machine.engine.stop()
            wait([self._next], _LOOK_EVERY_S)

    def begin(self) -> None:
        """Begin with the next one; nothing happens if that is under way, or there is none."""
        if self._next is None and (turn := next(self._turns, None)):
            self._next = Future()
            threading.Thread(target=self._prepare, args=(turn, self._next), name="ahead", daemon=True).start()

    def take(self) -> Prepared:
        """The next one, as soon as it is ready.

        Raises
        ------
        PlayerError
            With what stands in its way.
        """
        self.begin()
        if self._next is None:
            raise IndexError("there is no other session")
        while not self._next.done():
            wait([self._next], _LOOK_EVERY_S)
        taken, self._next = self._next, None
        return taken.result()

    def _prepare(self, turn: Turn, ready: Future[Prepared]) -> None:
        from player import pipeline  # noqa: PLC0415 (heavy)

        try:
            ready.set_result(pipeline.prepare(turn.request, self._machine))
        except BaseException as error:  # noqa: BLE001 (it is raised where the session is taken)
            ready.set_exception(error)
