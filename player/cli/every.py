"""The command ``every``: plays a session at intervals, or installs a timer that does."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import click

from player import pipeline
from player.cli import _listener
from player.cli._announce import announce, print_takes
from player.cli._every_text import StatusLine, outline
from player.cli._option import option
from player.cli._options import (
    any_session_options,
    print_made,
    print_warning,
    progress,
    quiet_made,
    request_from_options,
)
from player.cli._participants import participants
from player.cli._stored_options import without_settings
from player.cli._times import FORMS, WrittenInterval, is_near_interval
from player.errors import printable_lines
from player.history.recorder import HistoryRecorder
from player.live import play
from player.live.controls.idle_keyboard import IdleKeyboard
from player.pipeline import programmes
from player.reminders import schedule
from player.reminders.bell import SoftBell
from player.reminders.loop import LATE, QUIET, ReminderLoop
from player.reminders.politeness import Signs
from player.reminders.signs.reader import SignReader
from player.reminders.timers import installing
from player.reminders.timers.scheduled_command import scheduled_command, timer_name
from player.script import library
from player.script.yaml.scalar_types import shown
from player.units import LONGEST_MS, format_duration, timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from player.pipeline import Prepared, RequestedSession, SessionRequest
    from player.reminders.loop import ReminderKeys
    from player.reminders.schedule import Schedule
    from player.reminders.timers.installing import Place
    from player.reminders.timers.scheduled_command import ScheduledCommand

T = TypeVar("T")
_LACKING: Final = {
    False: "name the interval, and behind it the session, such as `player every 2h micro-break`",
    True: "name the session whose timer is to go, such as `player every --uninstall micro-break`",
}
"""What is said where an argument is missing; the key is whether a timer is to be removed."""


@click.command(epilog=FORMS)
@click.argument("interval", required=False, metavar="INTERVAL")
@option("--between", metavar="TIME-TIME", help="Only in this part of the day, such as 9:00-18:00.")
@option("--on", "days", metavar="DAYS", help="Only on these days, such as mon-fri; a night counts to its evening.")
@option("--insist", is_flag=True, help="Ring also when it may disturb, such as at a locked screen.")
@option("--once", is_flag=True, help="Play if a moment has just come, and end: for timers.")
@option("--install", is_flag=True, help="Write a timer of the system (systemd, launchd) that does it.")
@option("--uninstall", is_flag=True, help="Remove the timer of SESSION; no INTERVAL is needed.")
@option("--force", is_flag=True, help="Write over, or remove, files that somebody else wrote.")
@any_session_options
@quiet_made
def every(
    *,
    interval: str | None,
    session: str | None,
    between: str | None,
    days: str | None,
    insist: bool,
    once: bool,
    install: bool,
    uninstall: bool,
    force: bool,
    quiet: bool,
    **asked: Any,  # noqa: ANN401 (what Click hands over)
) -> None:
    """Play a session at intervals, such as every 2h: a soft bell, 20 seconds to decline, then the session.

    Moments are counted from the beginning of --between, or from midnight: every 2h between 9:00-18:00 is 9:00, 11:00,
    13:00, 15:00 and 17:00. What the computer sleeps through is left out. Without a terminal it just begins.

    It waits while the screen is locked, nobody is there, Do Not Disturb is on, or a microphone or a camera is in use:
    for half of the interval at most, and never over an hour.

    \b
    While it waits:  s skips the next one, p puts it off by 10 minutes, q ends
    At the bell:     the same, and Enter or space begins at once
    """  # noqa: D301 (Click wants the character itself, not its escape)
    if once + install + uninstall > 1:
        raise click.UsageError("--once, --install and --uninstall are three different things; ask for one of them")
    if install or uninstall:  # the timer's command reads the settings each time
        asked = without_settings(asked)
    interval, session = _arguments(interval, session, uninstall=uninstall)
    schedule = _schedule(interval, session, between, days)
    if uninstall:
        return _uninstall(_place(session), force=force, quiet=quiet)
    wanted = request_from_options(session, **asked)
    requested = _session_of(wanted)
    if once and not _is_due(schedule):
        return None if quiet else click.echo("No moment has come just now.", err=True)
    ready = _prepared(_listener.adapted(requested), schedule, quiet=quiet)
    if install:
        when = (interval, *_given("--between", between), *_given("--on", days), *["--insist"] * insist)
        return _install(_scheduled_command(wanted, ready.session.title, schedule, when), force=force, quiet=quiet)
    signs = Signs if insist else SignReader()
    return _run(wanted, ready, schedule, signs, once=once, quiet=quiet)


def _arguments(interval: str | None, session: str | None, *, uninstall: bool) -> tuple[str, str]:
    """The interval and the session; the timer of a session is found by its name alone."""
    if uninstall and session is None:
        interval, session = "24h", interval
    if interval is None or session is None:
        raise click.UsageError(_LACKING[uninstall])
    return interval, session


def _schedule(interval: str, session: str, between: str | None, days: str | None) -> Schedule:
    window = schedule.WHOLE_DAY if between is None else _read(schedule.window, between, "--between")
    on = schedule.EVERY_DAY if days is None else _read(schedule.weekdays, days, "--on")
    try:
        every_ms = WrittenInterval().parse(interval)
    except ValueError as error:
        where = "; it stands before SESSION" if is_near_interval(session) else ""
        raise click.BadParameter(f"{error}{where}", param_hint="INTERVAL") from error
    return schedule.Schedule(every_ms, window, on)


def _read(parse: Callable[[str], T], text: str, option: str) -> T:
    try:
        return parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def _given(option: str, text: str | None) -> tuple[str, ...]:
    return () if text is None else (option, text)


def _session_of(wanted: SessionRequest) -> RequestedSession:
    requested = pipeline.as_requested(wanted)
    if programmes.find(requested):
        name = shown(wanted.session)
        raise click.UsageError(f"{name} is a programme, and this is for one session; name one of those in it")
    return requested


def _is_due(schedule: Schedule) -> bool:

    return schedule.is_due(datetime.now(timezone.utc), LATE)


def _prepared(requested: RequestedSession, schedule: Schedule, *, quiet: bool) -> Prepared:
    """The session, prepared now, so that problems show at once and the first time needs no wait."""
    with progress("Speaking", quiet=quiet) as report:
        ready = pipeline.prepare(requested, pipeline.this_machine(), report)
    if ready.timeline.total_ms + QUIET.total_seconds() * 1000 >= schedule.every_ms:
        lasts, interval = timecode(ready.timeline.total_ms), format_duration(schedule.every_ms)
        told = f"it lasts {lasts}, and 20s before that, too long to be played every {interval}"
        raise click.UsageError(f"{told}; take a longer interval, such as {_longer(ready.timeline.total_ms)}")
    return ready


def _longer(total_ms: int) -> str:
    """An interval in which a session fits, in whole minutes, and more than half of it is left."""
    twice_ms = 2 * (total_ms + int(QUIET.total_seconds()) * 1000)
    return format_duration(min(-(-twice_ms // 60_000) * 60_000, LONGEST_MS))


def _scheduled_command(
    wanted: SessionRequest, title: str, schedule: Schedule, when: tuple[str, ...]
) -> ScheduledCommand:
    return scheduled_command(wanted, title, schedule, when)


def _install(scheduled: ScheduledCommand, *, force: bool, quiet: bool) -> None:
    timer = installing.timer(scheduled)
    print_made(*installing.install(timer, force=force), quiet=quiet)
    if not quiet:
        click.echo(printable_lines(f"Switch it on with:\n  {timer.switch_on}"), err=True)


def _place(session: str) -> Place:
    """Where the session's timer lies, in the listener's language or as it is named, also if its script is gone."""
    own = pipeline.language.session(session)
    places = [installing.place(timer_name(name)) for name in dict.fromkeys((own, session))]
    if taken := next((each for each in places if each.is_taken), None):
        return taken
    library.find(own)  # a name that was mistyped is told as such
    return places[0]


def _uninstall(place: Place, *, force: bool, quiet: bool) -> None:
    print_made(*installing.uninstall(place, force=force), quiet=quiet)
    if not quiet:
        click.echo(printable_lines(f"If it was switched on, end it with:\n  {place.switch_off}"), err=True)


def _run(
    wanted: SessionRequest, ready: Prepared, schedule: Schedule, signs: Callable[[], Signs], *, once: bool, quiet: bool
) -> None:
    if not quiet:
        announce(ready.session, ready.timeline.total_ms)
        print_takes(ready)
    status_line = StatusLine(ready.requested.source.name, ready.session.title, quiet=quiet)
    with _signals_end_it(), status_line:
        loop = ReminderLoop(schedule, status_line, lambda: _play(wanted, quiet=quiet), SoftBell, signs=signs)
        if once:
            return loop.once()
        if not quiet:
            click.echo(outline(schedule), err=True)
        if sys.stdin.isatty() and sys.stderr.isatty():
            loop.keyboard = _keyboard()
        return loop.run()


def _keyboard() -> ReminderKeys:
    return IdleKeyboard()


def _play(wanted: SessionRequest, *, quiet: bool) -> None:
    """Play the session, prepared again, as its script may have changed."""
    with HistoryRecorder(print_warning) as recorder:
        code = play.play(
            lambda: (programmes.alone(_listener.adapted(pipeline.as_requested(wanted))),),
            confirm=lambda _: False,
            announce=lambda *_: None,
            participants=participants(quiet=quiet, progress_listener=recorder),
        )
    if code:  # a signal; a key that ends one session does not end the loop
        sys.exit(code)


@contextlib.contextmanager
def _signals_end_it() -> Iterator[None]:
    """SIGTERM and SIGHUP end the program by an exception, so that the terminal is restored and the sound fades."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        names = []
    before = {name: signal.signal(getattr(signal, name), _leave) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _leave(number: int, frame: object) -> NoReturn:  # noqa: ARG001 (what Python hands over)
    sys.exit(128 + number)


COMMANDS = (every,)
