"""The worker's side of a cluster: it unpacks a bundle, a process makes the files, and they are fetched in pieces.

The rule: it runs on another machine, so everything is sent to it. It keeps only folders of finished files, inside the
worker's own folder, which is removed with the worker. The files are made in a process of their own: if that crashes,
the result is a failure, and the worker goes on. It knows nothing of Dask.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
import stat
import tempfile
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import player
from player import pipeline
from player.errors import PlayerError
from player.export.batch.bundle import HERE, OWN, unpack
from player.export.batch.executor import WorkerProcess
from player.export.batch.jobs import ExportedFiles, ExportOrder, ExportTask, FailedExport
from player.export.batch.returned import Fetchable
from player.storage.stale_files import remove_stale
from player.voice import processor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.export.batch.bundle import Bundle
    from player.export.options import ExportOptions

PIECE: Final = 4 * 2**20
"""Bytes that are fetched at once."""

_PREFIX: Final = "player-task-"
_FOLDER: Final = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")
"""Without a mark: their worker still runs, and files that were not fetched in time have no caller any more."""
_MADE: Final = "made"
_PACKAGES: Final = (
    *("distributed", "dask", "numpy", "soxr", "soundfile", "lameenc"),
    *("pydub", "mutagen", "pyttsx3", "pyyaml"),
)
_OWN: Final = {".py", ".yaml", ".html", ".css", ".js"}
PROCESSOR: Final = "the kind of processor"
"""By this fact, samples of a natural voice may differ, but no text, no time and no length."""


@cache
def facts() -> dict[str, str]:
    """Names and versions that must be the same on two machines, so that they make the same bytes."""
    known = {"player": player.__version__} | {name: _version(name) for name in _PACKAGES}
    known["player's own files"] = _digest()
    known["Python"] = ".".join(platform.python_version_tuple()[:2])
    known["the voices"] = pipeline.this_machine().engine.version
    known[PROCESSOR] = processor.kind()
    return known


def facts_as_text() -> bytes:
    """The same in JSON: bytes are all that a caller takes from another machine."""
    return json.dumps(facts()).encode("ascii")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "none"


def _digest() -> str:
    """Of the program's own modules, pages and scripts, as one version number has many states during development."""
    digest = hashlib.sha256()
    for path in sorted(Path(player.__file__).parent.rglob("*.*")):
        if path.suffix in _OWN:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def make(
    bundle: Bundle, options: ExportOptions, name: str, large: Mapping[str, bytes], root: str
) -> Fetchable | FailedExport:
    """Make the files of a bundle in a new folder below ``root``; ``name`` is that of the first."""
    with suppress(OSError):
        remove_stale(Path(root), _FOLDER, lambda path: drop(str(path)), is_kind=stat.S_ISDIR)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
    try:
        result = _made(bundle, options, name, large, folder)
    except PlayerError as error:
        result = FailedExport(str(error))
    except OSError as error:
        result = FailedExport(
            f"the cluster's worker cannot make it ({error}); check that machine, or export without --cluster"
        )
    if isinstance(result, FailedExport):
        drop(str(folder))
        return FailedExport(result.sentence.replace(f"{folder / HERE}/", "").replace(str(folder), "the worker"))
    files = tuple((str(path.relative_to(folder / _MADE).as_posix()), *_size(path)) for path in result.files)
    return Fetchable(str(folder), files, result.length_ms, result.notes)


def _made(
    bundle: Bundle, options: ExportOptions, name: str, large: Mapping[str, bytes], folder: Path
) -> ExportedFiles | FailedExport:
    unpack(bundle, large, folder)
    worker = WorkerProcess(folder / HERE, {"PLAYER_SCRIPTS": str(folder / OWN)})
    try:
        order = ExportOrder(name, ExportTask(bundle.request, options), folder / _MADE / name)
        result = worker.make(order, lambda done, total: None)  # noqa: ARG005 (progress is not sent back)
    finally:
        worker.stop()
    return result or FailedExport(f"the worker's process {worker.end_in_words('give it more memory')}")


def _size(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(2**20):
            digest.update(data)
            size += len(data)
    return size, digest.hexdigest()


def read_piece(folder: str, name: str, offset: int) -> bytes:
    """The next bytes of a file, at most `PIECE`."""
    with Path(folder, _MADE, name).open("rb") as file:
        file.seek(offset)
        return file.read(PIECE)


def drop(folder: str) -> None:
    """Remove the files of a task."""
    shutil.rmtree(folder, ignore_errors=True)
