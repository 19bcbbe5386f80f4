"""Whether this program may use the terminal: in the background it must leave it to the shell."""

from __future__ import annotations

import contextlib
import os
import sys


def owns_terminal() -> bool:
    """Whether this program is in the foreground of its terminal; always true on Windows, which has no background."""
    if sys.platform == "win32":
        return True
    for stream in (sys.__stdin__, sys.__stderr__):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            return os.tcgetpgrp(stream.fileno()) == os.getpgrp()  # type: ignore[union-attr]  # None: AttributeError
    return False
