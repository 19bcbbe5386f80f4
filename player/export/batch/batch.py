"""Many files at once: what is to be made, checked as a whole, then made by a crew.

The rule: every order is known and every target is free before the first file is made, and no target is made twice; then
a failure stops nothing but itself. It prints nothing, and does not know where the crew works.
"""

from __future__ import annotations

import queue
import threading
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.errors import PlayerError, UsageError, printable
from player.export import album, playlists
from player.export.batch.jobs import ExportedFiles, ExportOrder, ExportTask, FailedExport
from player.pipeline import programmes
from player.script import library

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from player.export.batch.executor import Executor
    from player.export.options import AlbumPosition, ExportOptions
    from player.pipeline import SessionRequest
    from player.pipeline.turns import PlannedProgramme, Turn

Progress = Callable[[int, int], None]

_UNTOLD_MS: Final = 60_000
"""What an order counts in the progress where only the voice could tell its length."""
_LOOK_EVERY_S: Final = 0.2  # Windows hears Ctrl-C only between two waits


@dataclass(frozen=True)
class BatchItem:
    """A session to be made, by itself or as a turn of a programme.

    Attributes
    ----------
    name
        Of its file, without an ending: ``pmr-7``, or ``01-safety-first`` in a programme.
    folder
        Below the one that was asked for: the programme's name, or nothing.
    place, playlist
        In its programme, and the file name of the programme's playlist; empty is none.
    """

    name: str
    request: SessionRequest
    folder: str = ""
    told_ms: int = 0
    title: str = ""
    place: AlbumPosition | None = None
    playlist: str = ""

    def work(self, wish: ExportOptions, request: SessionRequest | None = None) -> ExportTask:
        """What is to be made of it; ``request`` where it is another one."""
        return ExportTask(request or self.request, replace(wish, place=self.place))


@dataclass(frozen=True)
class BatchResult:
    """What became of an order, and how long that took in seconds."""

    order: ExportOrder
    result: ExportedFiles | FailedExport
    seconds: float = 0.0


def items(requests: Iterable[SessionRequest]) -> tuple[list[BatchItem], list[tuple[str, str]]]:
    """Every session of the requests; and names and sentences of those that cannot be made as they stand.

    Raises
    ------
    UsageError
        If there is nothing of a name, or an option does not fit: such a slip is told before anything is made.
    """
    found: list[BatchItem] = []
    failures: list[tuple[str, str]] = []
    for request in requests:
        try:
            found += _items(request)
        except UsageError:
            raise
        except PlayerError as error:
            failures.append((request.session, str(error)))
    return found, failures


def everything(asked: SessionRequest) -> list[SessionRequest]:
    """A request for each session that has a name."""
    return [replace(asked, session=name) for name in library.session_names()]


def _items(request: SessionRequest) -> list[BatchItem]:
    plan = programmes.planned(request)
    if plan is None:
        turn = programmes.alone(request)
        return [BatchItem(library.stem(request.session), request, told_ms=turn.length_ms)]
    return [_of_programme(plan, turn, path.stem) for turn, path in zip(plan.turns, _targets(plan), strict=True)]


def _of_programme(plan: PlannedProgramme, turn: Turn, name: str) -> BatchItem:
    folder = library.stem(plan.name)
    return BatchItem(name, turn.request, folder, turn.length_ms, turn.title, album.place(plan, turn), folder)


def _targets(plan: PlannedProgramme) -> tuple[Path, ...]:
    return album.targets(plan, Path(), "x")


def orders(found: Iterable[BatchItem], folder: Path, wish: ExportOptions, *, force: bool) -> list[ExportOrder]:
    """An order for each item: a file named after the session, a programme's in a folder of its own."""
    made = []
    for item in found:
        name = f"{item.folder}/{item.name}" if item.folder else item.name
        target = folder / item.folder / f"{item.name}.{wish.form}"
        listed = target.with_name(item.playlist + playlists.ENDING) if item.playlist and not wish.split else None
        made.append(ExportOrder(name, item.work(wish), target, force, item.told_ms, item.title, listed))
    return made


def must_be_possible(wanted: Sequence[ExportOrder]) -> None:
    """Look at every target before the first is made.

    Raises
    ------
    UsageError
        If two orders have the same target, or one is there already and must not be overwritten.
    OutputError
        If one can never be written.
    """
    from player.export import sidecars  # noqa: PLC0415
    from player.storage.atomic import must_be_free  # noqa: PLC0415

    for playlist in dict.fromkeys(order.playlist for order in wanted if order.playlist):
        must_be_free(playlist, force=any(order.force for order in wanted))
    known: dict[str, ExportOrder] = {}
    for order in wanted:
        first = known.setdefault(same_file(order.target), order)
        if first is not order:
            raise UsageError(
                f"{printable(first.name)} and {printable(order.name)} would both be made into "
                f"{printable(str(order.target))}; make them one after the other, into different folders"
            )
        wish, force = order.work.wish, order.force
        if not wish.split:  # its pieces are known when it is spoken
            must_be_free(order.target, force=force)
        sidecars.paths(order.target, captions=wish.captions, chapters=wish.chapters, labels=wish.labels, force=force)


def playlists_of(done: Iterable[BatchResult]) -> dict[Path, bytes]:
    """The playlist of each programme, with what was made of it in its order."""
    found: dict[Path, list[tuple[AlbumPosition, playlists.PlaylistEntry]]] = {}
    for each in done:
        order, result, place = each.order, each.result, each.order.work.wish.place
        if order.playlist and place and isinstance(result, ExportedFiles):
            entry = playlists.PlaylistEntry(order.title, result.length_ms, order.target)
            found.setdefault(order.playlist, []).append((place, entry))
    return {path: _playlist(entries) for path, entries in found.items()}


def _playlist(entries: list[tuple[AlbumPosition, playlists.PlaylistEntry]]) -> bytes:
    ordered = sorted(entries, key=lambda pair: pair[0].number)
    return playlists.text(ordered[0][0].programme, [entry for _, entry in ordered]).encode()


def same_file(path: Path) -> str:
    """The same for all names that some file system takes for one: macOS and Windows do not tell A from a."""
    return unicodedata.normalize("NFC", str(path.absolute())).casefold()


def run(
    wanted: Sequence[ExportOrder], crew: Executor, progress: Progress | None = None
) -> Generator[BatchResult, None, None]:
    """Do all orders, the longest first, so that none is left over at the end; each as soon as it is done.

    ``progress`` is called in the caller's thread with the time that is made, and all there is, in ms.
    """
    queued = sorted(wanted, key=_weight, reverse=True)
    heard: queue.Queue[tuple[int, int] | BatchResult] = queue.Queue()
    pool = ThreadPoolExecutor(max(1, min(crew.places, len(queued))), thread_name_prefix="making")
    stopped = threading.Event()
    try:
        for number, order in enumerate(queued):
            pool.submit(_do, number, order, crew, heard, stopped)
        yield from _gathered(queued, heard, progress)
    finally:
        stopped.set()
        crew.stop()
        pool.shutdown(cancel_futures=True)


def _do(
    number: int,
    order: ExportOrder,
    crew: Executor,
    heard: queue.Queue[tuple[int, int] | BatchResult],
    stopped: threading.Event,
) -> None:
    if stopped.is_set():
        return
    began = time.monotonic()
    weight = _weight(order)
    try:
        result = crew.make(order, lambda done, total: heard.put((number, weight * done // max(1, total))))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (whoever waits must hear of it)
        result = FailedExport(f"player met what it did not expect ({type(error).__name__}: {error})")
    heard.put((number, weight))
    heard.put(BatchResult(order, result, time.monotonic() - began))


def _gathered(
    queued: Sequence[ExportOrder], heard: queue.Queue[tuple[int, int] | BatchResult], progress: Progress | None
) -> Iterator[BatchResult]:
    made, left, total = [0] * len(queued), len(queued), sum(map(_weight, queued))
    while left:
        try:
            news = heard.get(timeout=_LOOK_EVERY_S)
        except queue.Empty:
            continue
        if isinstance(news, BatchResult):
            left -= 1
            yield news
        else:
            made[news[0]] = news[1]
            if progress:
                progress(sum(made), total)


def _weight(order: ExportOrder) -> int:
    return order.told_ms or _UNTOLD_MS
