"""Opens regular files only: a pipe is never waited for, a link never followed, a device never read.

The rule: what is opened is looked at once it is open, so nothing can be put in its place in between.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # opening a pipe would wait for a writer
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_NO_FILES: Final = frozenset({errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.ENODEV, getattr(errno, "EFTYPE", -1)})
"""Errors for a link (FreeBSD has two numbers of its own), a socket, and a device that is not there."""


def open_regular(path: Path) -> int | None:
    """The descriptor of a regular file, open for reading; None where something else lies there.

    Raises
    ------
    OSError
        If nothing is there, or it cannot be read.
    """
    try:
        if not hasattr(os, "O_NOFOLLOW") and (path.is_symlink() or path.is_dir()):
            return None
        file = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno in _NO_FILES:
            return None
        raise
    if stat.S_ISREG(os.fstat(file).st_mode):
        return file
    os.close(file)
    return None


def is_others(found: os.stat_result) -> bool:
    """Whether a file belongs to another user than this process works for; never on Windows, which does not tell."""
    return hasattr(os, "geteuid") and found.st_uid != os.geteuid()
