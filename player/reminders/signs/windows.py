"""Signs on Windows: what the shell says about notifications, the time since the last input, and who records.

A Focus session that hides notifications it tells to nobody.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from player.reminders.politeness import Signs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_NOT_PRESENT: Final = 1
"""Of SHQueryUserNotificationState: the screen is locked, or covered by a saver, or another user's."""
_PRESENTS: Final = frozenset({2, 3, 4, 7})
"""Of the same: a program fills the screen (also a game, or an app of the store), or presentation settings are on."""
_WRAPS_MS: Final = 1 << 32
"""The clock of the last input begins again after 49 days."""


def of_shell(state: int) -> Signs:
    """What a state of SHQueryUserNotificationState means."""
    return Signs(is_locked=state == _NOT_PRESENT, presents=state in _PRESENTS)


def of_input(now_ms: int, last_ms: int) -> Signs:
    """What the times of the last input and of now mean, in ms since the start of the computer."""
    return Signs(idle_s=(now_ms - last_ms) % _WRAPS_MS / 1000)


def is_used(times: Iterable[tuple[int, int]]) -> bool:
    """Whether a device is in use by a program that began, and has not ended."""
    return any(start and not stop for start, stop in times)


READINGS: tuple[Callable[[], Signs], ...] = ()

if sys.platform == "win32":
    import contextlib
    import ctypes
    import winreg
    from ctypes import wintypes

    _STORE: Final = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
    """Who uses a device now; the taskbar's own sign reads it, too."""

    class _LastInput(ctypes.Structure):
        _fields_ = (("size", wintypes.UINT), ("time_ms", wintypes.DWORD))

    def shell() -> Signs:
        """The lock, and whether something fills the screen."""
        state = ctypes.c_int()
        failed = ctypes.windll.shell32.SHQueryUserNotificationState(ctypes.byref(state))
        return Signs() if failed else of_shell(state.value)

    def idle() -> Signs:
        """For how long no key and no mouse was touched."""
        last = _LastInput(ctypes.sizeof(_LastInput))
        if not ctypes.windll.user32.GetLastInputInfo(ctypes.byref(last)):
            return Signs()
        return of_input(ctypes.windll.kernel32.GetTickCount(), last.time_ms)

    def devices() -> Signs:
        """Whether a program uses a microphone or a camera."""
        return Signs(hears=is_used(_times(rf"{_STORE}\microphone")), sees=is_used(_times(rf"{_STORE}\webcam")))

    def _times(path: str) -> Iterable[tuple[int, int]]:
        """When each program began and ended to use a device, of those in this key and in the keys below it."""
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
            with contextlib.suppress(OSError):  # this is no program's
                yield (
                    int(winreg.QueryValueEx(key, "LastUsedTimeStart")[0]),
                    int(winreg.QueryValueEx(key, "LastUsedTimeStop")[0]),
                )
            names = [winreg.EnumKey(key, number) for number in range(winreg.QueryInfoKey(key)[0])]
        for name in names:
            yield from _times(rf"{path}\{name}")

    READINGS = (shell, idle, devices)
