"""A piece of work: one session, and how it is to become files; frozen values that travel between processes.

The rule: the files are a function of the work alone (what the request names, its values, voice and background, and the
wish), so it does not matter which process does it, on which machine, or beside what else. A failure is a value, too: a
sentence crosses from one process to another as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from player.errors import PlayerError

if TYPE_CHECKING:
    from pathlib import Path

    from player.export.options import ExportOptions
    from player.pipeline import Machine, Progress, SessionRequest


@dataclass(frozen=True)
class ExportTask:
    """What is to be made."""

    request: SessionRequest
    wish: ExportOptions


@dataclass(frozen=True)
class ExportOrder:
    """A work, and where its file goes.

    Attributes
    ----------
    name
        What people call it.
    told_ms
        Its length as far as scripts tell; for the progress display.
    title, playlist
        Of a session of a programme: as the playlist, which the caller writes, has it.
    """

    name: str
    work: ExportTask
    target: Path
    force: bool = False
    told_ms: int = 0
    title: str = ""
    playlist: Path | None = None


@dataclass(frozen=True)
class ExportedFiles:
    """What became of an order: all its files, how long it is to be heard, and bytes altogether.

    ``notes`` are sentences about what is not as it was wished.
    """

    files: tuple[Path, ...]
    length_ms: int
    size: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FailedExport:
    """What became of an order that could not be done, in words for the user."""

    sentence: str


def make(order: ExportOrder, machine: Machine, progress: Progress | None = None) -> ExportedFiles | FailedExport:
    """Do the work here and now; ``progress`` hears of the time that is mixed, in ms."""
    from player import pipeline  # noqa: PLC0415 (numpy, pydub: only where work is done)
    from player.export import exporter  # noqa: PLC0415
    from player.storage.atomic import must_be_free, sentences  # noqa: PLC0415

    try:
        if not order.work.wish.split:  # its pieces are known later
            must_be_free(order.target, force=order.force)
        ready = pipeline.prepare(order.work.request, machine)
        with sentences(order.target):
            order.target.parent.mkdir(parents=True, exist_ok=True)
        notes: list[str] = []
        wish, force = order.work.wish, order.force
        files = exporter.export(ready, order.target, wish, force=force, progress=progress, tell=notes.append)
        return ExportedFiles(files, ready.timeline.total_ms, sum(path.stat().st_size for path in files), tuple(notes))
    except PlayerError as error:
        return FailedExport(str(error))
    except (OSError, MemoryError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        # One that was not expected must not stop the others.
        return FailedExport(f"player met what it did not expect ({type(error).__name__}: {error})")
