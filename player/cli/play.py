"""The command ``play``: plays a session or a programme."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from player import pipeline
from player.cli import _complete, _listener
from player.cli._announce import Announcer
from player.cli._option import option
from player.cli._options import (
    THEN,
    TIME,
    any_session_options,
    part,
    plain,
    print_warning,
    progress,
    quiet,
    request_from_options,
)
from player.cli._participants import participants
from player.cli._remembering import Remembering
from player.cli._stored_options import without_settings
from player.cli._times import FORMS
from player.errors import DeviceError, printable
from player.history.recorder import HistoryRecorder
from player.history.resume import ResumedPlayback
from player.live import play as playback
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from player.history.entries import Bookmark, HistoryEntry
    from player.pipeline import SessionRequest
    from player.pipeline.turns import Turn
    from player.timeline.model import Timeline


@click.command(epilog=FORMS)
@option(
    "--from",
    "start_ms",
    type=TIME,
    metavar="TIME",
    shell_complete=_complete.sections,
    help="Begin at this time, such as 2:00.",
)
@option("--resume", is_flag=True, help="Go on where you stopped, with the options that you gave then.")
@option("--remember", is_flag=True, help="Keep guidance, levels, voice and rate for this session, as chosen now.")
@part
@any_session_options
@plain
@quiet
def play(
    *,
    session: str | None,
    start_ms: int | None,
    resume: bool,
    remember: bool,
    part: int | None,
    plain: bool,
    quiet: bool,
    **asked: Any,  # noqa: ANN401 (what Click hands over)
) -> None:
    """Play a session, or all sessions of a programme: space pauses, ? shows all keys, and Ctrl-C ends it softly.

    Without SESSION, it offers to go on with the last one.
    """
    _must_fit(session, {"--from": start_ms, "--part": part, "--remember": remember}, resume=resume)
    keep = Remembering(session, asked).keep if session and remember else None
    announcer = Announcer(quiet=quiet)
    remembered = _remembered(session, resume=resume) if resume or session is None else None
    asked = asked if remembered is None else without_settings(asked)  # what was chosen then comes before the settings
    silent = remembered is not None and remembered.asked.get("silent") is True
    with HistoryRecorder(print_warning) as recorder, progress("Speaking", quiet=quiet, then=THEN) as report:
        play_request = _PlayRequest(remembered, announcer, recorder, start_ms or 0)
        try:
            code = playback.play(
                lambda: play_request.turns(request_from_options(session or "", **asked), part),
                play_request.start_ms,
                confirm=announcer.confirm,
                announce=announcer.announce,
                progress=report,
                resume_at=None if remembered is None else play_request.resume_at,
                silent=silent,
                adjusted=keep,
                participants=participants(
                    plain=plain, quiet=quiet, silent=silent, notes=lambda: announcer.notes, progress_listener=recorder
                ),
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(*_how_to_go_on(session, recorder)) from None
        except DeviceError as error:
            said = ". ".join((str(error), *_how_to_go_on(session, recorder)))
            raise DeviceError(said, error.position_ms) from error
        for line in _how_to_go_on(session, recorder):
            click.echo(printable(line), err=True)
    click.get_current_context().exit(code)


class _PlayRequest:
    """What to play and from where: as the user asked, or as the history remembers."""

    def __init__(
        self, remembered: Bookmark | HistoryEntry | None, announcer: Announcer, recorder: HistoryRecorder, start_ms: int
    ) -> None:
        self._resumed = ResumedPlayback(remembered, print_warning)
        self._announcer = announcer
        self._recorder = recorder
        self._from_ms = start_ms
        self.start_ms = start_ms or self._resumed.start_ms

    def turns(self, asked: SessionRequest, part: int | None) -> Sequence[Turn]:
        wanted, its_part = self._resumed.asked(asked, part)
        turns = self._resumed.turns(self._announcer.turns(wanted, its_part, self._from_ms, _listener.adapted))
        self._recorder.follow(wanted, its_part, turns)
        return turns

    def resume_at(self, timeline: Timeline, at_ms: int) -> int:
        return self._announcer.announce_resume(self._resumed.resume_at(timeline, at_ms))


def _remembered(session: str | None, *, resume: bool) -> Bookmark | HistoryEntry:
    from player.cli import log  # noqa: PLC0415 (brings sqlite3, which playing a session does not wait for)

    return log.remembered(session and pipeline.language.session(session), resume=resume)


def _must_fit(session: str | None, given: Mapping[str, object], *, resume: bool) -> None:
    if resume and given["--from"] is not None:
        raise click.UsageError("--resume begins where you stopped, and --from at a time; take one of them")
    if session is None and any(each is not None and each is not False for each in given.values()):
        *others, last = given
        options = f"{', '.join(others)} and {last}"
        raise click.UsageError(f"{options} are for a session or programme that is named; name it before them")


def _how_to_go_on(session: str | None, recorder: HistoryRecorder) -> tuple[str, ...]:
    """A sentence with the command that goes on at the bookmark; nothing without a bookmark."""
    bookmark = recorder.bookmark
    if bookmark is None:
        return ()
    command = shlex.join(["player", "play", session or bookmark.session, "--resume"])
    of = f" of {bookmark.title}" if bookmark.number else ""
    return (f"`{command}` goes on at {timecode(recorder.goes_on_ms)}{of}.",)


COMMANDS = (play,)
