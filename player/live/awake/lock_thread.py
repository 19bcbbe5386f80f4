"""A thread that holds the lock by which the system stays awake.

The system's libraries want a lock to be given back by the thread that took it, and both take time. The loop never
waits: `LockThread.want` returns at once, `LockThread.close` within `LEAVES_WITHIN_S`. A thread that is abandoned ends
with the program, and so do its locks.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Final, Protocol

from player.live.awake.wakefulness import Wakefulness

if TYPE_CHECKING:
    from collections.abc import Callable

LEAVES_WITHIN_S: Final = 0.15


class WakeLock(Protocol):
    """A lock of the system; all methods are called in one thread, and may raise anything."""

    def take(self, wanted: Wakefulness) -> str:
        """Take it, and return by what; empty if nothing of this system grants it."""

    def give_back(self) -> None:
        """Give it back, if it was taken."""

    def granted(self) -> str:
        """Try it: as `take`, and give it back."""


class LockThread:
    """Takes and gives back a lock as it is told to; ``new_lock`` makes another one than this system's."""

    def __init__(self, new_lock: Callable[[], WakeLock] | None = None) -> None:
        self._new_lock = new_lock or system_lock
        self._changed = threading.Condition()
        self._wanted: Wakefulness | None = Wakefulness.MAY_SLEEP
        """None ends the thread."""
        self._thread = threading.Thread(target=self._run, name="awake", daemon=True)

    def open(self) -> None:
        """Start the thread."""
        self._thread.start()

    def want(self, wanted: Wakefulness) -> None:
        """Tell how awake the machine has to be from now on."""
        self._tell(wanted)

    def close(self) -> None:
        """Give the lock back, and end the thread."""
        self._tell(None)
        self._thread.join(LEAVES_WITHIN_S)

    def _tell(self, wanted: Wakefulness | None) -> None:
        if wanted is not self._wanted:
            with self._changed:
                self._wanted = wanted
                self._changed.notify()

    def _run(self) -> None:
        with contextlib.suppress(Exception):  # without its library, the machine sleeps when it wants to
            lock, held = self._new_lock(), Wakefulness.MAY_SLEEP
            while (wanted := self._next(held)) is not None:
                held = wanted
                with contextlib.suppress(Exception):
                    lock.give_back()
                if wanted is not Wakefulness.MAY_SLEEP:
                    with contextlib.suppress(Exception):  # as above
                        lock.take(wanted)
            lock.give_back()

    def _next(self, held: Wakefulness) -> Wakefulness | None:
        """Wait until something else is wanted than what is held."""
        with self._changed:
            self._changed.wait_for(lambda: self._wanted is not held)
            return self._wanted


def system_lock() -> WakeLock:
    """The lock of this system.

    Raises
    ------
    ImportError
        If its library is missing.
    """
    from player.live.awake.wake_lock import SystemWakeLock  # noqa: PLC0415 (0.1 s, in a thread while the sound is on)

    return SystemWakeLock()
