"""What a worker of a cluster does: unpack a parcel, have a process make the files, and hand them out in pieces.

The rule: it runs on another machine, so it is told everything and remembers nothing but folders of finished files,
which lie in the worker's own folder and go with it. The work is done in a process of its own: a crash of it is an
answer, and the worker lives on. It does not know what carries its answers.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.errors import PlayerError
from player.export.batch.bundle import HERE, OWN, unpack
from player.export.batch.executor import WorkerProcess
from player.export.batch.jobs import ExportedFiles, ExportOrder, ExportTask, FailedExport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.export.batch.bundle import Bundle
    from player.export.options import ExportOptions

PIECE: Final = 4 * 2**20
"""Bytes that are fetched at once."""
KEPT_S: Final = 3600
"""Files that nobody fetched for this long belong to a caller who is gone."""

_PREFIX: Final = "player-"
_MADE: Final = "made"
_PACKAGES: Final = (
    *("player", "distributed", "dask", "numpy", "soxr", "soundfile", "lameenc"),
    *("pydub", "mutagen", "pyttsx3", "pyyaml"),
)
PROCESSOR: Final = "the kind of processor"
"""The fact by which samples of a natural voice may differ, and nothing else: no text, no time, no length."""


@dataclass(frozen=True)
class Fetchable:
    """Files that wait on a worker: their names below ``folder``, sizes in bytes, and SHA-256.

    ``notes`` are those of a `ExportedFiles`.
    """

    folder: str
    files: tuple[tuple[str, int, str], ...]
    length_ms: int
    notes: tuple[str, ...] = ()


@cache
def facts() -> dict[str, str]:
    """What must be the same on two machines, so that they make the same bytes; names and versions."""
    from player import pipeline  # noqa: PLC0415 (numpy)
    from player.voice import processor  # noqa: PLC0415

    known = {name: _version(name) for name in _PACKAGES}
    known["player's own files"] = _digest()
    known["Python"] = ".".join(platform.python_version_tuple()[:2])
    known["the voices"] = pipeline.this_machine().engine.version
    known[PROCESSOR] = processor.kind()
    return known


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "none"


def _digest() -> str:
    """Of the program's own modules: a version number stands for many states while it is being developed."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def make(
    parcel: Bundle, wish: ExportOptions, name: str, large: Mapping[str, bytes], root: str
) -> Fetchable | FailedExport:
    """Make the files of a parcel in a new folder below ``root``; ``name`` is what the first is called."""
    _sweep(Path(root))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
    try:
        result = _made(parcel, wish, name, large, folder)
    except (OSError, PlayerError) as error:
        result = FailedExport(f"the cluster's worker cannot work: {error}; look at it")
    if isinstance(result, FailedExport):
        drop(str(folder))
        return FailedExport(result.sentence.replace(f"{folder / HERE}/", "").replace(str(folder), "the worker"))
    files = tuple((str(path.relative_to(folder / _MADE).as_posix()), *_size(path)) for path in result.files)
    return Fetchable(str(folder), files, result.length_ms, result.notes)


def _made(
    parcel: Bundle, wish: ExportOptions, name: str, large: Mapping[str, bytes], folder: Path
) -> ExportedFiles | FailedExport:
    unpack(parcel, large, folder)
    maker = WorkerProcess(folder / HERE, {"PLAYER_SCRIPTS": str(folder / OWN)})
    try:
        order = ExportOrder(name, ExportTask(parcel.request, wish), folder / _MADE / name)
        result = maker.make(order, lambda done, total: None)  # noqa: ARG005 (nobody hears of it so far away)
    finally:
        maker.stop()
    return result or FailedExport(f"the worker's process ended by itself ({maker.last_words()}); give it more memory")


def _size(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(2**20):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def piece(folder: str, name: str, offset: int) -> bytes:
    """The next bytes of a file, at most `PIECE`."""
    with Path(folder, _MADE, name).open("rb") as file:
        file.seek(offset)
        return file.read(PIECE)


def drop(folder: str) -> None:
    """Remove what was fetched."""
    shutil.rmtree(folder, ignore_errors=True)


def _sweep(root: Path) -> None:
    """Remove what nobody fetched."""
    with suppress(OSError):
        for folder in root.glob(f"{_PREFIX}*"):
            if time.time() - folder.stat().st_mtime > KEPT_S:
                drop(str(folder))
