"""The inbox: where controls come in from whoever has them, and wait until whoever plays takes them.

The rule: putting never waits, from any thread and from a signal's handler; and who takes waits no longer than was said.
`queue.Queue` keeps the second only, as a handler may interrupt it where it holds its lock. `queue.SimpleQueue` keeps
the first only: before Python 3.13 its ``get`` waits for ever where the time is over by the time that it begins to wait
(a negative rest of it means no limit). So it did with no time at all, on a busy machine, and nothing was played on.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from queue import Empty
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.controls.commands import AnyControl


class Inbox:
    """Controls in the order in which they came; one thread takes them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._controls: deque[AnyControl] = deque()
        self._bell = threading.Lock()
        """Open when something came since anybody waited."""

    def __len__(self) -> int:
        """How many are there to be taken."""
        return len(self._controls)

    def put(self, control: AnyControl) -> None:
        """Put one in."""
        self._controls.append(control)
        with contextlib.suppress(RuntimeError):  # it is open already
            self._bell.release()

    def get(self, timeout: float) -> AnyControl:
        """The next one, waited for at most so many seconds.

        Raises
        ------
        queue.Empty
            If there is none.
        """
        until = self._clock() + timeout
        while not self._controls:
            left = until - self._clock()
            if left <= 0 or not self._bell.acquire(timeout=left):
                break
        return self.get_nowait()

    def get_nowait(self) -> AnyControl:
        """The next one.

        Raises
        ------
        queue.Empty
            If there is none now.
        """
        try:
            return self._controls.popleft()
        except IndexError:
            raise Empty from None
