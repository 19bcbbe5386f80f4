"""Writes files into the folder of voices: each appears whole or not at all.

Files that belong together are written under temporary names in the same folder, flushed to the disk, and then renamed
one after the other, in the given order. Temporary files of a killed run are removed by the next run.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, BinaryIO

from player.errors import VoiceError
from player.storage.failures import sentences
from player.storage.parts import PART, created, part_of
from player.storage.stale_files import remove_stale

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def arrivals(*targets: Path) -> Iterator[tuple[BinaryIO, ...]]:
    """Open a file for each target, all in one folder. They are renamed when the block ends without an error.

    Raises
    ------
    VoiceError
        If one cannot be written.
    """
    where = targets[0].parent
    parts = [part_of(target) for target in targets]
    with sentences(VoiceError, "write", where):
        where.mkdir(parents=True, exist_ok=True)
        remove_stale(where, PART)
        try:
            with contextlib.ExitStack() as stack:
                files = tuple(stack.enter_context(created(part)) for part in parts)
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
