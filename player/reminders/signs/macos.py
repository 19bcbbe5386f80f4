"""Signs on macOS, from what its registry of devices prints: the lock, and the time since the last key or touch.

A Focus, and who uses a microphone or a camera, it tells only to programs with rights of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from player.reminders.politeness import Signs
from player.reminders.signs.commands import told

if TYPE_CHECKING:
    from collections.abc import Callable

_LOCKED: Final = re.compile(r'"CGSSessionScreenIsLocked"\s*=\s*(Yes|1)\b')
_IDLE_NS: Final = re.compile(r'"HIDIdleTime"\s*=\s*(\d+)')


def locked(told: Callable[..., str] = told) -> Signs:
    """Whether the screen of a login is locked; an unlocked one is not mentioned."""
    return Signs(is_locked=bool(_LOCKED.search(told("ioreg", "-n", "Root", "-d1"))))


def idle(told: Callable[..., str] = told) -> Signs:
    """For how long no key and no mouse was touched."""
    found = _IDLE_NS.findall(told("ioreg", "-c", "IOHIDSystem"))
    return Signs(idle_s=min(map(int, found)) / 1e9 if found else 0.0)


READINGS: Final = (locked, idle)
