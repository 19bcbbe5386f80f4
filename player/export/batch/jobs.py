"""Tasks and orders: one session, and how it becomes files; frozen values that are sent between processes.

The rule: the files depend on the task alone (what the request names, its values, voice and background, and the
options), not on the process or the machine that makes them, or on what else is made. A failure is a value, too: its
sentence passes from one process to another unchanged.
"""

from __future__ import annotations

import unicodedata
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from player import pipeline
from player.errors import OutputError, PlayerError
from player.export import exporter, pages
from player.export.options import PAGE
from player.script import library
from player.storage.atomic import must_be_free
from player.storage.failures import foreseen, sentences, unexpected

if TYPE_CHECKING:
    from pathlib import Path

    from player.export.options import ExportOptions
    from player.pipeline import Machine, Progress, SessionRequest


STOPPED: Final = "the export was stopped (Ctrl-C) before this was complete; start it again"
"""Why an order fails that is left when all are stopped."""


@dataclass(frozen=True)
class ExportTask:
    """A session and how to export it."""

    request: SessionRequest
    options: ExportOptions


@dataclass(frozen=True)
class ExportOrder:
    """A task, and where its file goes.

    Attributes
    ----------
    name
        For messages.
    known_ms
        Its length as far as scripts say it; for the progress display.
    title, playlist
        Of a session of a programme: its title and path of the playlist, which the caller writes.
    """

    name: str
    task: ExportTask
    target: Path
    force: bool = False
    known_ms: int = 0
    title: str = ""
    playlist: Path | None = None


def known_files(order: ExportOrder) -> tuple[Path, ...]:
    """All files that an order can make, but for the parts of a split session."""
    options, target = order.task.options, order.target
    if options.form != PAGE:
        return exporter.known_files(target, options)
    name = library.stem(order.task.request.session)
    return (target, pages.sound_file(target, name, options.position)) if options.beside else (target,)


def same_file(path: Path) -> str:
    """One key for all names that some file system takes for the same: to macOS and Windows, A and a are the same."""
    return unicodedata.normalize("NFC", str(path.absolute())).casefold()


@dataclass(frozen=True)
class ExportedFiles:
    """The result of an order: all its files, the length of the session, and the bytes of all files.

    ``notes`` are sentences about options that could not be met.
    """

    files: tuple[Path, ...]
    length_ms: int
    size: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FailedExport:
    """The result of an order that could not be done, in a sentence for the user."""

    sentence: str


def make(order: ExportOrder, machine: Machine, progress: Progress | None = None) -> ExportedFiles | FailedExport:
    """Make the files in this process; ``progress`` is called with the time that is mixed, in ms."""
    try:
        if not order.task.options.split:  # its parts are known later
            must_be_free(order.target, force=order.force)
        ready = pipeline.prepare(order.task.request, machine)
        with sentences(OutputError, "write", order.target):
            order.target.parent.mkdir(parents=True, exist_ok=True)
        notes = [*ready.notes]
        options, force = order.task.options, order.force
        if options.form == PAGE:
            steps = None if progress is None else (lambda _: nullcontext(progress))
            files = pages.export((ready,), order.target, options, force=force, steps=steps, on_note=notes.append)
        else:
            files = exporter.export(ready, order.target, options, force=force, progress=progress, on_note=notes.append)
        return ExportedFiles(files, ready.timeline.total_ms, sum(path.stat().st_size for path in files), tuple(notes))
    except PlayerError as error:
        return FailedExport(str(error))
    except (OSError, MemoryError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        # An unexpected error must not stop the other orders.
        return FailedExport(str(foreseen(error) or unexpected(error)))
