"""Whether the terminal is this program's to take: a program in the background must leave it to the shell."""

from __future__ import annotations

import contextlib
import os
import sys


def owns_terminal() -> bool:
    """Whether this program is in the foreground of the terminal that it was started from; Windows knows no other."""
    if sys.platform == "win32":
        return True
    for stream in (sys.__stdin__, sys.__stderr__):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            return os.tcgetpgrp(stream.fileno()) == os.getpgrp()  # type: ignore[union-attr]  # None: AttributeError
    return False
