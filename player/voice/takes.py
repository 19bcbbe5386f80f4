"""Where takes lie for the moment between the engine and the store: folders of their own for temporary files.

The rule: a folder goes when its take has been read. What a crash left is removed by the next run that speaks. What is
in a take is not known here.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.storage.leftovers import MARK, is_left, mark

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
    with contextlib.suppress(OSError):  # what cannot be listed has nothing of ours
        for path in Path(tempfile.gettempdir()).iterdir():
            if name := _NAME.fullmatch(path.name):
                _remove(path, name)


def _remove(path: Path, name: re.Match[str]) -> None:
    """Only what is ours to make, and no link: anybody may put things there."""
    with contextlib.suppress(OSError):
        if not path.is_symlink() and is_left(path, name, stale_after_s=STALE_AFTER_S):
            (path / FILE).unlink(missing_ok=True)
            path.rmdir()
