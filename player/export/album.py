"""A programme as an album: a folder of numbered files that name it and their place in it, and a playlist of them all.

The rule: every file must be free, and every session spoken, before the first file is made, so that failures come early.
It prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from player import pipeline
from player.errors import OutputError
from player.export import exporter, playlists
from player.export.options import AlbumPosition
from player.pipeline import programmes
from player.script import library
from player.storage.atomic import must_be_free, write_all
from player.storage.failures import sentences
from player.storage.names import safe_stem

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from player.export.options import ExportOptions
    from player.pipeline import Machine, Progress
    from player.pipeline.turns import PlannedProgramme, Turn

Steps = Callable[[str], "AbstractContextManager[Progress | None]"]
OnNote = Callable[[str], None]
_FEWEST_DIGITS: Final = 2


def targets(plan: PlannedProgramme, folder: Path, form: str) -> tuple[Path, ...]:
    """A file for each session, numbered by its position in the whole programme: ``01-safety-first.mp3``.

    So a folder keeps the order on any phone, and one part after another fills the same folder.
    """
    return tuple(folder / f"{numbered(turn.name, position(plan, turn))}.{form}" for turn in plan.turns)


def numbered(session: str, at: AlbumPosition) -> str:
    """The name of a file of a programme, without its ending: ``01-safety-first``."""
    digits = max(_FEWEST_DIGITS, len(str(at.count)))
    return f"{at.number:0{digits}}-{safe_stem(session)}"


def position(plan: PlannedProgramme, turn: Turn) -> AlbumPosition:
    """A session's position in the programme."""
    return AlbumPosition(plan.title, turn.number, plan.count, plan.credits)


def playlist(plan: PlannedProgramme, folder: Path, options: ExportOptions) -> Path | None:
    """The playlist of a whole programme, such as ``first-week.m3u8``; None for one part, and where sessions are split.

    Sessions that are split have playlists of their own.
    """
    is_whole = len(plan.turns) == plan.count
    return folder / f"{library.stem(plan.name)}{playlists.ENDING}" if is_whole and not options.split else None


def export(
    plan: PlannedProgramme,
    folder: Path,
    options: ExportOptions,
    machine: Machine,
    *,
    force: bool,
    steps: Steps,
    on_note: OnNote | None = None,
) -> Iterator[tuple[Path, ...]]:
    """Export each session as a file; yields all files made of it when they are whole, and the playlist at the end.

    Parameters
    ----------
    steps
        Called with what is being done; gives a function to report progress to.
    on_note
        Called with a sentence where a preset cannot be met.

    Raises
    ------
    UsageError
        If one of the files is there already, without ``force``.
    PlayerError
        If a session has problems, or a file cannot be written.
    """
    files, listed = targets(plan, folder, options.form), playlist(plan, folder, options)
    for file in (*files, *([listed] if listed else [])):
        must_be_free(file, force=force)
    for requested in programmes.distinct(turn.requested for turn in plan.turns):
        with steps("Speaking") as report:
            pipeline.prepare(requested, machine, report)
    with sentences(OutputError, "write", folder):
        folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for turn, file in zip(plan.turns, files, strict=True):
        ready = pipeline.prepare(turn.requested, machine)
        mine = replace(options, position=position(plan, turn))
        with steps(turn.title) as report:
            made = exporter.export(ready, file, mine, force=force, progress=report, on_note=_named(on_note, file))
        yield made
        entries.append(playlists.PlaylistEntry(turn.title, ready.timeline.total_ms, file))
    if listed:
        yield write_all({listed: playlists.playlist(plan.title, entries).encode()}, force=force)


def _named(on_note: OnNote | None, file: Path) -> OnNote | None:
    return (lambda sentence: on_note(f"{file.name}: {sentence}")) if on_note else None
