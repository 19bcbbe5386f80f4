"""Who is at the terminal while something plays: eyes, ears or nobody, and hands on the keys.

The rule: asked before anything plays, so it loads nothing. Whatever is heavy is made when the first sound is on its
way.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

import click

from player.live.screen.foreground import owns_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from player.live.controls.inbox import Inbox
    from player.live.controls.job_control import JobControl
    from player.live.observer import PlaybackObserver

Help = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TerminalUi:
    """What playing is to work with.

    Attributes
    ----------
    hand
        Puts controls into an inbox for as long as its context lasts, in which a session sounds; None where there is no
        terminal.
    views
        Each makes a view.
    has_keys
        Whether somebody can press a key.
    """

    hand: Callable[[Inbox], contextlib.AbstractContextManager[object]] | None = None
    views: tuple[Callable[[], PlaybackObserver], ...] = ()
    has_keys: bool = False


def stage(
    *,
    plain: bool,
    quiet: bool,
    notes: Callable[[], Iterable[str]] = tuple,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    environ: Mapping[str, str] = os.environ,
) -> TerminalUi:
    """The stage for this terminal; without one, and in the background of one, there is nobody, but for ``plain``.

    Parameters
    ----------
    notes
        Asked when a session begins: what has just been told of it. The pacer covers that, and so shows it once more.
    plain
        Lines instead of the pacer, wherever they go.
    quiet
        Nothing to see; keys work all the same.
    """
    is_ours = owns_terminal()
    seen = is_ours and _is_terminal(stderr or sys.stderr)
    # Keys need a terminal on the other side as well, or nobody can tell that they are not typed into something else.
    pressed = is_ours and _is_terminal(stdin or sys.stdin) and (seen or _is_terminal(stdout or sys.stdout))
    backstage = _UiParts(notes, has_keys=pressed)
    views: tuple[Callable[[], PlaybackObserver], ...] = ()
    if not quiet and (plain or seen):
        views = (backstage.lines if plain or environ.get("TERM") == "dumb" else backstage.pacer,)
    if seen or pressed:
        return TerminalUi(backstage.hand, (*views, backstage.job), pressed)
    return TerminalUi(None, views)


def _is_terminal(stream: TextIO) -> bool:
    with contextlib.suppress(AttributeError, ValueError):  # a program without a console has None, or a closed one
        return stream.isatty()
    return False


class _UiParts:
    """Makes them, each when it is needed."""

    def __init__(self, notes: Callable[[], Iterable[str]], *, has_keys: bool) -> None:
        self._notes = notes
        self._has_keys = has_keys
        self._job: JobControl | None = None

    def job(self) -> JobControl:
        """The one that gives the terminal back at Ctrl-Z."""
        from player.live.controls.job_control import JobControl  # noqa: PLC0415 (the rule above)

        self._job = self._job or JobControl()
        return self._job

    def pacer(self) -> PlaybackObserver:
        """For eyes."""
        from player.live.screen.pacer import Pacer  # noqa: PLC0415 (the rule above)
        from player.live.screen.terminal import TerminalScreen  # noqa: PLC0415

        canvas = TerminalScreen()
        self.job().hold(canvas)
        return Pacer(canvas, _say, self._keys(), self._notes)

    def lines(self) -> PlaybackObserver:
        """For ears."""
        from player.live.screen.lines import SpokenObserver  # noqa: PLC0415 (the rule above)

        return SpokenObserver(_say, self._keys())

    @contextlib.contextmanager
    def hand(self, inbox: Inbox) -> Iterator[None]:
        """The keys, where there are any, and Ctrl-Z."""
        from player.live.controls.keys import KeyControls  # noqa: PLC0415 (the rule above)
        from player.live.screen.terminal import TerminalKeyboard  # noqa: PLC0415

        with contextlib.ExitStack() as stack:
            stack.enter_context(self.job().watched(inbox))
            if self._has_keys:
                keyboard = TerminalKeyboard()
                self.job().hold(keyboard)
                stack.enter_context(KeyControls(inbox, keyboard))
            yield

    def _keys(self) -> Help:
        from player.live.controls.keys import HELP  # noqa: PLC0415 (the rule above)

        return HELP if self._has_keys else ()


def _say(text: str) -> None:
    click.echo(text, err=True)
