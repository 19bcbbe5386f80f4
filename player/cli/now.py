"""The command ``now``: plays what suits now."""

from __future__ import annotations

import shlex
from datetime import datetime
from typing import Any, Final

import click

from player import pipeline
from player.cli import _log_text, _stored_options
from player.cli._options import print_warning
from player.cli._times import FORMS
from player.cli.play import play
from player.errors import DiaryError, printable
from player.history.diary import Diary
from player.history.suggestions import Suggestion, suggestions
from player.script import library

_CHOSEN: Final = {"session", "start_ms", "resume", "part"}
"""What is asked of ``play`` by this command itself; all other options are handed on."""


@click.command(
    epilog=FORMS,
    params=[
        click.Option(["--another"], count=True, help="Take another one; given twice, the third."),
        click.Option(["--what", "--dry-run", "what"], is_flag=True, help="Only tell what it would be."),
        *(each for each in play.params if each.name not in _CHOSEN),
    ],
)
@click.pass_context
def now(context: click.Context, /, *, another: int, what: bool, **asked: Any) -> None:  # noqa: ANN401 (what Click hands over)
    """Play what suits now. A line says what that is, and why.

    That is what you stopped today or last night, or the next part of your programme, or a session for the time of day.
    The options are those of play.
    """
    here = _clock()
    found = suggestions(*_remembered(), here, pipeline.language.of_listener())
    chosen = found[another % len(found)]
    if what:
        return click.echo(printable(_sentence(chosen, here)))
    if not asked["quiet"]:
        other = shlex.join(["player", "now", *["--another"] * (another + 1)])
        more = f" `{other}` takes another." if another + 1 < len(found) else ""
        click.echo(printable(f"{_sentence(chosen, here)}{more}"), err=True)
    part, resume = chosen.part and chosen.part.number, chosen.bookmark is not None
    session = _original(chosen.session) if resume else chosen.session
    context.invoke(play, session=session, resume=resume, part=part, **_stored_options.for_session(session, asked))
    return None


def _original(key: str) -> str:
    """The name of a session that was stopped, also where it is an original that has a translation for this listener."""
    return key if pipeline.language.session(key) == key else f"{library.ORIGINAL}/{key}"


def _clock() -> datetime:
    return datetime.now().astimezone()


def _remembered() -> tuple[Any, Any]:
    """The bookmarks and the entries of the diary; none where it cannot be read."""
    with Diary(print_warning) as diary:
        try:
            return diary.bookmarks(), diary.entries()
        except DiaryError as error:
            print_warning(str(error))
    return (), ()


def _sentence(chosen: Suggestion, here: datetime) -> str:
    """What is played, and why."""
    if chosen.bookmark:
        return _log_text.goes_on(chosen.bookmark, here)
    if chosen.part and chosen.heard:
        heard = f"{chosen.heard.title!r}, heard {_log_text.day(chosen.heard.began, here)}"
        return f"{chosen.session}, part {chosen.part.number}: {chosen.part.title}; it follows {heard}."
    return f"{chosen.session}, for {chosen.day_time.value}." if chosen.day_time else chosen.session


COMMANDS = (now,)
