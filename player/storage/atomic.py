"""A file that appears whole or not at all.

The rule: everything is written to a part (`player.storage.parts`) in the folder of its target, and takes its name in
one step when complete. Nothing is overwritten without ``force``, neither when writing starts nor when it ends. What a
crash left is removed by the next run on this machine, or an hour later on another. It does not know what is written.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING, Final

from player.errors import OutputError, UsageError, printable
from player.storage.failures import sentences
from player.storage.parts import PART, created, part_of
from player.storage.stale_files import remove_stale

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NO_SYNC: Final = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


class NewFile:
    """An unfinished file: write to ``part``, then call `commit` or `discard`.

    Raises
    ------
    UsageError
        If the target is there already, without ``force``.
    OutputError
        If it can never be written there.
    """

    def __init__(self, target: Path, *, force: bool = False) -> None:
        self.target = target
        self._force = force
        must_be_free(self.target, force=self._force)
        self.part = part_of(target)
        with contextlib.suppress(OSError):  # no such folder, or one that may not be listed: writing reports it
            remove_stale(target.parent, PART)
        with sentences(OutputError, "write", target), created(self.part) as part:
            self._owner = os.fstat(part.fileno()).st_uid

    def commit(self) -> None:
        """Give the part its name, once it is on the disk: a power cut leaves the old file or the new one."""
        must_be_free(self.target, force=self._force)
        with sentences(OutputError, "write", self.target):
            self._must_be_ours(self.part.lstat())
            _put_on_disk(self.part)
            self.part.replace(self.target)

    def _must_be_ours(self, found: os.stat_result) -> None:
        """Where others may write in the folder, they can put a link or a file of theirs in the part's place."""
        if not stat.S_ISREG(found.st_mode) or found.st_uid != self._owner:
            what = "another user put something else in its place while it was written"
            raise OutputError(f"cannot write {printable(str(self.target))}: {what}; choose a folder of your own")

    def discard(self) -> None:
        """Remove the part, if it is still there."""
        with contextlib.suppress(OSError):
            self.part.unlink()


@contextlib.contextmanager
def together() -> Iterator[list[NewFile]]:
    """A list for new files: they get their names when all are complete, or are removed.

    If the process is killed just then, all files are whole, but some are old and some new.
    """
    made: list[NewFile] = []
    try:
        yield made
        for file in made:
            file.commit()
    finally:
        for file in made:
            file.discard()


def complete(target: Path, content: bytes, *, force: bool = False) -> NewFile:
    """A small complete file that does not have its name yet.

    Raises
    ------
    UsageError, OutputError
        As `NewFile`, or if the disk is full.
    """
    file = NewFile(target, force=force)
    try:
        with sentences(OutputError, "write", target):
            file.part.write_bytes(content)
    except BaseException:
        file.discard()
        raise
    return file


def write_all(contents: Mapping[Path, bytes], *, force: bool = False) -> tuple[Path, ...]:
    """Write several small files, all of them or none; the files that were made.

    Raises
    ------
    UsageError
        If one is there already, without ``force``.
    OutputError
        If one cannot be written.
    """
    with together() as made:
        for path, content in contents.items():
            made.append(complete(path, content, force=force))
    return tuple(contents)


def must_be_free(target: Path, *, force: bool) -> None:
    """Refuse a target that may not be written, before any work is done for it.

    Raises
    ------
    UsageError
        If it is there already, without ``force``.
    OutputError
        If it is a folder or a device, or its name can be none there, such as one that is too long.
    """
    name = printable(str(target))
    with sentences(OutputError, "write", target):
        is_there, is_folder, is_file = target.exists(), target.is_dir(), target.is_file()
    if is_folder:
        raise OutputError(f"cannot write {name}: it is a folder; name a file in it")
    if is_there and not is_file:  # a file in place of /dev/null helps nobody
        raise OutputError(f"cannot write {name}: it is no ordinary file; choose another name")
    if is_there and not force:
        raise UsageError(f"{name} is there already; choose another name, or write over it with --force")


def _put_on_disk(path: Path) -> None:
    """Wait until a file is on the disk; network disks tell only now that they are full.

    Half an hour of WAV takes 0.02 s on a fast disk. A file system that knows no such request is believed.
    """
    with path.open("r+b") as file:
        try:
            os.fsync(file.fileno())
        except OSError as error:
            if error.errno not in _NO_SYNC:
                raise
