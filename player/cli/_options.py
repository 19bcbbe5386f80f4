"""Options that several commands share, and the progress bar.

The options of a session become one frozen `SessionRequest`. The progress bar is on stderr, and only on a terminal.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from player import pipeline
from player.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click._termui_impl import ProgressBar

    from player.pipeline import Progress, SessionRequest
    from player.techniques.planning import IntroVersion

Command = TypeVar("Command", bound="Callable[..., Any]")

_SESSION = click.argument("session")
_ANY_SESSION = click.argument("session", required=False)
_SESSIONS = click.argument("sessions", nargs=-1, metavar="SESSION...")
_PARAMS = click.option("-p", "params", multiple=True, metavar="NAME=VALUE", help="Set a parameter of the script.")
_LENGTH = click.option(
    "--length", metavar="TIME", help="Come close to this length, such as 10m: other breaths and quiet."
)
_SKIP = click.option("--skip", metavar="NAME,...", help="Leave out muscle groups or places, such as neck,jaw.")
_INTRO = click.option(
    "--intro",
    type=click.Choice(["full", "short"]),
    help="The introduction in full, or short for whoever knows it.",
)
_SEED = click.option(
    "--seed",
    type=click.IntRange(0, 10**9),
    metavar="N",
    help="Draw the order of what is shuffled by this number, such as 0.",
)
region = click.option(
    "--region", metavar="CC", help="The country you are in, such as IE, for numbers to call in an emergency."
)
takes = click.option(
    "--takes", metavar="FOLDER", help="Hear your own voice in each line that has a take here (player record)."
)
_OPTIONS = (
    _PARAMS,
    click.option("--voice", metavar="NAME", help="Speak with this voice (player voices)."),
    click.option("--rate", type=click.IntRange(60, 300), metavar="WPM", help="Words a minute, 60 to 300."),
    click.option("--background", metavar="NAME|FILE|none", help="Another background, or none."),
    _LENGTH,
    click.option(
        "--outlive",
        metavar="TIME",
        help="Let the background go on for so long, and fade so slowly that nobody wakes; no bell at the end.",
    ),
    _SKIP,
    _INTRO,
    _SEED,
    region,
    takes,
)
_OPTIONS_OF_WORDS = (_PARAMS, _LENGTH, _SKIP, _INTRO, region)
part = click.option("--part", type=click.IntRange(1), metavar="N", help="Only this part of a programme.")
quiet = click.option("-q", "--quiet", is_flag=True, help="Say nothing but problems, nor name the files made.")
plain = click.option("--plain", is_flag=True, help="Print lines while it plays, for a screen reader, and no pacer.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


def session_options(command: Command) -> Command:
    """SESSION and everything that changes how it is made."""
    for option in reversed((_SESSION, *_OPTIONS)):
        command = option(command)
    return command


def any_session_options(command: Command) -> Command:
    """The same where SESSION may be left out."""
    for option in reversed((_ANY_SESSION, *_OPTIONS)):
        command = option(command)
    return command


def sessions_options(command: Command) -> Command:
    """The same for any number of sessions, also none."""
    for option in reversed((_SESSIONS, *_OPTIONS)):
        command = option(command)
    return command


def words_options(command: Command) -> Command:
    """SESSION, and everything that changes what is said in it."""
    for option in reversed((_SESSION, *_OPTIONS_OF_WORDS)):
        command = option(command)
    return command


def request_from_options(
    session: str,
    params: tuple[str, ...] = (),
    voice: str | None = None,
    rate: int | None = None,
    background: str | None = None,
    length: str | None = None,
    skip: str | None = None,
    outlive: str | None = None,
    takes: str | None = None,
    intro: IntroVersion | None = None,
    seed: int | None = None,
    region: str | None = None,
) -> SessionRequest:
    """The request that the options make."""
    values = dict(_parse_param(each) for each in params)
    names = tuple(each.strip() for each in (skip or "").split(",") if each.strip())
    length_ms, outlive_ms = _parse_optional_time(length, "--length"), _parse_optional_time(outlive, "--outlive")
    asked = (_in_own_language(session), values, voice, rate, background, length_ms, names, outlive_ms)
    country = pipeline.region.of_listener(region)
    return pipeline.SessionRequest(*asked, takes=takes, intro=intro, seed=seed, region=country)


def _in_own_language(session: str) -> str:
    """The translation into the listener's language, if there is one; it is said which session is meant."""
    own = pipeline.language.session(session)
    context = click.get_current_context(silent=True)
    if own != session and not (context and context.params.get("quiet")):
        click.echo(f"{own}, in your language; en/{session} is the original", err=True)
    return own


def parse_time(text: str, option: str) -> int:
    """The time of an option, in ms."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def _parse_optional_time(text: str | None, option: str) -> int | None:
    return None if text is None else parse_time(text, option)


def _parse_param(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise click.BadParameter(f"must be NAME=VALUE, not {text!r}", param_hint="-p")
    return name, value


def print_made(*files: Path, quiet: bool) -> None:
    """Print the names of files that were made or removed, to stdout; nothing with ``--quiet``."""
    for file in () if quiet else files:
        click.echo(file)


def print_warning(text: str) -> None:
    """Print a problem that stops nothing, to stderr."""
    click.echo(text, err=True)


@contextmanager
def progress(label: str, *, quiet: bool = False) -> Iterator[Progress | None]:
    """A progress bar on stderr for work that reports ``(done, total)``; none with ``quiet`` or without a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        bars: list[ProgressBar[int]] = []

        def report(done: int, total: int) -> None:
            if not bars:
                bars.append(stack.enter_context(click.progressbar(length=total, label=label, file=sys.stderr)))
            bars[0].update(done - bars[0].pos)
            if done == total:  # the next output begins on a line of its own
                stack.close()

        yield report
