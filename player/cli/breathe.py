"""The command ``breathe``: a breathing pattern without a script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from player import pipeline
from player.cli._announce import Announcer
from player.cli._options import parse_time, plain, print_warning, progress, quiet
from player.cli._participants import participants
from player.history.recorder import HistoryRecorder
from player.live import play
from player.machine import A_COUNT, this_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from player.pipeline import Prepared, SessionRequest
    from player.pipeline.turns import Turn
    from player.techniques.patterns import Help


@click.command()
@click.argument("pattern")
@click.option("--for", "length", metavar="TIME", help="How long, in whole breaths. [default: 3m; 478: 4 breaths]")
@click.option("--tones", is_flag=True, help="Soft tones from the first breath on, and no voice.")
@click.option("--silent", is_flag=True, help="No sound at all: only what is shown.")
@click.option("--background", metavar="NAME|FILE|none", help="A background; there is none otherwise.")
@click.option("--language", metavar="TAG", help="Speak this language, such as de. [default: yours]")
@click.option("--voice", metavar="NAME", help="Speak with this voice (player voices).")
@click.option("--rate", type=click.IntRange(60, 300), metavar="WPM", help="Words a minute, 60 to 300.")
@click.option("--from", "start", metavar="TIME", default="0", help="Begin at this time, such as 1:00.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Make a file of it instead.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@click.option("--print", "shows", is_flag=True, help="Print the script instead, to make your own of it.")
@plain
@quiet
def breathe(
    *,
    pattern: str,
    length: str | None,
    tones: bool,
    silent: bool,
    language: str | None,
    start: str,
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
        _must_be_silent({"--tones": tones, "--background": asked["background"], "-o": output})
    for_ms, start_ms = None if length is None else parse_time(length, "--for"), parse_time(start, "--from")
    help_: Help = "nothing" if silent else "tones" if tones else "voice"

    def wanted() -> SessionRequest:
        tag = pipeline.language.of_listener(language)
        return pipeline.patterns.session_request(pattern, for_ms, help_, language=tag, **asked)

    if shows:
        return click.echo((wanted().script or "").encode(), nl=False)  # a file of UTF-8, as all scripts are
    if output is not None:
        machine = this_machine(soon="" if tones else A_COUNT)
        from player.cli import _export_one  # noqa: PLC0415 (0.3 s, in which a voice loads)

        target, form = _export_one.target_of(wanted().session, output, None)
        return _export_one.export_one(
            wanted(), target, _export_one.parse_export_options(form), machine, force=force, quiet=quiet, also=_caution
        )
    return _play(wanted, start_ms, help_, plain=plain, quiet=quiet)


def _must_be_silent(others: Mapping[str, object]) -> None:
    if heard := next((option for option, given in others.items() if given), None):
        raise click.UsageError(f"{heard} is to be heard, and with --silent nothing is; leave one of them out")


def _play(wanted: Callable[[], SessionRequest], start_ms: int, help_: Help, *, plain: bool, quiet: bool) -> None:
    announcer = _CautiousAnnouncer(quiet=quiet)
    with HistoryRecorder(print_warning) as recorder, progress("Speaking", quiet=quiet) as report:
        code = play.play(
            lambda: announcer.turns(wanted(), None, start_ms),
            start_ms,
            confirm=announcer.confirm,
            announce=announcer.announce,
            progress=report,
            participants=participants(
                plain=plain,
                quiet=quiet,
                silent=help_ == "nothing",
                notes=lambda: announcer.notes,
                progress_listener=recorder,
            ),
            silent=help_ == "nothing",
            speaks=help_ == "voice",
        )
    click.get_current_context().exit(code)


class _CautiousAnnouncer(Announcer):
    """Also prints cautions: a pattern that the user typed has not been checked like a script."""

    def announce(self, turn: Turn, ready: Prepared) -> None:
        super().announce(turn, ready)
        if not self._quiet:
            _caution(ready)


def _caution(ready: Prepared) -> None:
    for caution in pipeline.patterns.cautions(ready):
        click.echo(f"  Take care: {caution}.", err=True)


COMMANDS = (breathe,)
