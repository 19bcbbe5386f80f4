"""The command ``record``: lists the lines to speak in one's own voice, and reviews the takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from player import pipeline
from player.authoring.takes.lines import lines, seconds, sheet
from player.authoring.takes.review import review
from player.cli._option import option
from player.cli._options import (
    OutputPath,
    as_json,
    print_made,
    print_warning,
    quiet_made,
    request_from_options,
    words_options,
)
from player.cli._tables import print_json, table
from player.cli._times import FORMS
from player.errors import printable
from player.pipeline import programmes
from player.storage.atomic import write_all
from player.storage.store import Store
from player.techniques.cue import Marker
from player.timeline.layout import utterances

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from player.authoring.takes.lines import LineToSpeak, SessionParts
    from player.authoring.takes.review import Review, ReviewedLine
    from player.pipeline import RequestedSession
    from player.techniques.cue import Part


@click.command(epilog=FORMS)
@option("--takes", metavar="FOLDER", help="Look at what there is: missing, there, too long, not to be read.")
@option("-o", "--output", type=OutputPath(), metavar="FILE", help="Write a sheet to read from.")
@option("--force", is_flag=True, help="Overwrite the sheet if it is there.")
@as_json
@words_options
@quiet_made
def record(
    *,
    takes: str | None,
    output: Path | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    **asked: Any,  # noqa: ANN401 (what Click hands over)
) -> None:
    """List the lines that you would speak for a session, or for all of a programme, in your own voice.

    Each line is listed once, with the name for its take, how long it may be at most, how often it is heard, its section
    and its text; of a word on a beat, the time counts from the beat on. Record some of them or all, a file for each,
    into one folder: WAV, FLAC, Ogg or MP3 (what telephones write, where ffmpeg is installed), up to 5 minutes each. The
    number in front of a name counts for nothing, so takes outlive a change of the script, and one folder serves many
    sessions.

    \b
    player record SESSION -o lines.txt     a sheet to read from
    player record SESSION --takes FOLDER   what is there; -o, a sheet of the rest
    player play SESSION --takes FOLDER     also export, show, check and every

    Takes are trimmed and brought to the loudness of speech, each by itself; a voice speaks the other lines. The exit
    code is 1 if a take cannot be heard, is too long, or is one of two for a line.
    """  # noqa: D301 (Click wants the character itself, not its escape)
    if output and as_json:
        raise click.UsageError("-o is a sheet for people and --json a list for programs; ask for one after the other")
    sessions = _sessions(asked)
    found = lines(sessions)
    seen = _review(sessions, found, takes) if takes is not None else None
    if output:
        _write(output, sessions, _open(found, seen), force=force, quiet=quiet)
    elif as_json:
        print_json(_json(sessions, found, seen))
    else:
        table(_rows(found, seen))
    for told in (each.told for each in seen.lines if each.told) if seen else ():
        print_warning(told)
    if not quiet:
        click.echo(_summary(found, seen), err=True)
    raise click.exceptions.Exit(1 if seen and any(each.is_wrong for each in seen.lines) else 0)


def _sessions(asked: dict[str, Any]) -> list[SessionParts]:
    """The session, or all sessions of a programme, planned without a voice."""
    wanted = pipeline.RequestedSession(request_from_options(**asked))
    plan = programmes.planned(wanted)
    sessions = [wanted] if plan is None else programmes.distinct(turn.requested for turn in plan.turns)
    return [(each.session, (*each.settled, *_only_short(each))) for each in sessions]


def _only_short(requested: RequestedSession) -> Iterator[Part]:
    """What is said only with the short introduction, if nobody asks for one of the two."""
    if requested.request.intro is not None or not requested.has_intro:
        return
    full = {*utterances(requested.settled)}
    yield Marker("With the short introduction")
    for part in requested.told_as("short", requested.request.seed).settled:
        if not full.issuperset(utterances([part])):
            yield part


def _review(sessions: Sequence[SessionParts], found: Sequence[LineToSpeak], folder: str) -> Review:
    return review(sessions, found, folder, Store())


def _open(found: Sequence[LineToSpeak], seen: Review | None) -> Sequence[LineToSpeak]:
    """The lines that have no good take yet."""
    return found if seen is None else [each.line for each in seen.lines if each.state != "there"]


def _write(
    target: Path, sessions: Sequence[SessionParts], found: Sequence[LineToSpeak], *, force: bool, quiet: bool
) -> None:
    titles = " and ".join(dict.fromkeys(session.title for session, _ in sessions))
    print_made(*write_all({target: sheet(titles, found).encode()}, force=force), quiet=quiet)


def _json(sessions: Sequence[SessionParts], found: Sequence[LineToSpeak], seen: Review | None) -> dict[str, Any]:
    takes = {each.line.name: each for each in seen.lines} if seen else {}
    rows = [_row_json(line, takes.get(line.name)) for line in found]
    unused = {"unused": [path.name for path in seen.unused]} if seen else {}
    return {"title": " and ".join(dict.fromkeys(session.title for session, _ in sessions)), "lines": rows, **unused}


def _row_json(line: LineToSpeak, seen: ReviewedLine | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "number": line.number,
        "file": line.file,
        "section": line.section,
        "text": line.text,
        "room_ms": line.room_ms,
        "on_beat": line.on_beat,
        "times": line.times,
    }
    if seen:
        row |= {"state": seen.state, "take": seen.path and seen.path.name, "length_ms": seen.length_ms}
        row |= {"told": seen.told}
    return row


def _rows(found: Sequence[LineToSpeak], seen: Review | None) -> Iterator[tuple[str, ...]]:
    """The table's rows. With takes, the first columns are each take's state and length; unused files come last."""
    looked = {each.line.name: each for each in seen.lines} if seen else {}
    yield (*(("take", "lasts") if seen else ()), "name", "at most", "heard", "section", "text")
    for line in found:
        state = _state(looked[line.name]) if seen else ()
        yield (*state, line.file, _room(line), f"{line.times} x", printable(line.section), printable(line.text))
    for path in seen.unused if seen else ():
        yield ("unused", "", printable(path.name), "", "", "", "")


def _state(looked: ReviewedLine) -> tuple[str, str]:
    return looked.state, "" if looked.length_ms is None else f"{looked.length_ms / 1000:.1f} s"


def _room(line: LineToSpeak) -> str:
    if line.room_ms is None:
        return "any"
    return f"beat + {seconds(line.room_ms)}" if line.on_beat else seconds(line.room_ms)


def _summary(found: Sequence[LineToSpeak], seen: Review | None) -> str:
    count = "1 line" if len(found) == 1 else f"{len(found)} lines"
    if seen is None:
        return f"{count} to speak."
    wrong = sum(each.is_wrong for each in seen.lines)
    told = [f"{seen.count('there')} of {count} there", f"{seen.count('missing')} missing"]
    told += [f"{wrong} to be mended"] if wrong else []
    told += [f"{len(seen.unused)} unused"] if seen.unused else []
    return ", ".join(told) + "."


COMMANDS = (record,)
