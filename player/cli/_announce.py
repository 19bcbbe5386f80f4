"""Who leads a listener through what is played: titles and lengths before the sound, and waiting where it is asked.

The rule: words go to stderr. What has to be done before a session is always said; everything else only where it is not
to be quiet. Where there is no terminal to answer at, playing stops before such a session.
"""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import click

from player.errors import PlayerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.pipeline import Prepared, SessionRequest
    from player.pipeline.turns import PlannedProgramme, Turn
    from player.script.session import Session


class Announcer:
    """One listener's way through a session, or through a programme."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._plan: PlannedProgramme | None = None
        self._has_begun = False
        self.notes: tuple[str, ...] = ()
        """What was told last of how to listen safely; a pacer covers it, and so shows it once more."""

    def turns(self, asked: SessionRequest, part: int | None, start_ms: int) -> Sequence[Turn]:
        """What is to be played.

        Raises
        ------
        UsageError
            If an option is not for what is asked for.
        """
        from player.pipeline import programmes  # noqa: PLC0415 (see the package's rule)

        self._plan = programmes.planned(asked, part)
        if self._plan is None:
            return (programmes.alone(asked),)
        if start_ms:
            raise UsageError("--from is for one session; begin a programme at one of its parts with --part")
        return self._plan.turns

    def confirm(self, turn: Turn) -> bool:
        """Wait until the listener is ready; whether that took an answer.

        Raises
        ------
        PlayerError
            If there is no terminal to answer at; who begins here by a command has answered by it.
        """
        first, self._has_begun = not self._has_begun, True
        if not turn.before:
            return False
        if sys.stdin.isatty() and sys.stderr.isatty():
            click.echo(f"\n{turn.before}", err=True)
            click.prompt("Then press Enter", default="", show_default=False, prompt_suffix=" ", err=True)
            return True
        if first:
            click.echo(turn.before, err=True)
            return False
        raise PlayerError(
            f"{turn.before} There is no terminal to answer at, so playing stops here; go on with `{_command(turn)}`"
        )

    def announce(self, turn: Turn, ready: Prepared) -> None:
        """Title, true length and safety lines, before the first sound of a session."""
        if self._quiet:
            return
        self.notes = ready.session.safety
        place = ""
        if self._plan is not None:
            self._announce_part(self._plan, turn)
            place = f"{turn.number} of {self._plan.count}: "
        announce(ready.session, ready.timeline.total_ms, place)
        tell_takes(ready)

    def goes_on(self, at_ms: int) -> int:
        """Tell at which moment the first session goes on; the moment."""
        from player.units import timecode  # noqa: PLC0415

        if at_ms and not self._quiet:
            click.echo(f"  It goes on at {timecode(at_ms)}.", err=True)
        return at_ms

    def _announce_part(self, plan: PlannedProgramme, turn: Turn) -> None:
        """The programme before all, and a part before its first session."""
        if turn is plan.turns[0]:
            click.echo(heading(plan), err=True)
        if not turn.opens:
            return
        sitting = next(each for each in plan.sittings if each.number == turn.part)
        click.echo(f"\n{sitting.title}", err=True)
        if sitting.about:
            click.echo(f"  {sitting.about}", err=True)


def announce(session: Session, total_ms: int, place: str = "") -> None:
    """A session's title, true length and safety lines."""
    from player.units import timecode  # noqa: PLC0415

    click.echo(f"{place}{session.title}, {timecode(total_ms)}", err=True)
    for line in session.safety:
        click.echo(f"  {line}", err=True)


def tell_takes(ready: Prepared) -> None:
    """How much of a session is heard in the user's own voice, where that was asked for."""
    if ready.request.takes is not None:
        own, lines = ready.takes
        click.echo(f"  In your own voice: {own} of {lines} lines.", err=True)


def heading(plan: PlannedProgramme) -> str:
    """Title, number of sessions and total in a line."""
    from player.units import timecode  # noqa: PLC0415

    about = "" if plan.exact else "about "
    sessions = "1 session" if len(plan.turns) == 1 else f"{len(plan.turns)} sessions"
    return f"{plan.title}, {sessions}, {about}{timecode(plan.length_ms)}"


def _command(turn: Turn) -> str:
    """What to type to go on with this session: its part, or itself where it stands inside one."""
    if turn.opens:
        return shlex.join(["player", "play", turn.programme, "--part", str(turn.part)])
    values = (part for word, text in turn.request.values.items() for part in ("-p", f"{word}={text}"))
    return shlex.join(["player", "play", turn.request.session, *values])
