"""The keys of the terminal while nothing plays, read one at a time.

The rule: the terminal is changed only between `IdleKeyboard.take` and `IdleKeyboard.give_back`, and only while this
program is in its foreground; in the background it belongs to the shell. Ctrl-C is not read as a key: it interrupts the
program as usual. After Ctrl-Z and ``fg`` the shell has changed the terminal, so it is set up again.
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
        """Read key by key from now on, without an echo; does nothing if that is so, or the terminal is not ours."""
        if self._keyboard.is_taken:
            return
        self._keyboard.take()
        self._keyboard.forget()  # discard what was typed before
        can_hear = sys.platform != "win32" and threading.current_thread() is threading.main_thread()
        if self._keyboard.is_taken and can_hear:
            before = signal.signal(signal.SIGCONT, self._take_anew)
            self._heard.callback(signal.signal, signal.SIGCONT, before)

    def give_back(self) -> None:
        """Restore lines and echo; unread keys are discarded. A second call does nothing."""
        self._heard.close()
        self._keyboard.give_back()

    def read(self, seconds: float) -> str:
        """The name of the next key; empty if none comes within ``seconds``, or the terminal is not ours.

        Raises
        ------
        EOFError, OSError
            If the terminal is gone.
        """
        return self._keyboard.read(seconds) if self._keyboard.is_taken else ""

    def _take_anew(self, *_: object) -> None:
        self.give_back()
        self.take()
