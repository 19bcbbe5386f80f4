"""A file that appears whole or not at all.

The rule: everything is written to ``.NAME.PID-HERE.part`` in the folder of its target, and takes its name in one step
when complete. Nothing is overwritten unasked, neither when the writing starts nor when it ends. What a crash left
behind is removed by the next run here, or a minute later by one elsewhere. It does not know what is written.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import os
import platform
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.errors import OutputError, UsageError, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

STALE_AFTER_S: Final = 60
"""A part that nobody wrote to for this long, of a process that is gone. A folder may be shared with other machines,
whose processes are not seen from here; a live export writes many times a second."""

_PART: Final = re.compile(r"\..+\.(\d{1,10})(?:-([0-9a-f]{6}))?\.part")
_LONGEST_NAME: Final = 50
"""Characters of the target's name in the part's: with four bytes each they still fit into a name of 255 bytes."""
_OTHER_FOLDER: Final = "choose another folder"
_REMEDIES: Final = {
    errno.ENOSPC: "free some space or choose another folder",
    errno.EDQUOT: "free some space or choose another folder",
    errno.EFBIG: "choose a smaller format, or another folder",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOENT: "make its folder first, or choose another",
    errno.ENOTDIR: "make its folder first, or choose another",
}


class NewFile:
    """A file on its way: ``part`` is where to write, then `commit` or `discard`.

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
        self.part = target.with_name(f".{_short(target.name)}.{os.getpid()}-{_here()}.part")
        _sweep(target.parent)
        with sentences(target):
            self.part.write_bytes(b"")

    def commit(self) -> None:
        """Give the part its name."""
        must_be_free(self.target, force=self._force)
        with sentences(self.target):
            self.part.replace(self.target)

    def discard(self) -> None:
        """Remove the part, if it is still there."""
        with contextlib.suppress(OSError):
            self.part.unlink()


def must_be_free(target: Path, *, force: bool) -> None:
    """Refuse a target that may not be written, early, before any work is done for it.

    Raises
    ------
    UsageError
        If it is there already, without ``force``.
    OutputError
        If it is a folder or a device.
    """
    name = printable(str(target))
    if target.is_dir():
        raise OutputError(f"cannot write {name}: it is a folder; name a file in it")
    if target.exists() and not target.is_file():  # putting a file in the place of /dev/null helps nobody
        raise OutputError(f"cannot write {name}: it is no ordinary file; choose another name")
    if target.exists() and not force:
        raise UsageError(f"{name} is there already; choose another name, or write over it with --force")


@contextlib.contextmanager
def sentences(target: Path) -> Iterator[None]:
    """Turns what the file system says into one sentence about the target."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = _REMEDIES.get(error.errno or 0, _OTHER_FOLDER)
        raise OutputError(f"cannot write {printable(str(target))}: {printable(reason)}; {remedy}") from error


def _sweep(folder: Path) -> None:
    """Remove the parts of runs that ended without a word."""
    with contextlib.suppress(OSError):  # no such folder, or one that may not be listed: the writing will tell
        for path in folder.iterdir():
            if (match := _PART.fullmatch(path.name)) and not _alive(int(match[1])):
                _remove(path, at_once=match[2] == _here())


def _remove(path: Path, *, at_once: bool) -> None:
    with contextlib.suppress(OSError):
        if at_once or time.time() - path.stat().st_mtime > STALE_AFTER_S:
            path.unlink()


def _short(name: str) -> str:
    """A name that leaves room for more; two long ones that differ only at their ends still differ."""
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 7]}-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:6]}"


@functools.cache
def _here() -> str:
    """Marks this machine, and on Linux the container: whoever has the same sees the same processes."""
    try:
        processes = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        processes = 0
    return hashlib.sha256(f"{platform.node()} {processes}".encode()).hexdigest()[:6]


def _alive(pid: int) -> bool:
    if os.name == "nt":  # there, signal 0 would end the process; and a file in use cannot be removed anyway
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
