"""What a terminal shows and hears while a session sounds: pacer or lines, keys, and job control.

All of it is imported when the first sound is on its way (``_terminal``).
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from player.live.controls.job_control import JobControl
from player.live.controls.keys import KEYS, SILENT_KEYS, KeyControls, help_of
from player.live.screen.lines import SpokenObserver
from player.live.screen.pacer import Pacer
from player.live.screen.terminal import TerminalKeyboard, TerminalScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from player.live.controls.inbox import Inbox
    from player.live.observer import PlaybackObserver

Help = tuple[tuple[str, str], ...]


class TerminalParts:
    """The parts, each made when it is asked for."""

    def __init__(self, notes: Callable[[], Iterable[str]], *, has_keys: bool, silent: bool) -> None:
        self._notes = notes
        self._has_keys = has_keys
        self._keys = SILENT_KEYS if silent else KEYS
        self._job: JobControl | None = None

    def job(self) -> JobControl:
        """The job control, which gives the terminal back at Ctrl-Z."""
        self._job = self._job or JobControl()
        return self._job

    def pacer(self) -> PlaybackObserver:
        """The pacer, to watch."""
        screen = TerminalScreen()
        self.job().add_part(screen)
        return Pacer(screen, _say, self._help(), self._notes)

    def lines(self) -> PlaybackObserver:
        """The lines, for a screen reader."""
        return SpokenObserver(_say, self._help())

    @contextlib.contextmanager
    def controls(self, inbox: Inbox) -> Iterator[None]:
        """Job control, and keys if there are any."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.job().watched(inbox))
            if self._has_keys:
                keyboard = TerminalKeyboard()
                self.job().add_part(keyboard)
                stack.enter_context(KeyControls(inbox, keyboard, self._keys))
            yield

    def _help(self) -> Help:
        return help_of(self._keys) if self._has_keys else ()


def _say(text: str) -> None:
    click.echo(text, err=True)
