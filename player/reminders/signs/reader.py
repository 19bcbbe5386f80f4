"""Reads all signs of this system at once, each in a thread, within a time limit.

One that has not answered in time is left out, and not asked again until it has. Nothing is said about one that fails:
most systems lack most of them.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Final

from player.reminders.politeness import Signs, together

if sys.platform == "linux":
    from player.reminders.signs.linux import READINGS
elif sys.platform == "darwin":
    from player.reminders.signs.macos import READINGS
elif sys.platform == "win32":
    from player.reminders.signs.windows import READINGS
else:
    READINGS = ()

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WITHIN_S: Final = 1.0


class SignReader:
    """Reads signs when it is called.

    Parameters
    ----------
    readings
        Each returns what it can tell, and may raise anything.
    within_s
        For all of them together.
    """

    def __init__(self, readings: Sequence[Callable[[], Signs]] = READINGS, within_s: float = WITHIN_S) -> None:
        self._looks = [_SignLook(each) for each in readings]
        self._within_s = within_s

    def __call__(self) -> Signs:
        """What all that answered tell together."""
        until = time.monotonic() + self._within_s
        for look in self._looks:
            look.begin()
        return together(look.result(max(0.0, until - time.monotonic())) for look in self._looks)


class _SignLook:
    """One reading, in a thread that ends with the program."""

    def __init__(self, read: Callable[[], Signs]) -> None:
        self._read = read
        self._thread: threading.Thread | None = None
        self._found = Signs()

    def begin(self) -> None:
        """Begin to read, unless the last reading still lasts."""
        if self._thread is None:
            self._found = Signs()
            self._thread = threading.Thread(target=self._run, name="sign", daemon=True)
            self._thread.start()

    def result(self, within_s: float) -> Signs:
        """What was read; nothing if that failed, or lasts longer."""
        if self._thread is not None:
            self._thread.join(within_s)
            if self._thread.is_alive():
                return Signs()
            self._thread = None
        return self._found

    def _run(self) -> None:
        try:
            self._found = self._read()
        except Exception:  # noqa: BLE001 (there is no such desktop, bus, program, file or right: there is no sign)
            self._found = Signs()
