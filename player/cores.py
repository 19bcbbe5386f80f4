"""How many things this process may do at once, and how many wait. It knows nothing of what they are."""

from __future__ import annotations

import os
import sys


def cores() -> int:
    """The cores that this process may use, at least one."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def load() -> float:
    """Programs that ran or waited in the last minute, for each core; 0 where the system does not count them."""
    try:
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    except (AttributeError, OSError):  # Windows has no such number; a container may hide it
        return 0.0
