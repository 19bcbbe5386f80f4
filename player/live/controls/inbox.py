"""The inbox: the queue of controls between control sources and the playback loop.

The rule: `Inbox.put` never waits, in any thread and in a signal handler; and `Inbox.get` waits no longer than its
timeout. `queue.Queue` breaks the first: a signal handler may interrupt it while it holds its lock. `queue.SimpleQueue`
breaks the second: before Python 3.13 its ``get`` waits for ever if the timeout is over before it begins to wait,
because a negative rest means no limit. That happened with a timeout of 0 on a busy machine, and playing stopped.
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
    """Controls in the order of their arrival; one thread takes them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._controls: deque[AnyControl] = deque()
        self._arrival = threading.Lock()
        """Released when a control has arrived since the last wait."""

    def __len__(self) -> int:
        """The number of controls that are waiting."""
        return len(self._controls)

    def put(self, control: AnyControl) -> None:
        """Add a control."""
        self._controls.append(control)
        with contextlib.suppress(RuntimeError):  # it is released already
            self._arrival.release()

    def get(self, timeout: float) -> AnyControl:
        """The next control; wait for one at most ``timeout`` seconds.

        Raises
        ------
        queue.Empty
            If there is none.
        """
        until = self._clock() + timeout
        while not self._controls:
            left = until - self._clock()
            if left <= 0 or not self._arrival.acquire(timeout=left):
                break
        return self.get_nowait()

    def get_nowait(self) -> AnyControl:
        """The next control, without a wait.

        Raises
        ------
        queue.Empty
            If there is none now.
        """
        try:
            return self._controls.popleft()
        except IndexError:
            raise Empty from None
