"""A Dask worker that lies, for ``dask worker --preload``: the name of the file that is asked for says how.

It makes no sound, which would take seconds.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from player.export.batch import dask_worker, returned
from player.export.batch.returned import Fetchable

if TYPE_CHECKING:
    from player.export.batch.jobs import FailedExport

TRUE_WRITTEN, TRUE_PIECE = returned.written, dask_worker.read_piece


class Bomb:
    """Runs a command where it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch ran",)


def make(bundle: object, options: object, name: str, large: object, root: str) -> Fetchable:
    if name == "fault.wav":
        raise ValueError("no such thing")
    folder = Path(tempfile.mkdtemp(dir=root))
    content = b"no sound" if name == "text.wav" else b"RIFF, and no more"
    (folder / "made").mkdir()
    (folder / "made" / name).write_bytes(content)
    told = f"../{name}" if name == "elsewhere.wav" else name
    return Fetchable(str(folder), ((told, len(content), hashlib.sha256(content).hexdigest()),), 5_000)


def written(result: Fetchable | FailedExport, worker: str) -> object:
    is_bomb = isinstance(result, Fetchable) and result.files[0][0] == "bomb.wav"
    return Bomb() if is_bomb else TRUE_WRITTEN(result, worker)


def read_piece(folder: str, name: str, offset: int) -> object:
    piece = TRUE_PIECE(folder, name, offset)
    lies = {"other.wav": piece[::-1], "more.wav": piece + b"more", "explosive.wav": Bomb()}
    return lies.get(name, piece)


def dask_setup(worker: object) -> None:
    """Called by Dask once; it loads this module more than once."""
    returned.written = written  # type: ignore[assignment]
    dask_worker.make = make
    dask_worker.read_piece = read_piece  # type: ignore[assignment]
