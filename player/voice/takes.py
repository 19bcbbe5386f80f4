"""Temporary folders for takes, between the engine and the store.

A folder is removed when its take has been read. Folders that a crash left are removed by the next run that speaks.
"""

from __future__ import annotations

import contextlib
import re
import stat
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.storage.stale_files import MARK, mark, remove_stale

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE: Final = "speech.wav"

_NAME: Final = re.compile(rf"player-{MARK}-\w+")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A new folder for one take, by its absolute path.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    _sweep_once()
    with tempfile.TemporaryDirectory(prefix=f"player-{mark()}-", ignore_cleanup_errors=True) as made:
        yield Path(made).absolute()
    with contextlib.suppress(OSError):  # it is gone, unless a disk failed once: no later run would look for it
        _remove(Path(made))


@cache
def _sweep_once() -> None:
    with contextlib.suppress(OSError):  # a folder that cannot be listed has no files of ours
        remove_stale(Path(tempfile.gettempdir()), _NAME, _remove, is_kind=stat.S_ISDIR)


def _remove(path: Path) -> None:
    """Remove a folder of ours, but nothing in it that we did not write."""
    (path / FILE).unlink(missing_ok=True)
    path.rmdir()
