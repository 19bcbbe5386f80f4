"""Announces sessions before they sound, and waits for the listener where a programme asks for it.

All text goes to stderr, and on a terminal its lines are wrapped between words. An instruction before a session is
always printed; titles and safety lines are not printed with ``--quiet``. Without a terminal to answer at, playing stops
before a session that has an instruction.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from player import pipeline
from player.cli._options import print_warning
from player.cli._stored_options import in_programme, origin
from player.errors import PlayerError, UsageError
from player.timeline import guiding
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.pipeline import Prepared, SessionRequest
    from player.pipeline.programmes import Adaptation
    from player.pipeline.turns import PlannedProgramme, Turn
    from player.script.session import Session


_USUAL_COLUMNS = 80


class Announcer:
    """Announces the sessions of one ``play`` command.

    Attributes
    ----------
    notes
        The safety lines that were printed last. The pacer covers them, so it shows them again.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._plan: PlannedProgramme | None = None
        self._has_begun = False
        self.notes: tuple[str, ...] = ()

    def turns(
        self, asked: SessionRequest, part: int | None, start_ms: int, adapted: Adaptation | None = None
    ) -> Sequence[Turn]:
        """The sessions to play, each adapted to the listener.

        Raises
        ------
        UsageError
            If ``--from`` is given for a programme.
        """
        requested = pipeline.as_requested(asked)
        adapted = adapted or pipeline.programmes.itself
        self._plan = pipeline.programmes.planned(requested, part, lambda each: adapted(in_programme(each)))
        if self._plan is None:
            return (pipeline.programmes.alone(adapted(requested)),)
        if start_ms:
            raise UsageError("--from is for one session; begin a programme at one of its parts with --part")
        return self._plan.turns

    def confirm(self, turn: Turn) -> bool:
        """Wait until the listener is ready. Returns whether the listener was asked.

        Before the first session nothing is asked without a terminal: the command itself is the answer.

        Raises
        ------
        PlayerError
            If a later session needs an answer, and there is no terminal.
        """
        first, self._has_begun = not self._has_begun, True
        if not turn.before:
            return False
        if sys.stdin.isatty() and sys.stderr.isatty():
            click.echo(err=True)
            tell(turn.before)
            click.prompt("Then press Enter", default="", show_default=False, prompt_suffix=" ", err=True)
            return True
        if first:
            click.echo(turn.before, err=True)
            return False
        raise PlayerError(
            f"{turn.before} There is no terminal to answer at, so playing stops here; go on with `{_command(turn)}`"
        )

    def announce(self, turn: Turn, ready: Prepared) -> None:
        """Print warnings, title, true length and safety lines, before the first sound of a session."""
        for warning in ready.warnings():
            print_warning(f"warning: {warning}")
        if self._quiet:
            return
        self.notes = ready.session.safety
        prefix = ""
        if self._plan is not None:
            self._announce_part(self._plan, turn)
            prefix = f"{turn.number} of {self._plan.count}: "
        announce(ready.session, ready.timeline.total_ms, prefix)
        print_takes(ready)
        print_notes(ready)

    def announce_resume(self, at_ms: int) -> int:
        """Print where the first session goes on, and return that position."""
        if at_ms and not self._quiet:
            click.echo(f"  It goes on at {timecode(at_ms)}.", err=True)
        return at_ms

    def _announce_part(self, plan: PlannedProgramme, turn: Turn) -> None:
        """Print the programme's heading before its first session, and a part's before the part's first session."""
        if turn.number == plan.turns[0].number:
            click.echo(heading(plan), err=True)
        if not turn.opens:
            return
        part = next(each for each in plan.parts if each.number == turn.part)
        click.echo(f"\n{part.title}", err=True)
        if part.about:
            tell(part.about, "  ")


def announce(session: Session, total_ms: int, prefix: str = "") -> None:
    """Print a session's title, true length and safety lines."""
    click.echo(f"{prefix}{session.title}, {timecode(total_ms)}", err=True)
    for line in session.safety:
        tell(line, "  ")


def tell(text: str, margin: str = "") -> None:
    """Print a text to stderr, behind a margin; on a terminal in lines that fit, otherwise in one."""
    lines = [margin + text]
    if sys.stderr.isatty():
        lines = textwrap.wrap(text, max(_columns(), 20), initial_indent=margin, subsequent_indent=margin)
    click.echo("\n".join(lines), err=True)


def _columns() -> int:
    with contextlib.suppress(OSError, ValueError):  # a stream that only looks like a terminal
        return os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_COLUMNS
    return _USUAL_COLUMNS


def print_takes(ready: Prepared) -> None:
    """Print how many lines are in the user's own voice, if ``--takes`` is given."""
    if ready.request.takes is not None:
        own, lines = ready.takes
        click.echo(f"  In your own voice: {own} of {lines} lines.", err=True)


def print_notes(ready: Prepared) -> None:
    """Print what of ``--guide`` this session cannot have."""
    for note in ready.notes:
        click.echo(f"  {note}", err=True)
    if origin("guide") == "option" and not guiding.breaths(ready.timeline):
        click.echo("  It has no breaths, so --guide changes nothing.", err=True)


def heading(plan: PlannedProgramme) -> str:
    """Title, number of sessions and total length, in one line."""
    about = "" if plan.exact else "about "
    sessions = "1 session" if len(plan.turns) == 1 else f"{len(plan.turns)} sessions"
    return f"{plan.title}, {sessions}, {about}{timecode(plan.length_ms)}"


def _command(turn: Turn) -> str:
    """The command that goes on with this session: with its part, or with the session alone in the middle of a part."""
    if turn.opens:
        return shlex.join(["player", "play", turn.programme, "--part", str(turn.part)])
    values = (part for word, text in turn.request.values.items() for part in ("-p", f"{word}={text}"))
    return shlex.join(["player", "play", turn.request.session, *values])
