"""Word from systemd's logind that the computer is about to sleep, so that the pause comes before the sleep.

The rule: it asks for a moment's delay, which logind grants to whoever says why, and gives it back when the fade must be
over. It is absent where there is no logind; that the computer slept is then noticed by `player.live.controls.sleep`.
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
"""From the pause to silence, with what a sound server holds; logind waits for 5 s at most."""

_SIGNAL: Final = "PrepareForSleep"
_RULE: Final = f"type='signal',sender='{MANAGER.destination}',interface='{MANAGER.interface}',member='{_SIGNAL}'"
_DELAY: Final = [TypedValue("s", each) for each in ("sleep", "player", "the sound is faded out", "delay")]


class Logind:
    """A view that pauses before the computer sleeps; ``address`` is another bus than the system's."""

    def __init__(self, inbox: Inbox, address: str | None = None) -> None:
        self._inbox = inbox
        self._address = address
        self._bus: BusThread | None = None
        self._line: BusConnection | None = None
        self._lock: int | None = None
        self._is_paused = False

    def begin(self, timeline: Timeline) -> None:  # noqa: ARG002 (whatever plays, a sleep is a sleep)
        """Begin to listen."""
        if self._bus is None:
            self._bus = BusThread("system", self, self._address)
            self._bus.open()

    def show(self, moment: PlaybackState) -> None:
        """Who has paused already need not be told."""
        self._is_paused = moment.is_paused

    def end(self) -> None:
        """Listen no longer."""
        if self._bus:
            self._bus.close()
        self._bus = None

    async def arrive(self, line: BusConnection) -> None:
        """Listen, and ask for the delay."""
        self._line = line
        await line.ask(_DAEMON, "AddMatch", TypedValue("s", _RULE))
        await self._ask_for_delay()

    def answer(self, call: BusMessage) -> None:
        """Nobody has anything to ask."""

    def hear(self, signal: BusMessage) -> None:
        """The sleep comes, or is over."""
        if not self._line or (signal.interface, signal.member) != (MANAGER.interface, _SIGNAL):
            return
        if signal.body == (False,):
            self._line.begin(self._ask_for_delay())
            return
        if not self._is_paused:
            self._inbox.put(SLEPT)
        self._line.later(FADES_WITHIN_S, self.depart)

    def depart(self) -> None:
        """Let it sleep."""
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None

    async def _ask_for_delay(self) -> None:
        with contextlib.suppress(ConnectionError):  # not allowed: then it is a race
            if self._line and self._lock is None:
                (self._lock,) = await self._line.ask(MANAGER, "Inhibit", *_DELAY)
