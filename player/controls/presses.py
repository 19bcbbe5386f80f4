"""The keys of the terminal while nothing plays: one at a time, asked for.

The rule: the terminal is changed only between `Presses.take` and `Presses.give_back`, and only while this program is in
its foreground: in the background it belongs to the shell. Ctrl-C is no key: it interrupts the program as ever. After
Ctrl-Z and ``fg`` the shell has changed the terminal, so that it is taken anew.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading

import blessed


class Presses:
    """The keyboard of the terminal that the program was started at."""

    def __init__(self) -> None:
        self._terminal = blessed.Terminal(stream=sys.__stderr__, force_styling=None)
        self._taken = contextlib.ExitStack()
        self._is_taken = False

    def take(self) -> None:
        """Key by key from now on, without an echo; nothing happens if that is so, or the terminal is not ours."""
        if not self._is_taken and _is_in_foreground():
            self._is_taken = True
            self._taken.enter_context(self._terminal.cbreak())
            self._terminal.flushinp()  # what was typed before was not for us
            if sys.platform != "win32" and threading.current_thread() is threading.main_thread():
                before = signal.signal(signal.SIGCONT, self._take_anew)
                self._taken.callback(signal.signal, signal.SIGCONT, before)

    def give_back(self) -> None:
        """Lines and echo as before; what nobody read is forgotten. Nothing happens if they are."""
        if self._is_taken:
            self._is_taken = False
            if _is_in_foreground():
                self._terminal.flushinp()
                self._taken.close()
            else:
                self._taken.pop_all()  # by now the terminal is as the shell wants it

    def read(self, seconds: float) -> str:
        """The next key by its name; nothing if none comes within so many seconds, or the terminal is not ours.

        Raises
        ------
        EOFError, OSError
            If the terminal is gone.
        """
        if not self._is_taken:
            return ""
        key = self._terminal.inkey(timeout=seconds)
        return str(key.name or key)

    def _take_anew(self, *_: object) -> None:
        self.give_back()
        self.take()


def _is_in_foreground() -> bool:
    if sys.platform == "win32":
        return True
    return os.tcgetpgrp(sys.__stdin__.fileno()) == os.getpgrp() if sys.__stdin__ else False
