"""How many things this process may do at once. It knows nothing of what they are."""

from __future__ import annotations

import os
import sys


def cores() -> int:
    """The cores that this process may use, at least one."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
