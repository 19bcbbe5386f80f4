"""The terminal: its screen and its keyboard are taken while a session plays, and restored afterwards.

This is the only module that imports blessed, and it is imported only when something plays. The terminal is never
queried: some answer late or not at all, and a late answer would be read as a key. The terminal is restored in any case,
at the latest when Python ends. Writing to a terminal that is gone or stopped (Ctrl-S) never blocks and never raises.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import sys
import threading
import time
from typing import TYPE_CHECKING, Final, TextIO, cast

import blessed

from player.live.screen.foreground import owns_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from player.live.screen.rows import Ink, Row

_BEGIN_FRAME: Final = "\x1b[?2026h"
_END_FRAME: Final = "\x1b[?2026l"
"""Terminals that know this mode show a picture when it is complete; others ignore it."""
_READER_TIMEOUT_S: Final = 1.0
_ESCAPED_O: Final = "KEY_ALT_SHIFT_O"
_APPLICATION_KEYS: Final = {"A": "KEY_UP", "B": "KEY_DOWN", "C": "KEY_RIGHT", "D": "KEY_LEFT"}
"""The letters after Esc and O, if an earlier program left the arrow keys in application mode."""

if sys.platform == "win32":
    _GONE: tuple[type[Exception], ...] = (OSError, EOFError)
else:
    import termios

    _GONE = (OSError, EOFError, termios.error)
"""The errors of a terminal that is gone."""


class TerminalScreen:
    """The screen, to draw rows on.

    Parameters
    ----------
    stream
        The terminal that it writes to.
    is_ours
        Returns whether the terminal may be taken.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        environ: Mapping[str, str] = os.environ,
        is_ours: Callable[[], bool] = owns_terminal,
    ) -> None:
        self._stream = stream = stream or sys.stderr
        self._is_ours = is_ours
        # blessed queries the terminal's name and waits up to five seconds, but only through the standard streams.
        self.encoding = stream.encoding or "ascii"
        self._out = open(stream.fileno(), "wb", buffering=0, closefd=False)  # noqa: SIM115 (nothing to close)
        with _without_no_color():
            self._terminal = terminal = blessed.Terminal(stream=cast("TextIO", self._out))
        colours = not environ.get("NO_COLOR")
        self._inks: dict[Ink, str] = {
            "plain": "",
            "faint": terminal.dim,
            "strong": terminal.bold,
            "breath": terminal.cyan if colours else "",
            "tension": terminal.yellow if colours else "",
        }
        self._normal = terminal.normal
        self._drawn: dict[int, Row] = {}
        self._size = self._drawn_size = (80, 24)
        self.is_taken = False

    def size(self) -> tuple[int, int]:
        """The current columns and rows."""
        with contextlib.suppress(OSError):
            columns, rows = os.get_terminal_size(self._out.fileno())
            self._size = (columns or 80, rows or 24)
        return self._size

    def take(self) -> None:
        """Save the screen's content, and hide the cursor."""
        if not self.is_taken and self._is_ours():
            self.is_taken = True
            self._drawn.clear()
            atexit.register(self.give_back)
            at = self._terminal
            self._write(at.enter_fullscreen + at.hide_cursor + at.clear)

    def give_back(self) -> None:
        """Restore the screen, the cursor and the colours, if they were taken."""
        if self.is_taken:
            self.is_taken = False
            atexit.unregister(self.give_back)
            at = self._terminal
            self._write(self._normal + (at.exit_fullscreen or at.clear) + at.normal_cursor)

    def draw(self, rows: Sequence[Row]) -> None:
        """Draw a picture of the last `size`, from the top row on. Only rows that have changed are written."""
        if self._size != self._drawn_size:  # the terminal has moved the old rows
            self._drawn_size, self._drawn = self._size, {}
        changed = {y: row for y, row in enumerate(rows) if self._drawn.get(y) != row}
        if changed and self.is_taken and _can_write(self._out.fileno()):
            at = self._terminal
            lines = (f"{at.move_xy(0, y)}{self._inked(row)}{at.clear_eol}" for y, row in changed.items())
            is_whole = self._write("".join((_BEGIN_FRAME, *lines, _END_FRAME)))
            self._drawn = self._drawn | changed if is_whole else {}

    def _inked(self, row: Row) -> str:
        return "".join(
            f"{ink}{piece.text}{self._normal}" if (ink := self._inks[piece.ink]) else piece.text for piece in row
        )

    def _write(self, text: str) -> bool:
        """Write a text. Returns whether all of it was written."""
        left = memoryview(text.encode(self.encoding, "replace"))
        with contextlib.suppress(OSError):  # the terminal is gone, and SIGHUP ends the player
            while left and (written := self._out.write(left)):
                left = left[written:]
        return not left


class TerminalKeyboard:
    """The keys of the terminal, read one by one and without an echo."""

    def __init__(self, is_ours: Callable[[], bool] = owns_terminal) -> None:
        self._is_ours = is_ours
        # Any standard stream of the terminal works; without styling nothing is ever written to it.
        stream = next((each for each in (sys.__stderr__, sys.__stdout__) if each and each.isatty()), None)
        self._terminal = blessed.Terminal(stream=stream, force_styling=None)
        self._stack = contextlib.ExitStack()
        self._lock = threading.Lock()  # so that no thread reads the terminal after it: the shell would stop us
        self.is_taken = False

    def take(self) -> None:
        """Read key by key from now on. Ctrl-C and Ctrl-Z work as always."""
        if not self.is_taken and self._is_ours():
            self._stack.enter_context(self._terminal.cbreak())
            self.is_taken = True
            atexit.register(self.give_back)

    def give_back(self) -> None:
        """Restore lines and echo, and drop unread keys, if the keyboard was taken."""
        with self._reader_stopped():
            if not self.is_taken:
                return
            self.is_taken = False
            atexit.unregister(self.give_back)
            if not owns_terminal():
                self._stack.pop_all()  # the shell has set its own mode, and would stop us if we changed it
                return
            self.forget()
            with contextlib.suppress(*_GONE):
                self._stack.close()

    def forget(self) -> None:
        """Drop keys that were pressed and not read."""
        if self.is_taken or owns_terminal():
            with contextlib.suppress(*_GONE):
                self._terminal.flushinp()

    @contextlib.contextmanager
    def _reader_stopped(self) -> Iterator[None]:
        """Wait until the reading thread has finished; after `_READER_TIMEOUT_S`, go on without it."""
        has_stopped = self._lock.acquire(timeout=_READER_TIMEOUT_S)
        try:
            yield
        finally:
            if has_stopped:
                self._lock.release()

    def read(self, seconds: float) -> str:
        """The next key: its name (``KEY_LEFT``) or its character; empty if none comes within ``seconds``.

        Raises
        ------
        EOFError, OSError
            If the terminal is gone.
        """
        with self._lock:
            if self.is_taken:
                return self._key(seconds)
        time.sleep(seconds)
        return ""

    def _key(self, seconds: float) -> str:
        key = self._terminal.inkey(timeout=seconds)
        if key.name == _ESCAPED_O:
            return _APPLICATION_KEYS.get(str(self._terminal.inkey(timeout=0)), "")
        return key.name or str(key)


@contextlib.contextmanager
def _without_no_color() -> Iterator[None]:
    """Hide NO_COLOR from blessed, which would not even move the cursor; https://no-color.org is about colours only."""
    hidden = os.environ.pop("NO_COLOR", None)
    try:
        yield
    finally:
        if hidden is not None:
            os.environ["NO_COLOR"] = hidden


def _can_write(descriptor: int) -> bool:
    """Whether writing would not block; always true on Windows, which cannot tell."""
    with contextlib.suppress(OSError):
        return sys.platform == "win32" or bool(select.select([], [descriptor], [], 0)[1])
    return False
