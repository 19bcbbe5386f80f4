"""Unfinished things: a mark in their names that tells whose they are, and whether their maker is gone.

The rule: whoever writes something that a crash could leave behind puts `mark` into its name, and the next run removes
what `is_left`. A process may have got the number of one that is gone: then it began after the thing was last written.
Processes of other machines, which share a folder, are not seen from here; what they write is theirs for a while.
It knows nothing of what is made.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import re

MARK: Final = r"(?P<pid>\d{1,10})-(?P<here>[0-9a-f]{6})"
"""A pattern for `mark`."""

_SLACK_S: Final = 2.0
"""Clocks of file systems and of processes are read at different moments, and in different steps."""


def mark() -> str:
    """Such as ``1234-0ddba1``: the number of this process, and `here`."""
    return f"{os.getpid()}-{here()}"


@functools.cache
def here() -> str:
    """Marks this machine, and on Linux the container: whoever has the same sees the same processes."""
    try:
        processes = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        processes = 0
    return hashlib.sha256(f"{platform.node()} {processes}".encode()).hexdigest()[:6]


def is_left(path: Path, name: re.Match[str], *, stale_after_s: float) -> bool:
    """Whether the maker of a file or folder, whose name matched `MARK`, is gone.

    Parameters
    ----------
    stale_after_s
        How long it must have been unwritten where its maker cannot be seen.

    Raises
    ------
    OSError
        If it is gone itself.
    """
    written_s = path.stat().st_mtime
    if name["here"] == here():
        return not _works(int(name["pid"]), written_s)
    return time.time() - written_s > stale_after_s


def _works(pid: int, written_s: float) -> bool:
    """Whether the process that wrote something at this moment is still there."""
    if not _is_alive(pid):
        return False
    began_s = _began_s(pid)
    return began_s is None or began_s < written_s + _SLACK_S


def _began_s(pid: int) -> float | None:
    """When a process began, in seconds since 1970; None where only other systems' ways would tell."""
    try:
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        booted = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime "))
        return int(booted.split()[1]) + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, StopIteration):
        return None


if sys.platform == "win32":
    import ctypes

    _MAY_WAIT_FOR = 0x00100000
    _STILL_WORKS = 0x102

    def _is_alive(pid: int) -> bool:
        """Signal 0 would end a process there."""
        process = ctypes.windll.kernel32.OpenProcess(_MAY_WAIT_FOR, 0, pid)
        if not process:
            return False
        try:
            return bool(ctypes.windll.kernel32.WaitForSingleObject(process, 0) == _STILL_WORKS)
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
