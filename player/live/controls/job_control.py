"""Job control: at Ctrl-Z the sound pauses and the terminal is restored before the program stops.

The device is another process, which would play on, so the program stops only when it is paused, or
when that takes too long. After ``fg`` the terminal is taken again and the pause stays. After ``bg`` the sound goes on,
and the terminal is left to the shell until the program is in the foreground again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Final, Protocol

from player.live.controls.commands import Control
from player.live.screen.foreground import owns_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from player.live.controls.inbox import Inbox

PAUSE_WITHIN_S: Final = 1.0


class JobPart(Protocol):
    """A part of the terminal, or of the system, that can be taken and given back."""

    @property
    def is_taken(self) -> bool:
        """Whether this program has it."""

    def take(self) -> None:
        """Take it."""

    def give_back(self) -> None:
        """Restore it."""


class JobControl:
    """Stops and continues the program as a shell's job; it ticks, because it must see the pause.

    Parameters
    ----------
    in_foreground
        Returns whether the program is in the terminal's foreground.
    stop
        Stops the program; returns when it continues.
    """

    def __init__(self, in_foreground: Callable[[], bool] | None = None, stop: Callable[[], None] | None = None) -> None:
        self._in_foreground = in_foreground or owns_terminal
        self._stop = stop or _stop
        self._parts: list[JobPart] = []
        self._given_back: list[JobPart] = []
        self._inbox: Inbox | None = None
        self._asked_at: float | None = None
        self._was_paused = self._is_paused = False
        self._has_continued = False

    def add_part(self, part: JobPart) -> None:
        """Add a part that must be given back before the program stops."""
        self._parts.append(part)

    @contextlib.contextmanager
    def watched(self, inbox: Inbox) -> Iterator[None]:
        """Handle Ctrl-Z in this context; only in the main thread, and not on Windows."""
        if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
            yield
            return
        self._inbox = inbox
        before = {each: signal.getsignal(each) for each in (signal.SIGTSTP, signal.SIGCONT)}
        signal.signal(signal.SIGTSTP, lambda *_: self.request_stop())
        signal.signal(signal.SIGCONT, lambda *_: self._continue())
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
            self._given_back.clear()

    def request_stop(self) -> None:
        """Ask for a pause; `tick` stops the program when it sees that."""
        if self._inbox is not None and self._asked_at is None:
            self._asked_at, self._was_paused = time.monotonic(), self._is_paused
            self._inbox.put(Control.PAUSE)

    def tick(self, *, is_paused: bool) -> None:
        """Stop the program when it is paused; later take the terminal when the program is in its foreground."""
        self._is_paused = is_paused
        if self._asked_at is not None and (is_paused or time.monotonic() > self._asked_at + PAUSE_WITHIN_S):
            self._halt()
        elif self._given_back and self._in_foreground():
            self._take()
        elif self._has_continued and self._in_foreground():  # another signal stopped it
            self._has_continued = False
            self._give_back()
            self._take()

    def _continue(self) -> None:
        self._has_continued = True

    def _halt(self) -> None:
        self._give_back()
        self._stop()
        self._asked_at, self._has_continued = None, False
        if self._in_foreground():
            self._take()
        elif self._inbox is not None and not self._was_paused:
            self._inbox.put(Control.RESUME)

    def _give_back(self) -> None:
        self._given_back = [part for part in self._parts if part.is_taken]
        for part in reversed(self._given_back):
            part.give_back()

    def _take(self) -> None:
        taken, self._given_back = self._given_back, []
        for part in taken:
            part.take()


def _stop() -> None:
    if sys.platform != "win32":
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)
