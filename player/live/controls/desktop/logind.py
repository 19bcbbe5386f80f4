"""systemd's logind announces that the computer will sleep, so that the pause comes before the sleep.

It asks logind for a short delay, which needs a reason, and releases it when the fade must be over. Without logind it
does nothing; then `player.live.controls.sleep` detects the sleep afterwards.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

from player.live.controls.desktop.dbus_messages import BusAddress, TypedValue
from player.live.controls.desktop.dbus_thread import BusThread
from player.live.controls.sleep import SLEPT

if TYPE_CHECKING:
    from player.live.controls.desktop.dbus import BusConnection
    from player.live.controls.desktop.dbus_messages import BusMessage
    from player.live.controls.inbox import Inbox
    from player.live.observer import PlaybackState
    from player.timeline.model import Timeline

_DAEMON: Final = BusAddress("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
MANAGER: Final = BusAddress("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
FADES_WITHIN_S: Final = 1.5
"""Time from the pause to silence, including what a sound server holds; logind waits for 5 s at most."""

_SIGNAL: Final = "PrepareForSleep"
_RULE: Final = f"type='signal',sender='{MANAGER.destination}',interface='{MANAGER.interface}',member='{_SIGNAL}'"
_DELAY: Final = [TypedValue("s", each) for each in ("sleep", "player", "the sound is faded out", "delay")]


class Logind:
    """An observer that pauses before the computer sleeps; ``address`` is another bus than the system's."""

    def __init__(self, inbox: Inbox, address: str | None = None) -> None:
        self._inbox = inbox
        self._address = address
        self._bus: BusThread | None = None
        self._connection: BusConnection | None = None
        self._delay: int | None = None
        self._is_paused = False

    def begin(self, timeline: Timeline) -> None:  # noqa: ARG002 (a sleep is the same for every session)
        """Connect."""
        if self._bus is None:
            self._bus = BusThread("system", self, self._address)
            self._bus.open()

    def show(self, state: PlaybackState) -> None:
        """Note whether it is paused already."""
        self._is_paused = state.is_paused

    def end(self) -> None:
        """Disconnect."""
        if self._bus:
            self._bus.close()
        self._bus = None

    async def connected(self, connection: BusConnection) -> None:
        """Subscribe to the signal, and ask for the delay."""
        self._connection = connection
        await connection.call(_DAEMON, "AddMatch", TypedValue("s", _RULE))
        await self._ask_for_delay()

    def answer(self, call: BusMessage) -> None:
        """It has no methods."""

    def received(self, signal: BusMessage) -> None:
        """The sleep begins, or is over."""
        if not self._connection or (signal.interface, signal.member) != (MANAGER.interface, _SIGNAL):
            return
        if signal.body == (False,):
            self._connection.start(self._ask_for_delay())
            return
        if not self._is_paused:
            self._inbox.put(SLEPT)
        self._connection.call_later(FADES_WITHIN_S, self._release_delay)

    def disconnected(self) -> None:
        """Let the computer sleep."""
        self._release_delay()

    def _release_delay(self) -> None:
        if self._delay is not None:
            os.close(self._delay)
        self._delay = None

    async def _ask_for_delay(self) -> None:
        with contextlib.suppress(ConnectionError):  # not allowed: then the sleep may come before the pause
            if self._connection and self._delay is None:
                (self._delay,) = await self._connection.call(MANAGER, "Inhibit", *_DELAY)
