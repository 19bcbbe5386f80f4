"""Options that several commands share, and the progress bar.

The options of a session become one frozen `SessionRequest`. The progress bar is on stderr, and only on a terminal.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import click

from player import pipeline
from player.cli import _complete, _stored_options
from player.cli._option import option
from player.cli._tables import print_path
from player.cli._times import WrittenTime
from player.errors import PlayerError, ScriptError, VoiceError, printable, printable_lines
from player.script.yaml.scalar_types import WholeType, shown
from player.script.yaml.suggestions import did_you_mean
from player.settings.keys import BY_NAME
from player.storage.folders import expanded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from click._termui_impl import ProgressBar

    from player.pipeline import Progress, SessionRequest
    from player.techniques.planning import IntroVersion

Command = TypeVar("Command", bound="Callable[..., Any]")


class OutputPath(click.Path):
    """A file or folder to make. A shell replaces ``~`` before; where it did not, as in quotes, it is done here."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ANN401 (Click's own)
        """The path.

        Raises
        ------
        UsageError
            If it begins with the home folder of nobody.
        """
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        return expanded(path) if str(path).startswith("~") else path


class Parser(Protocol):
    """What reads a text: every `ScalarType` does, and the times of `player.cli._times`."""

    def parse(self, text: str) -> object:
        """The value, or ``ValueError`` with a fragment that fits behind the option's name."""


class ScalarParameter(click.ParamType):  # type: ignore[type-arg]  # it is generic from Click 8.5 on alone
    """A value that is read, and refused, as the same value in a script or in the settings is.

    Click's own ranges take ``nan`` for a level, and say ``60<=x<=300`` to people.
    """

    name = "text"

    def __init__(self, kind: Parser) -> None:
        self._kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 (Click's own)
        """The value of the text; what is no text is a value already."""
        try:
            return self._kind.parse(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(printable(str(error)), param, ctx)


class OneOf(click.Choice):  # type: ignore[type-arg]  # it is generic from Click 8.2 on alone
    """One of a few words; what is none of them is refused in the words of all other options."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 (Click's own)
        """The word."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            *most, last = self.choices
            allowed = f"{', '.join(most)} or {last}" if most else last
            self.fail(f"must be {allowed}, not {shown(str(value))}", param, ctx)


MOST_SESSIONS = 1000
"""Of a programme; `player.script.programme` would have to be read for it."""
THEN = "Measuring how loud the voice is, then it begins."
"""What takes some seconds after new words were spoken, before they can be heard."""
LENGTH: Final = ScalarParameter(WrittenTime(is_length=True))
TIME: Final = ScalarParameter(WrittenTime())
_SESSION = click.argument("session", shell_complete=_complete.sessions)
_ANY_SESSION = click.argument("session", required=False, shell_complete=_complete.sessions)
_SESSIONS = click.argument("sessions", nargs=-1, metavar="SESSION...", shell_complete=_complete.sessions)
_PARAMS = option(
    "-p",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=_complete.parameters,
    help="Set a parameter of the script (player show lists them).",
)
_LENGTH = option(
    "--length",
    type=LENGTH,
    metavar="TIME",
    help="Come close to this length, such as 10m: other breaths and quiet. [default: the script's]",
)
_SKIP = option(
    "--skip",
    metavar="NAME,...",
    help="Leave out muscle groups or places, such as neck,jaw (player show lists them).",
)
_INTRO = option(
    "--intro",
    type=OneOf(["full", "short"]),
    help="The introduction in full, or short for whoever knows it. [default: full; short where you heard it]",
)
_SEED = option(
    "--seed",
    type=ScalarParameter(WholeType(0, 10**9)),
    metavar="N",
    help="Draw the order of what is shuffled by this number. [default: 0; another each night where you listen]",
)


def guide_option(default: str) -> Callable[[Command], Command]:
    """The option ``--guide`` of a command; ``default`` says what holds without it."""
    text = "Guide breaths by count, words, tones or silent; of several, such as words,tones, one after the other."
    return option("--guide", metavar="MODE,...", help=f"{text} [default: {default}]")


def bed_option(default: str) -> Callable[[Command], Command]:
    """The option ``--bed`` of a command; ``default`` says what holds without it."""
    text = "Level of the background under the voice, -60 to 0."
    return option("--bed", type=LEVEL, metavar="DB", help=f"{text} [default: {default}]")


LEVEL = ScalarParameter(BY_NAME["bed"].kind)
RATE = ScalarParameter(BY_NAME["rate"].kind)
guide = guide_option("the script's")
bed = bed_option("the script's, or -20")
tones = option(
    "--tones",
    type=LEVEL,
    metavar="DB",
    help="Level of tones and bells, -60 to 0. [default: the script's, or -8]",
)
region = option(
    "--region",
    metavar="CC",
    shell_complete=_complete.regions,
    help="The country you are in, such as IE, for numbers to call in an emergency. [default: your machine's]",
)
takes = option(
    "--takes", metavar="FOLDER", help="Hear your own voice in each line that has a take here (player record)."
)
_OPTIONS = (
    _PARAMS,
    option(
        "--voice",
        metavar="NAME",
        shell_complete=_complete.voices,
        help="Speak with this voice (player voices). [default: the script's, or that of its language]",
    ),
    option("--rate", type=RATE, metavar="WPM", help="Words a minute, 60 to 300. [default: the script's, or 105]"),
    option(
        "--background",
        metavar="NAME|FILE|none",
        shell_complete=_complete.backgrounds,
        help="Another background, or none. [default: the script's]",
    ),
    _LENGTH,
    option(
        "--outlive",
        type=TIME,
        metavar="TIME",
        help="Let the background go on for so long, and fade so slowly that nobody wakes; no bell at the end.",
    ),
    _SKIP,
    _INTRO,
    _SEED,
    guide,
    bed,
    tones,
    region,
    takes,
)
_OPTIONS_OF_WORDS = (_PARAMS, _LENGTH, _SKIP, _INTRO, region)
part = option(
    "--part", type=ScalarParameter(WholeType(1, MOST_SESSIONS)), metavar="N", help="Only this part of a programme."
)


def quiet_option(about: str) -> Callable[[Command], Command]:
    """The option ``--quiet`` of a command; ``about`` says what it leaves out there."""
    return option("-q", "--quiet", is_flag=True, help=about)


quiet = quiet_option("Say nothing but problems.")
quiet_made = quiet_option("Say nothing but problems; the files that are made are not named either.")
plain = option("--plain", is_flag=True, help="Print lines while it plays, for a screen reader, and no pacer.")
as_json = option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


def session_options(command: Command) -> Command:
    """SESSION and everything that changes how it is made."""
    for decorator in reversed((_SESSION, *_OPTIONS)):
        command = decorator(command)
    return command


def any_session_options(command: Command) -> Command:
    """The same where SESSION may be left out."""
    for decorator in reversed((_ANY_SESSION, *_OPTIONS)):
        command = decorator(command)
    return command


def sessions_options(command: Command) -> Command:
    """The same for any number of sessions, also none."""
    for decorator in reversed((_SESSIONS, *_OPTIONS)):
        command = decorator(command)
    return command


def words_options(command: Command) -> Command:
    """SESSION, and everything that changes what is said in it."""
    for decorator in reversed((_SESSION, *_OPTIONS_OF_WORDS)):
        command = decorator(command)
    return command


def request_from_options(
    session: str,
    params: tuple[str, ...] = (),
    voice: str | None = None,
    rate: int | None = None,
    background: str | None = None,
    length: int | None = None,
    skip: str | None = None,
    outlive: int | None = None,
    takes: str | None = None,
    intro: IntroVersion | None = None,
    seed: int | None = None,
    region: str | None = None,
    guide: str | None = None,
    bed: float | None = None,
    tones: float | None = None,
) -> SessionRequest:
    """The request that the options make."""
    values = dict(_parse_param(each) for each in params)
    names = tuple(each.strip() for each in (skip or "").split(",") if each.strip())
    asked = (_in_own_language(session), values, voice, rate, background, length, names, outlive)
    if values:
        _must_be_parameters(asked[0], values)
    must_have_background(is_there=background != "none")
    country, only_for = pipeline.region.of_listener(region), voice_language(voice)
    request = pipeline.SessionRequest(*asked, takes=takes, intro=intro, seed=seed, region=country)
    return replace(request, voice_language=only_for, guide=guide, bed_db=bed, tones_db=tones)


def _must_be_parameters(session: str, values: Mapping[str, str]) -> None:
    """Refuse what ``-p`` sets and the session does not have, or cannot use where its script is good without it.

    The mistake is in what was typed then, and not in the script. Whatever else is wrong, and a programme, is for the
    command itself.
    """
    asked = pipeline.RequestedSession(pipeline.SessionRequest(session))
    try:
        known = asked.session.params
    except PlayerError:
        return
    for name, value in values.items():
        if name not in known:
            there = f"there are {', '.join(known)}" if known else f"{session} has none"
            text = f"there is no parameter {shown(name)}; {did_you_mean(name, known) or there}"
            raise click.BadParameter(text, param_hint="-p")
        try:
            known[name].check(value)
        except ValueError as error:
            raise click.BadParameter(f"{name} {error}", param_hint="-p") from error
    if (found := _misfit(asked, values)) and not _misfit(asked, {}):
        name = next((each for each, value in values.items() if _misfit(asked, {each: value})), ", ".join(values))
        raise click.BadParameter(found, param_hint=f"-p {name}")


def _misfit(asked: pipeline.RequestedSession, values: Mapping[str, str]) -> str:
    """The first thing in a session that cannot be read or planned with these values; empty if there is none."""
    try:
        _ = pipeline.RequestedSession(replace(asked.request, values=values)).parts
    except ScriptError as error:
        return error.problems[0].text.partition(" (the value of $")[0]  # that one is told with -p
    except PlayerError:  # told by the command itself
        pass
    return ""


def must_have_background(*, is_there: bool) -> None:
    """Refuse ``--bed`` where no background is there; the level of the settings means nothing then.

    Raises
    ------
    UsageError
        If it is given.
    """
    if not is_there and _stored_options.origin("bed") == "option":
        remedy = "choose one with --background, or leave --bed out"
        raise click.UsageError(f"--bed is the level of a background, and there is none; {remedy}")


def voice_language(voice: str | None) -> str | None:
    """The language of a voice that is the listener's usual one, and not meant for this session; None for any other.

    Raises
    ------
    VoiceError
        If there is no such voice.
    """
    if voice is None or _stored_options.origin("voice") != "your settings":
        return None
    try:
        return pipeline.catalogue.voice(pipeline.this_machine(), voice).language or None
    except VoiceError as error:
        remedy = "it is the voice of your settings, and `player settings --unset voice` leaves it out"
        raise type(error)(f"{error}; {remedy}") from None  # what is no voice is the settings' mistake: exit code 2


def _in_own_language(session: str) -> str:
    """The translation into the listener's language, if there is one; it is said which session is meant."""
    own = pipeline.language.session(session)
    context = click.get_current_context(silent=True)
    if own != session and not (context and context.params.get("quiet")):
        click.echo(f"{own}, in your language; en/{session} is the original", err=True)
    return own


def _parse_param(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise click.BadParameter(f"must be NAME=VALUE, not {text!r}", param_hint="-p")
    return name, value


def print_made(*files: Path, quiet: bool) -> None:
    """Print the names of files that were made or removed, to stdout; nothing with ``--quiet``."""
    for file in () if quiet else files:
        print_path(file)


def print_warning(text: str) -> None:
    """Print a problem that stops nothing, to stderr, whatever it quotes."""
    click.echo(printable_lines(text), err=True)


@contextmanager
def progress(label: str, *, quiet: bool = False, then: str = "") -> Iterator[Progress | None]:
    """A progress bar on stderr for work that reports ``(done, total)``; none with ``quiet`` or without a terminal.

    ``then`` is a sentence for when it is full, about the work that follows.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        bars: list[ProgressBar[int]] = []
        following = [then] if then else []

        def report(done: int, total: int) -> None:
            if not bars:
                bars.append(stack.enter_context(click.progressbar(length=total, label=label, file=sys.stderr)))
            bars[0].update(done - bars[0].pos)
            if done == total:  # the next output begins on a line of its own
                stack.close()
                while following:
                    click.echo(following.pop(), err=True)

        yield report
