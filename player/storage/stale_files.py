"""Stale files: a mark in the names of unfinished files says which process writes them, and whether it still runs.

The rule: the name of every file or folder that a crash could leave behind has a `mark`, and the next run removes those
that are stale. A new process may have the number of one that has ended: then it started after the file was last
written. Processes of other machines that share a folder cannot be seen; their files become stale after a time. It does
not know what the files are.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import stat
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.storage.regular_files import is_others

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

MARK: Final = r"(?P<pid>\d{1,10})-(?P<machine>[0-9a-f]{6})"
"""A pattern for `mark`."""
STALE_AFTER_S: Final = 3600
"""A file of another machine that was not written for this long is stale: one file may wait that long for others."""

_SLACK_S: Final = 2.0
"""Clocks of file systems and of processes differ, and have different steps."""


def mark() -> str:
    """Such as ``1234-0ddba1``: the number of this process, and `machine_id`."""
    return f"{os.getpid()}-{machine_id()}"


@functools.cache
def machine_id() -> str:
    """An id of this machine, and on Linux of the container: processes with the same id see the same processes."""
    try:
        processes = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        processes = 0
    return hashlib.sha256(f"{platform.node()} {processes}".encode()).hexdigest()[:6]


def remove_stale(
    folder: Path,
    pattern: re.Pattern[str],
    remove: Callable[[Path], None] = Path.unlink,
    *,
    is_kind: Callable[[int], bool] = stat.S_ISREG,
) -> None:
    """Remove the stale files of a folder whose whole names match, and which are this user's; others stay.

    Where the pattern has no `MARK`, age alone decides.

    Parameters
    ----------
    remove, is_kind
        Of folders: what removes one, and ``stat.S_ISDIR``. A link is neither a file nor a folder.

    Raises
    ------
    OSError
        If the folder cannot be listed.
    """
    for path in folder.iterdir():
        with contextlib.suppress(OSError):  # gone already, or not ours to remove
            if (name := pattern.fullmatch(path.name)) and _is_stale(path, name, is_kind):
                remove(path)


def _is_stale(path: Path, name: re.Match[str], is_kind: Callable[[int], bool]) -> bool:
    """Whether a file is ours, and the process that wrote it has ended, as far as can be known."""
    found = path.lstat()
    if not is_kind(found.st_mode) or is_others(found):
        return False
    written_s = found.st_mtime
    if name.groupdict().get("machine") == machine_id():
        return not _is_running(int(name["pid"]), written_s)
    return time.time() - written_s > STALE_AFTER_S


def _is_running(pid: int, written_s: float) -> bool:
    """Whether the process that wrote a file at this time still runs."""
    if not _is_alive(pid):
        return False
    started_s = _started_s(pid)
    return started_s is None or started_s < written_s + _SLACK_S


def _started_s(pid: int) -> float | None:
    """When a process started, in seconds since 1970; None on systems other than Linux."""
    try:
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        booted = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime "))
        return int(booted.split()[1]) + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, StopIteration):
        return None


if sys.platform == "win32":
    import ctypes

    _SYNCHRONIZE = 0x00100000
    _STILL_RUNNING = 0x102

    def _is_alive(pid: int) -> bool:
        """Signal 0 would end a process there."""
        process = ctypes.windll.kernel32.OpenProcess(_SYNCHRONIZE, 0, pid)
        if not process:
            return False
        try:
            return bool(ctypes.windll.kernel32.WaitForSingleObject(process, 0) == _STILL_RUNNING)
        finally:
            ctypes.windll.kernel32.CloseHandle(process)

else:

    def _is_alive(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True
