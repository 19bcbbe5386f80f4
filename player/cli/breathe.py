"""The command ``breathe``: a breathing pattern without a script."""

from __future__ import annotations

import re
import shlex
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

import click

from player import pipeline
from player.cli import _complete
from player.cli._announce import Announcer, tell
from player.cli._option import option
from player.cli._options import (
    LENGTH,
    LEVEL,
    RATE,
    THEN,
    TIME,
    OutputPath,
    bed_option,
    guide_option,
    must_have_background,
    plain,
    print_warning,
    progress,
    quiet_made,
    voice_language,
)
from player.cli._participants import participants
from player.cli._stored_options import origin, without_settings
from player.cli._times import FORMS
from player.errors import DeviceError
from player.history.recorder import HistoryRecorder
from player.live import play
from player.live.device.device import EXPORT_INSTEAD
from player.machine import A_COUNT, this_machine
from player.storage.names import safe_stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from player.pipeline import Prepared, SessionRequest
    from player.pipeline.turns import Turn
    from player.techniques.patterns import Help

_BY_TONES: Final = "--by-tones"
"""What ``--tones`` says besides a level."""
_A_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class _BreatheCommand(click.Command):
    """Takes ``--tones`` without a level, too: ``--tones``, ``--tones -12`` or ``--tones=-12``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; that tones are asked for is an option of its own."""
        words: list[str] = []
        for word, following in zip_longest(args, args[1:], fillvalue=""):
            has_level = word.startswith("--tones=") or _A_NUMBER.fullmatch(following)
            words += [_BY_TONES] if word.partition("=")[0] == "--tones" else []
            words += [word] if word != "--tones" or has_level else []
        return super().parse_args(ctx, words)


@click.command(cls=_BreatheCommand, epilog=FORMS)
@click.argument("pattern", shell_complete=_complete.patterns)
@option(
    "--for", "for_ms", type=LENGTH, metavar="TIME", help="How long, in whole breaths. [default: 3m; 478: 4 breaths]"
)
@option(_BY_TONES, is_flag=True, hidden=True)
@option(
    "--tones",
    type=LEVEL,
    metavar="[DB]",
    help="Soft tones from the first breath on, and no voice unless --guide says so; DB is their level. [default: -8]",
)
@guide_option("count 3, words 3, tones")
@option("--silent", is_flag=True, help="No sound at all: only what is shown.")
@option(
    "--background",
    metavar="NAME|FILE|none",
    shell_complete=_complete.backgrounds,
    help="A background. [default: none]",
)
@bed_option("-20")
@option(
    "--language",
    metavar="TAG",
    shell_complete=_complete.languages,
    help="Speak this language, such as de. [default: yours]",
)
@option(
    "--voice",
    metavar="NAME",
    shell_complete=_complete.voices,
    help="Speak with this voice (player voices). [default: that of the language]",
)
@option("--rate", type=RATE, metavar="WPM", help="Words a minute, 60 to 300. [default: 105]")
@option(
    "--from",
    "start_ms",
    type=TIME,
    metavar="TIME",
    default=0,
    help="Begin at this time, such as 1:00. [default: the beginning]",
)
@option("-o", "--output", type=OutputPath(), metavar="FILE", help="Make a file of it instead.")
@option("--force", is_flag=True, help="Overwrite a file that is there.")
@option("--print", "shows", is_flag=True, help="Print the script instead, to make your own of it.")
@plain
@quiet_made
def breathe(
    *,
    pattern: str,
    for_ms: int | None,
    by_tones: bool,
    silent: bool,
    guide: str | None,
    bed: float | None,
    tones: float | None,
    language: str | None,
    start_ms: int,
    output: Path | None,
    force: bool,
    shows: bool,
    plain: bool,
    quiet: bool,
    **asked: Any,  # noqa: ANN401 (what Click hands over)
) -> None:
    """Breathe in a pattern, now: seconds in, hold, out and rest, such as 4-4-4-4, 4-7-8 or 4-6.

    box, 478, coherent and exhale are patterns, too. A voice counts the first three breaths and names the next three;
    then soft tones rise to breathe in, stay to hold, and fall to breathe out.
    """
    if silent:
        asked = without_settings(asked)
        _must_be_silent({"--tones": by_tones, "-o": output}, asked)
    must_have_background(is_there=asked.get("background") not in (None, "none"))
    if silent or (by_tones and origin("guide") != "option"):
        guide = None
    help_: Help = "nothing" if silent else "tones" if by_tones else "voice"
    speaks = "count" in guide or "words" in guide if guide else help_ == "voice"
    asked.update(guide=guide, bed_db=bed, tones_db=tones)

    def wanted() -> SessionRequest:
        tag = pipeline.language.of_listener(language)
        only_for = voice_language(asked.get("voice"))
        return pipeline.patterns.session_request(pattern, for_ms, help_, language=tag, voice_language=only_for, **asked)

    if shows:
        _must_only_show({"-o": output, "--force": force, "--from": start_ms, "--plain": plain})
        return click.echo((wanted().script or "").encode(), nl=False)  # a file of UTF-8, as all scripts are
    if output is not None:
        _must_only_make({"--from": start_ms, "--plain": plain})
        return _make_file(wanted, output, pattern, speaks=speaks, force=force, quiet=quiet)
    return _play(wanted, start_ms, pattern, silent=silent, speaks=speaks, plain=plain, quiet=quiet)


def _make_file(
    wanted: Callable[[], SessionRequest], output: Path, pattern: str, *, speaks: bool, force: bool, quiet: bool
) -> None:
    machine = this_machine(soon=A_COUNT if speaks else "")
    from player.cli import _export_one  # noqa: PLC0415 (0.3 s, in which a voice loads)

    otherwise = f"such as {safe_stem(pattern)}.mp3"
    target, form = _export_one.target_of(wanted().session, output, None, otherwise=otherwise)
    _export_one.export_one(
        wanted(), target, _export_one.parse_export_options(form), machine, force=force, quiet=quiet, also=_caution
    )


def _must_be_silent(others: Mapping[str, object], asked: Mapping[str, object]) -> None:
    levels = {f"--{name}": origin(name) == "option" for name in ("guide", "bed")}
    others = {**others, **levels, **{f"--{name}": asked.get(name) for name in ("background", "voice", "rate")}}
    if heard := next((option for option, given in others.items() if given), None):
        raise click.UsageError(f"{heard} is to be heard, and with --silent nothing is; leave one of them out")


def _must_only_show(others: Mapping[str, object]) -> None:
    _must_be_of_use("--print shows the script and makes no sound", others)


def _must_only_make(others: Mapping[str, object]) -> None:
    _must_be_of_use("-o makes a file of the whole and plays nothing", others)


def _must_be_of_use(reason: str, others: Mapping[str, object]) -> None:
    if other := next((option for option, given in others.items() if given), None):
        raise click.UsageError(f"{reason}, so {other} has no use; leave one of them out")


def _play(
    wanted: Callable[[], SessionRequest],
    start_ms: int,
    pattern: str,
    *,
    silent: bool,
    speaks: bool,
    plain: bool,
    quiet: bool,
) -> None:
    announcer = _CautiousAnnouncer(quiet=quiet)
    with (
        _with_export_of(pattern),
        HistoryRecorder(print_warning) as recorder,
        progress("Speaking", quiet=quiet, then=THEN) as report,
    ):
        code = play.play(
            lambda: announcer.turns(wanted(), None, start_ms),
            start_ms,
            confirm=announcer.confirm,
            announce=announcer.announce,
            progress=report,
            participants=participants(
                plain=plain, quiet=quiet, silent=silent, notes=lambda: announcer.notes, progress_listener=recorder
            ),
            silent=silent,
            speaks=speaks,
        )
    click.get_current_context().exit(code)


@contextmanager
def _with_export_of(pattern: str) -> Iterator[None]:
    """Without a loudspeaker, name the command that makes a file of the pattern: it has no name to export."""
    try:
        yield
    except DeviceError as error:
        command = shlex.join(["player", "breathe", pattern, "-o", f"{safe_stem(pattern)}.mp3"])
        raise DeviceError(str(error).replace(EXPORT_INSTEAD, command), error.position_ms) from error


class _CautiousAnnouncer(Announcer):
    """Also prints cautions: a pattern that the user typed has not been checked like a script."""

    def announce(self, turn: Turn, ready: Prepared) -> None:
        super().announce(turn, ready)
        if not self._quiet:
            _caution(ready)


def _caution(ready: Prepared) -> None:
    for caution in pipeline.patterns.cautions(ready):
        tell(f"Take care: {caution}.", "  ")


COMMANDS = (breathe,)
