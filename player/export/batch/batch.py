"""Many files at once: all orders are checked together, and an executor then does them.

The rule: every order is known and every target is free before the first file is made, and no target is made twice.
After that, an order that fails stops no other. It prints nothing, and does not know where the executor works.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.errors import PlayerError, UsageError, printable
from player.export import album, pages, playlists, sidecars
from player.export.batch.jobs import ExportedFiles, ExportOrder, ExportTask, FailedExport, known_files, same_file
from player.export.options import PAGE
from player.pipeline import as_requested, programmes
from player.script import library
from player.storage.atomic import must_be_free
from player.storage.failures import foreseen, unexpected

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from player.export.batch.executor import Executor
    from player.export.options import AlbumPosition, ExportOptions
    from player.export.page.document import ListedPage
    from player.pipeline import RequestedSession, SessionRequest
    from player.pipeline.turns import PlannedProgramme, Turn

Progress = Callable[[int, int], None]

_UNKNOWN_MS: Final = 60_000
"""The weight of an order in the progress display where its length depends on the voice."""
_POLL_S: Final = 0.2  # Windows handles Ctrl-C only between two waits


@dataclass(frozen=True)
class BatchItem:
    """A session to be made, by itself or as a turn of a programme.

    Attributes
    ----------
    name
        Of its file, without an ending: ``pmr-7``, or ``01-safety-first`` in a programme.
    folder
        Its folder below the target folder: the programme's name, or empty.
    position, playlist
        Its position in its programme, and the file name of the programme's playlist; None and empty without one.
    """

    name: str
    requested: RequestedSession
    folder: str = ""
    known_ms: int = 0
    title: str = ""
    position: AlbumPosition | None = None
    playlist: str = ""

    @property
    def request(self) -> SessionRequest:
        """What the user asks for, for this session."""
        return self.requested.request

    def task(self, options: ExportOptions, request: SessionRequest | None = None) -> ExportTask:
        """The task for it, with another ``request`` if one is given."""
        return ExportTask(request or self.request, replace(options, position=self.position))


@dataclass(frozen=True)
class BatchResult:
    """The result of an order, and how many seconds it took."""

    order: ExportOrder
    result: ExportedFiles | FailedExport
    seconds: float = 0.0


def items(requests: Iterable[SessionRequest]) -> tuple[list[BatchItem], list[tuple[str, str]]]:
    """Every session of the requests; and the names of those that cannot be made, each with the reason.

    Raises
    ------
    UsageError
        If a name is not known, or an option does not fit: this is raised before anything is made.
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


def every_session(asked: SessionRequest) -> list[SessionRequest]:
    """A request for each session that has a name."""
    return [replace(asked, session=name) for name in library.session_names()]


def _items(request: SessionRequest) -> list[BatchItem]:
    requested = as_requested(request)
    plan = programmes.planned(requested)
    if plan is None:
        turn = programmes.alone(requested)
        return [BatchItem(library.stem(request.session), requested, known_ms=turn.length_ms)]
    return [_of_programme(plan, turn, path.stem) for turn, path in zip(plan.turns, _targets(plan), strict=True)]


def _of_programme(plan: PlannedProgramme, turn: Turn, name: str) -> BatchItem:
    folder = library.stem(plan.name)
    return BatchItem(name, turn.requested, folder, turn.length_ms, turn.title, album.position(plan, turn), folder)


def _targets(plan: PlannedProgramme) -> tuple[Path, ...]:
    return album.targets(plan, Path(), "x")


def orders(found: Iterable[BatchItem], folder: Path, options: ExportOptions, *, force: bool) -> list[ExportOrder]:
    """An order for each item: a file named after the session; a programme has a folder of its own."""
    made = []
    for item in found:
        name = f"{item.folder}/{item.name}" if item.folder else item.name
        target = pages.place(folder / item.folder / f"{item.name}.{options.form}", beside=options.beside)
        has_list = item.playlist and not options.split and options.form != PAGE
        listed = target.with_name(item.playlist + playlists.ENDING) if has_list else None
        made.append(ExportOrder(name, item.task(options), target, force, item.known_ms, item.title, listed))
    return made


def must_be_possible(wanted: Sequence[ExportOrder]) -> None:
    """Check every target before the first is made.

    Raises
    ------
    UsageError
        If two orders would make the same file, or one is there already and must not be overwritten.
    OutputError
        If one can never be written.
    """
    for playlist in dict.fromkeys(order.playlist for order in wanted if order.playlist):
        must_be_free(playlist, force=any(order.force for order in wanted))
    known: dict[str, ExportOrder] = {}
    for order in wanted:
        for path in (order.target, *known_files(order)):
            if (first := known.setdefault(same_file(path), order)) is not order:
                raise UsageError(
                    f"{printable(first.name)} and {printable(order.name)} would both be made into "
                    f"{printable(str(path))}; make them one after the other, into different folders"
                )
        options, force = order.task.options, order.force
        if not options.split:  # its parts are known when it is spoken
            must_be_free(order.target, force=force)
        sidecars.paths(
            order.target, captions=options.captions, chapters=options.chapters, labels=options.labels, force=force
        )


def pages_of(results: Iterable[BatchResult], found: Iterable[BatchItem], folder: Path) -> list[ListedPage]:
    """What a list in a folder says of the pages that were made, in the order of the orders' items."""
    made = [(each.order, each.result) for each in results]
    return [
        pages.listed(item.requested, order.target.relative_to(folder).as_posix(), result.length_ms)
        for (order, result), item in zip(made, found, strict=True)
        if isinstance(result, ExportedFiles)
    ]


def playlists_of(results: Iterable[BatchResult]) -> dict[Path, bytes]:
    """The playlist of each programme: the files that were made of it, in its order."""
    found: dict[Path, list[tuple[AlbumPosition, playlists.PlaylistEntry]]] = {}
    for each in results:
        order, result, position = each.order, each.result, each.order.task.options.position
        if order.playlist and position and isinstance(result, ExportedFiles):
            entry = playlists.PlaylistEntry(order.title, result.length_ms, order.target)
            found.setdefault(order.playlist, []).append((position, entry))
    return {path: _playlist(entries) for path, entries in found.items()}


def _playlist(entries: list[tuple[AlbumPosition, playlists.PlaylistEntry]]) -> bytes:
    ordered = sorted(entries, key=lambda pair: pair[0].number)
    return playlists.playlist(ordered[0][0].programme, [entry for _, entry in ordered]).encode()


def run(
    wanted: Sequence[ExportOrder], executor: Executor, progress: Progress | None = None
) -> Generator[BatchResult, None, None]:
    """Do all orders, the longest first, so that no long one is left at the end; yields each result at once.

    ``progress`` is called in the caller's thread with the time that is made and the total, in ms.
    """
    queued = sorted(wanted, key=_weight, reverse=True)
    news: queue.Queue[tuple[int, int] | BatchResult] = queue.Queue()
    pool = ThreadPoolExecutor(max(1, min(executor.capacity, len(queued))), thread_name_prefix="making")
    stopped = threading.Event()
    try:
        for number, order in enumerate(queued):
            pool.submit(_do, number, order, executor, news, stopped)
        yield from _gathered(queued, news, progress)
    finally:
        stopped.set()
        executor.stop()
        pool.shutdown(cancel_futures=True)


def _do(
    number: int,
    order: ExportOrder,
    executor: Executor,
    news: queue.Queue[tuple[int, int] | BatchResult],
    stopped: threading.Event,
) -> None:
    if stopped.is_set():
        return
    began = time.monotonic()
    weight = _weight(order)
    try:
        result = executor.make(order, lambda done, total: news.put((number, weight * done // max(1, total))))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (the caller waits for a result)
        result = FailedExport(str(foreseen(error) or unexpected(error)))
    news.put((number, weight))
    news.put(BatchResult(order, result, time.monotonic() - began))


def _gathered(
    queued: Sequence[ExportOrder], news: queue.Queue[tuple[int, int] | BatchResult], progress: Progress | None
) -> Iterator[BatchResult]:
    made, left, total = [0] * len(queued), len(queued), sum(map(_weight, queued))
    while left:
        try:
            each = news.get(timeout=_POLL_S)
        except queue.Empty:
            continue
        if isinstance(each, BatchResult):
            left -= 1
            yield each
        else:
            made[each[0]] = each[1]
            if progress:
                progress(sum(made), total)


def _weight(order: ExportOrder) -> int:
    return order.known_ms or _UNKNOWN_MS
