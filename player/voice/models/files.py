"""Writes files into the folder of voices: each appears whole or not at all.

Files that belong together are written under temporary names in the same folder, flushed to the disk, and then renamed
one after the other, in the given order. Temporary files of a killed run are removed by the next run.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from typing import TYPE_CHECKING, BinaryIO, Final

from player.errors import VoiceError, printable
from player.storage.stale_files import MARK, is_stale, mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VARIABLE: Final = "PLAYER_VOICES"
"""The environment variable that names the folder."""
STALE_AFTER_S: Final = 3600
"""A temporary file of another machine that was not written for this long was left by a crash."""

_PART: Final = re.compile(rf"\..+\.{MARK}\.part")
_REMEDIES: Final = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EACCES: "make the folder writable",
    errno.EPERM: "make the folder writable",
    errno.EROFS: "make the folder writable",
}


@contextlib.contextmanager
def arrivals(*targets: Path) -> Iterator[tuple[BinaryIO, ...]]:
    """Open a file for each target, all in one folder. They are renamed when the block ends without an error.

    Raises
    ------
    VoiceError
        If one cannot be written.
    """
    where = targets[0].parent
    parts = [target.with_name(f".{target.name}.{mark()}.part") for target in targets]
    with sentences("write", where):
        where.mkdir(parents=True, exist_ok=True)
        _sweep(where)
        try:
            with contextlib.ExitStack() as stack:
                files = tuple(stack.enter_context(part.open("wb")) for part in parts)
                yield files
                for file in files:
                    file.flush()
                    os.fsync(file.fileno())
            for part, target in zip(parts, targets, strict=True):
                part.replace(target)
        finally:
            for part in parts:
                with contextlib.suppress(OSError):
                    part.unlink()


@contextlib.contextmanager
def sentences(doing: str, path: Path) -> Iterator[None]:
    """An error of the file system inside becomes a `VoiceError` in one sentence."""
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "check the folder")
        reason = f"{printable(str(path))}: {printable(error.strerror or str(error))}"
        raise VoiceError(f"cannot {doing} {reason}; {remedy}, or set {VARIABLE} to another folder") from error


def _sweep(where: Path) -> None:
    for path in where.iterdir():
        with contextlib.suppress(OSError):  # gone already, or not ours to remove
            if (name := _PART.fullmatch(path.name)) and is_stale(path, name, stale_after_s=STALE_AFTER_S):
                path.unlink()
