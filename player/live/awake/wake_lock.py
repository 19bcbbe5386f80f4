"""The lock of this system: GNOME's, KDE's and other desktops' on Linux, caffeinate on macOS, SetThreadExecutionState.

wakepy knows them. Where it finds none on Linux, as on a machine without a desktop, logind is asked not to become idle.
None of them keeps the machine from what its user asks for. The rule: no other module imports wakepy.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from wakepy import keep
from wakepy.methods import freedesktop

from player.live.awake.wakefulness import Wakefulness
from player.live.controls.desktop.calls import held_file
from player.live.controls.desktop.dbus_messages import BusAddress, TypedValue

if sys.platform == "linux":
    from wakepy.dbus_adapters.jeepney import JeepneyDBusAdapter

if TYPE_CHECKING:
    from wakepy import Mode
    from wakepy.core import DBusMethodCall

LOGIND: Final = BusAddress("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
REASON: Final = "a session plays"
_NO_IDLE: Final = [TypedValue("s", each) for each in ("idle", "player", REASON, "block")]
_NAMES: Final = {"wakepy": "player", "wakelock active": REASON}
"""What desktops show of who keeps the machine awake, in place of what the library says."""
_MODES: Final = {Wakefulness.RUNNING: keep.running, Wakefulness.DISPLAYING: keep.presenting}

for _name in ("wakepy", "jeepney", "asyncio"):  # what they would say to the terminal, they also return
    logging.getLogger(_name).addHandler(logging.NullHandler())


def _plasma_version() -> tuple[int, ...]:
    """Of KDE, where it is asked for: wakepy would start a shell, and in it plasmashell, to learn that it is over 5.12.

    Plasma tells its first number itself; 5.13 is of 2018.
    """
    return (6,) if os.environ.get("KDE_SESSION_VERSION") == "6" else (5, 13)


freedesktop._get_kde_plasma_version = _plasma_version  # noqa: SLF001 (nothing else asks, and there is no option)


class SystemWakeLock:
    """A `player.live.awake.lock_thread.WakeLock`."""

    def __init__(self) -> None:
        self._mode: Mode | None = None
        self._logind: int | None = None

    def take(self, wanted: Wakefulness) -> str:
        """See `WakeLock.take`."""
        options: dict[str, Any] = {"dbus_adapter": _NamedAdapter} if sys.platform == "linux" else {}
        mode = _MODES[wanted](on_fail="pass", **options)
        mode.__enter__()
        self._mode = mode
        if mode.active:
            return mode.method.name if mode.method else "wakepy"
        with contextlib.suppress(ConnectionError):
            self._logind = held_file("system", LOGIND, "Inhibit", *_NO_IDLE)
        return "" if self._logind is None else "logind"

    def give_back(self) -> None:
        """See `WakeLock.give_back`."""
        mode, self._mode = self._mode, None
        logind, self._logind = self._logind, None
        if logind is not None:
            os.close(logind)
        if mode is not None:
            mode.__exit__(None, None, None)

    def granted(self) -> str:
        """By what this system grants the lock, which is taken and given back; empty if by nothing."""
        try:
            return self.take(Wakefulness.RUNNING)
        finally:
            self.give_back()


if sys.platform == "linux":

    class _NamedAdapter(JeepneyDBusAdapter):
        """Asks in this program's name, and keeps no connection on which nothing was granted."""

        def process(self, call: DBusMethodCall) -> object:
            """Send the call, and return the result."""
            call.args = tuple(_NAMES.get(each, each) for each in call.args)
            try:
                return super().process(call)
            except Exception:
                self.close_connections()
                raise
