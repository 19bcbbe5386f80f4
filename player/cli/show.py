"""The command that prints a session's time table, and draws it: ``show``."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import click

from player import pipeline
from player.cli import _origins, _programme_text, _show_text, _stored_options
from player.cli._option import option
from player.cli._options import OutputPath, as_json, print_made, progress, quiet, request_from_options, session_options
from player.cli._tables import print_json
from player.cli._times import FORMS
from player.picture.marks import About
from player.pipeline import programmes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from player.pipeline import Prepared
    from player.techniques.planning import IntroVersion


@click.command(epilog=FORMS)
@option("--plot", type=OutputPath(), metavar="FILE", help="Draw a picture: FILE.png or FILE.svg.")
@option("--force", is_flag=True, help="Overwrite the picture if it is there.")
@as_json
@session_options
@quiet
def show(*, plot: Path | None, force: bool, as_json: bool, quiet: bool, **asked: Any) -> None:  # noqa: ANN401 (what Click hands over)
    """Show a session's time table and its true length, or a programme's sessions, without playing them."""
    wanted = pipeline.RequestedSession(request_from_options(**asked))
    plan = programmes.planned(wanted, adapted=_stored_options.in_programme)
    draw = _drawer(plot, force=force, as_json=as_json, is_session=plan is None) if plot else None
    if plan:
        if as_json:
            return print_json(_programme_text.as_json(plan))
        return click.echo(_programme_text.as_text(plan, shutil.get_terminal_size().columns))
    with progress("Speaking", quiet=quiet) as report:
        ready = pipeline.prepare(wanted, pipeline.this_machine(), report)
    if plot and draw:
        draw(ready.timeline, About(ready.session.summary, ready.session.technique), plot, force=force)
        return print_made(plot, quiet=quiet)
    if as_json:
        voice = _show_text.voice_json(ready.session.voice, ready.without_pitch)
        shown = _show_text.as_json(ready.timeline, _lengths(ready), voice)
        shown |= _show_text.choices_json(ready.session, ready.requested.offered)
        return print_json(shown | {"chosen": _origins.as_json(_origins.of(ready))})
    width = shutil.get_terminal_size().columns
    lengths, region = _lengths(ready), ready.requested.region
    chosen, notes, kept = _origins.of(ready), ready.notes, ready.without_pitch
    more = (lengths, region, chosen, notes, kept, ready.requested.offered)
    return click.echo(_show_text.as_text(ready.session, ready.timeline, width, *more))


def _lengths(ready: Prepared) -> dict[str, int]:
    """Its length with each version of the introduction, this one's first; nothing where there is only one."""
    requested = ready.requested
    if not requested.has_intro:
        return {}
    this: IntroVersion = requested.request.intro or "full"
    that: IntroVersion = "short" if this == "full" else "full"
    other = requested.told_as(that, requested.request.seed)
    known_ms = other.known_ms
    return {
        this: ready.timeline.total_ms,
        that: pipeline.prepare(other, ready.machine).timeline.total_ms if known_ms is None else known_ms,
    }


def _drawer(target: Path, *, force: bool, as_json: bool, is_session: bool) -> Callable[..., None]:
    """What draws the picture. One that cannot be made is refused now, before any speech is made for it."""
    if as_json:
        raise click.UsageError("--plot makes a picture and --json a text; ask for one after the other")
    if not is_session:
        raise click.UsageError("a picture is of one session, and this is a programme; name one of its sessions")
    from player.picture.drawing import draw, must_be_drawable  # noqa: PLC0415 (matplotlib: 0.5 s, only for a picture)

    must_be_drawable(target, force=force)
    return draw


COMMANDS = (show,)
