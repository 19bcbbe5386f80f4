"""Opens regular files only, and tells whose a file is: a pipe is never waited for, a link or a device never opened.

The rule: what is opened is looked at once it is open, so nothing can be put in its place in between.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Final

from player.errors import printable

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS: Final = (
    getattr(os, "O_NONBLOCK", 0)  # opening a pipe would wait for a writer
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_NO_FILES: Final = frozenset({errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.ENODEV, getattr(errno, "EFTYPE", -1)})
"""Errors for a link (FreeBSD has two numbers of its own), a socket, and a device that is not there."""
_PIECE: Final = 1 << 16


def open_regular(path: Path, *, to_write: bool = False) -> int | None:
    """The descriptor of a regular file, open for reading; None where something else lies there.

    Parameters
    ----------
    to_write
        Open it for writing, too. Its content stays.

    Raises
    ------
    OSError
        If nothing is there, or it cannot be read, or written.
    """
    try:
        if not hasattr(os, "O_NOFOLLOW") and (path.is_symlink() or path.is_dir()):
            return None
        file = os.open(path, _FLAGS | (os.O_RDWR if to_write else os.O_RDONLY))
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


def is_strangers(found: os.stat_result) -> bool:
    """The same, but root works for all users, as in a container, and so no file is a stranger's to it."""
    return is_others(found) and os.geteuid() != 0


def is_believed(found: os.stat_result) -> bool:
    """Whether what lies in a file may be used: it is this user's own or root's, or root works for all."""
    return not is_strangers(found) or found.st_uid == 0


def with_owner(path: Path, found: os.stat_result) -> str:
    """A path for a message, such as ``/some/folder (mode 0777, owner 1001, group 1001)``."""
    mode = stat.S_IMODE(found.st_mode)
    return f"{printable(str(path))} (mode {mode:04o}, owner {found.st_uid}, group {found.st_gid})"


def overwrite(path: Path) -> None:
    """Overwrite a file with zeros and force that to the disk; only a regular file, and no stranger's, or nothing.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    try:
        file = open_regular(path, to_write=True)
    except FileNotFoundError:
        return
    if file is None:
        return
    with os.fdopen(file, "r+b", buffering=0) as opened:
        found = os.fstat(file)
        if is_strangers(found):
            return
        for at in range(0, found.st_size, _PIECE):
            opened.write(bytes(min(_PIECE, found.st_size - at)))
        os.fsync(file)
