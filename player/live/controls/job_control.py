"""Ctrl-Z while something plays: the sound pauses first, and the terminal is given back before the program stops.

The rule: stopping waits until the pause is told, as the loudspeaker is another process, which plays on; if that takes
too long it stops all the same. When it goes on in the foreground the terminal is taken again and the pause stays; in
the background (``bg``) the sound goes on, and the terminal is left to the shell until it comes back (``fg``).
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
    from player.live.observer import PlaybackState
    from player.timeline.model import Timeline

PATIENCE_S: Final = 1.0


class TerminalPart(Protocol):
    """A part of the terminal that can be taken and given back."""

    @property
    def is_taken(self) -> bool:
        """Whether it is in our hands."""

    def take(self) -> None:
        """Have it."""

    def give_back(self) -> None:
        """As it was before."""


class JobControl:
    """What a shell calls a job; a view, because it must be told of the pause.

    Parameters
    ----------
    in_foreground
        Whether the terminal is ours.
    stop
        Stops the program; returns when it goes on.
    """

    def __init__(self, in_foreground: Callable[[], bool] | None = None, stop: Callable[[], None] | None = None) -> None:
        self._in_foreground = in_foreground or owns_terminal
        self._stop = stop or _stop
        self._held: list[TerminalPart] = []
        self._waiting: list[TerminalPart] = []
        self._inbox: Inbox | None = None
        self._asked: float | None = None
        self._was_paused = self._is_paused = False
        self._has_continued = False

    def hold(self, part: TerminalPart) -> None:
        """A part of the terminal that must be given back before the program stops."""
        self._held.append(part)

    @contextlib.contextmanager
    def watched(self, inbox: Inbox) -> Iterator[None]:
        """Ctrl-Z is heard for as long as this lasts; only in the main thread, and nowhere on Windows."""
        if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
            yield
            return
        self._inbox = inbox
        before = {each: signal.getsignal(each) for each in (signal.SIGTSTP, signal.SIGCONT)}
        signal.signal(signal.SIGTSTP, lambda *_: self.ask())
        signal.signal(signal.SIGCONT, lambda *_: self._continue())
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
            self._waiting.clear()

    def ask(self) -> None:
        """Pause, then stop."""
        if self._inbox is not None and self._asked is None:
            self._asked, self._was_paused = time.monotonic(), self._is_paused
            self._inbox.put(Control.PAUSE)

    def begin(self, timeline: Timeline) -> None:
        """Nothing to do."""

    def show(self, moment: PlaybackState) -> None:
        """Stop as soon as it is paused; afterwards take the terminal as soon as it is ours."""
        self._is_paused = moment.is_paused
        if self._asked is not None and (moment.is_paused or time.monotonic() > self._asked + PATIENCE_S):
            self._halt()
        elif self._waiting and self._in_foreground():
            self._take()
        elif self._has_continued and self._in_foreground():  # it was stopped by other ways than ours
            self._has_continued = False
            self._give_back()
            self._take()

    def end(self) -> None:
        """Nothing to do."""

    def _continue(self) -> None:
        self._has_continued = True

    def _halt(self) -> None:
        self._give_back()
        self._stop()
        self._asked, self._has_continued = None, False
        if self._in_foreground():
            self._take()
        elif self._inbox is not None and not self._was_paused:
            self._inbox.put(Control.RESUME)

    def _give_back(self) -> None:
        self._waiting = [part for part in self._held if part.is_taken]
        for part in reversed(self._waiting):
            part.give_back()

    def _take(self) -> None:
        taken, self._waiting = self._waiting, []
        for part in taken:
            part.take()


def _stop() -> None:
    if sys.platform != "win32":
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)
