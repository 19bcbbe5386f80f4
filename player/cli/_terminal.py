"""The terminal's part in playing: a pacer to watch or lines to hear, and keys.

This runs before anything plays, so it imports nothing heavy (tests/cli/test_terminal.py). The heavy parts are imported
and made when the first sound is on its way.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from player.live.screen.foreground import owns_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from player.cli._terminal_parts import TerminalParts
    from player.live.controls.inbox import Inbox
    from player.live.controls.job_control import JobPart
    from player.live.observer import PlaybackObserver, Ticking


def _ignore(_: JobPart) -> None:
    """There is no job control."""


@dataclass(frozen=True)
class TerminalUi:
    """The parts of the terminal that playing works with.

    Attributes
    ----------
    controls
        Puts controls into an inbox while its context lasts, which is while a session sounds; None without a terminal.
    observers
        Each makes an observer.
    ticking
        Each makes what needs to tick while a session sounds.
    has_keys
        Whether keys can be pressed.
    add_job_part
        As `player.live.participants.Participants.add_job_part`; does nothing without job control.
    has_pacer
        Whether there is something to watch, and not only lines.
    """

    controls: Callable[[Inbox], contextlib.AbstractContextManager[object]] | None = None
    observers: tuple[Callable[[], PlaybackObserver], ...] = ()
    ticking: tuple[Callable[[], Ticking], ...] = ()
    has_keys: bool = False
    add_job_part: Callable[[JobPart], None] = _ignore
    has_pacer: bool = False


def terminal_ui(
    *,
    plain: bool,
    quiet: bool,
    silent: bool = False,
    notes: Callable[[], Iterable[str]] = tuple,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    environ: Mapping[str, str] = os.environ,
) -> TerminalUi:
    """The UI for this terminal. Without a terminal, or in its background, it is empty, but for the lines of ``plain``.

    Parameters
    ----------
    notes
        Called when a session begins: the safety lines just printed. The pacer covers them, so it shows them again.
    plain
        Lines instead of the pacer, also without a terminal.
    quiet
        No observer; keys still work.
    silent
        Nothing is heard, so there are no keys for what is.
    """
    is_ours = owns_terminal()
    seen = is_ours and _is_terminal(stderr or sys.stderr)
    # Keys also need a terminal for output: otherwise they may be meant for another program in the pipeline.
    pressed = is_ours and _is_terminal(stdin or sys.stdin) and (seen or _is_terminal(stdout or sys.stdout))
    parts = _LateParts(notes, has_keys=pressed, silent=silent)
    has_lines, has_pacer = plain or environ.get("TERM") == "dumb", False
    observers: tuple[Callable[[], PlaybackObserver], ...] = ()
    if not quiet and (plain or seen):
        observers, has_pacer = (parts.lines if has_lines else parts.pacer,), not has_lines
    if seen or pressed:
        return TerminalUi(parts.controls, observers, (parts.job,), pressed, parts.add_job_part, has_pacer)
    return TerminalUi(None, observers)


def _is_terminal(stream: TextIO) -> bool:
    with contextlib.suppress(AttributeError, ValueError):  # a program without a console has None, or a closed one
        return stream.isatty()
    return False


class _LateParts:
    """`TerminalParts`, which are imported when the first of them is asked for."""

    def __init__(self, notes: Callable[[], Iterable[str]], *, has_keys: bool, silent: bool) -> None:
        self._notes = notes
        self._has_keys = has_keys
        self._silent = silent

    @cached_property
    def _parts(self) -> TerminalParts:
        from player.cli._terminal_parts import TerminalParts  # noqa: PLC0415 (the first sound does not wait for it)

        return TerminalParts(self._notes, has_keys=self._has_keys, silent=self._silent)

    def pacer(self) -> PlaybackObserver:
        return self._parts.pacer()

    def lines(self) -> PlaybackObserver:
        return self._parts.lines()

    def job(self) -> Ticking:
        return self._parts.job()

    def add_job_part(self, part: JobPart) -> None:
        self._parts.job().add_part(part)

    def controls(self, inbox: Inbox) -> contextlib.AbstractContextManager[object]:
        return self._parts.controls(inbox)
