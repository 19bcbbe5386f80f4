"""The command that makes a session heard: ``play``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from player.cli import log
from player.cli._announce import Announcer
from player.cli._options import any_session_options, part, plain, progress, quiet, request, time, warn
from player.errors import DeviceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.history.entries import Bookmark, HistoryEntry
    from player.history.recorder import HistoryRecorder
    from player.pipeline import SessionRequest
    from player.pipeline.turns import Turn
    from player.timeline.model import Timeline


@click.command()
@any_session_options
@click.option("--from", "start", metavar="TIME", help="Begin at this time, such as 2:00.")
@click.option("--resume", is_flag=True, help="Go on where you stopped, with the options that you gave then.")
@part
@plain
@quiet
def play(
    *,
    session: str | None,
    start: str | None,
    resume: bool,
    part: int | None,
    plain: bool,
    quiet: bool,
    **asked: Any,  # noqa: ANN401 (what Click hands over)
) -> None:
    """Play a session, or all sessions of a programme. Ctrl-C ends it softly.

    Without SESSION, it offers to go on with the last one.
    """
    from player.cli._observers import company  # noqa: PLC0415
    from player.history.recorder import HistoryRecorder  # noqa: PLC0415
    from player.live import play as playback  # noqa: PLC0415 (see the package's rule)

    _must_fit(session, start, part, resume=resume)
    start_ms, usher = time(start or "0", "--from"), Announcer(quiet=quiet)
    remembered = log.remembered(session, resume=resume)
    with HistoryRecorder(warn) as practice, progress("Speaking", quiet=quiet) as report:
        way = _PlayRequest(remembered, usher, practice, start_ms)
        try:
            code = playback.play(
                lambda: way.turns(request(session or "", **asked), part),
                way.start_ms,
                confirm=usher.confirm,
                announce=usher.announce,
                progress=report,
                settle=None if remembered is None else way.settle,
                company=company(plain=plain, quiet=quiet, notes=lambda: usher.notes, keeper=practice),
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(*_how_to_go_on(session, practice.kept)) from None
        except DeviceError as error:
            said = ". ".join((str(error), *_how_to_go_on(session, practice.kept)))
            raise DeviceError(said, error.position_ms) from error
        for line in _how_to_go_on(session, practice.kept):
            click.echo(line, err=True)
    click.get_current_context().exit(code)


class _PlayRequest:
    """What is to be heard, and from where: as it was asked for, or as it was remembered."""

    def __init__(
        self, remembered: Bookmark | HistoryEntry | None, usher: Announcer, practice: HistoryRecorder, start_ms: int
    ) -> None:
        from player.history.resume import ResumedPlayback  # noqa: PLC0415

        self._resuming = ResumedPlayback(remembered, warn)
        self._usher = usher
        self._practice = practice
        self._from_ms = start_ms
        self.start_ms = start_ms or self._resuming.start_ms

    def turns(self, asked: SessionRequest, part: int | None) -> Sequence[Turn]:
        wanted, its_part = self._resuming.asked(asked, part)
        turns = self._resuming.turns(self._usher.turns(wanted, its_part, self._from_ms))
        self._practice.follow(wanted, its_part, turns)
        return turns

    def settle(self, timeline: Timeline, at_ms: int) -> int:
        return self._usher.goes_on(self._resuming.settle(timeline, at_ms))


def _must_fit(session: str | None, start: str | None, part: int | None, *, resume: bool) -> None:
    if resume and start is not None:
        raise click.UsageError("--resume begins where you stopped, and --from at a time; take one of them")
    if session is None and (start is not None or part is not None):
        raise click.UsageError("--from and --part are for a session or programme that is named; name it before them")


def _how_to_go_on(session: str | None, kept: Bookmark | None) -> tuple[str, ...]:
    """How to go on where a session was stopped: one sentence, or none where nothing is to be gone on with."""
    from player.units import timecode  # noqa: PLC0415

    if kept is None:
        return ()
    command = shlex.join(["player", "play", session or kept.session, "--resume"])
    of = f" of {kept.title}" if kept.number else ""
    return (f"`{command}` goes on at {timecode(kept.at_ms)}{of}.",)


COMMANDS = (play,)
