"""The keys of the terminal while nothing plays: one at a time, asked for.

The rule: the terminal is changed only between `IdleKeyboard.take` and `IdleKeyboard.give_back`, and only while this
program is in its foreground: in the background it belongs to the shell. Ctrl-C is no key: it interrupts the program as
ever. After Ctrl-Z and ``fg`` the shell has changed the terminal, so that it is taken anew.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading

from player.live.screen.terminal import TerminalKeyboard


class IdleKeyboard:
    """The keyboard of the terminal that the program was started at."""

    def __init__(self) -> None:
        self._keyboard = TerminalKeyboard()
        self._heard = contextlib.ExitStack()

    def take(self) -> None:
        """Key by key from now on, without an echo; nothing happens if that is so, or the terminal is not ours."""
        if self._keyboard.is_taken:
            return
        self._keyboard.take()
        self._keyboard.forget()  # what was typed before was not for us
        can_hear = sys.platform != "win32" and threading.current_thread() is threading.main_thread()
        if self._keyboard.is_taken and can_hear:
            before = signal.signal(signal.SIGCONT, self._take_anew)
            self._heard.callback(signal.signal, signal.SIGCONT, before)

    def give_back(self) -> None:
        """Lines and echo as before; what nobody read is forgotten. Nothing happens if they are."""
        self._heard.close()
        self._keyboard.give_back()

    def read(self, seconds: float) -> str:
        """The next key by its name; nothing if none comes within so many seconds, or the terminal is not ours.

        Raises
        ------
        EOFError, OSError
            If the terminal is gone.
        """
        return self._keyboard.read(seconds) if self._keyboard.is_taken else ""

    def _take_anew(self, *_: object) -> None:
        self.give_back()
        self.take()
