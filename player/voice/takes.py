"""Temporary folders for takes, between the engine and the store.

A folder is removed when its take has been read. Folders that a crash left are removed by the next run that speaks.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.storage.stale_files import MARK, is_stale, mark

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE: Final = "speech.wav"
STALE_AFTER_S: Final = 3600

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


@cache
def _sweep_once() -> None:
    with contextlib.suppress(OSError):  # a folder that cannot be listed has no files of ours
        for path in Path(tempfile.gettempdir()).iterdir():
            if name := _NAME.fullmatch(path.name):
                _remove(path, name)


def _remove(path: Path, name: re.Match[str]) -> None:
    """Remove a folder of ours, but no link: every user may put things there."""
    with contextlib.suppress(OSError):
        if not path.is_symlink() and is_stale(path, name, stale_after_s=STALE_AFTER_S):
            (path / FILE).unlink(missing_ok=True)
            path.rmdir()
