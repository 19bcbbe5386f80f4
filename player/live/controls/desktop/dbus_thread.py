"""A connection to a D-Bus in a thread of its own.

If the library, the bus or an answer is missing, there is no connection and no error. The playback loop never waits:
`BusThread.open` and `BusThread.call_soon` return at once, `BusThread.close` within `LEAVES_WITHIN_S`. The heavy module
`player.live.controls.desktop.dbus` is loaded in the thread.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.controls.desktop.dbus import BusConnection, BusService, BusSession
    from player.live.controls.desktop.dbus_messages import Kind

LEAVES_WITHIN_S: Final = 0.15


class BusThread:
    """Connects a service; ``address`` is another bus than the usual one of its kind."""

    def __init__(self, kind: Kind, service: BusService, address: str | None = None) -> None:
        self._kind: Kind = kind
        self._service = service
        self._address = address
        self._closing = threading.Event()
        self._session: BusSession | None = None
        self._thread = threading.Thread(target=self._run, name=f"{kind} bus", daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether it is connected, or still connecting."""
        return self._thread.is_alive()

    def open(self) -> None:
        """Start to connect."""
        self._thread.start()

    def call_soon(self, do: Callable[[BusConnection], None]) -> None:
        """Call ``do`` with the connection in the bus's thread, if there is a connection."""
        if self._session:
            self._session.call_soon(do)

    def close(self) -> None:
        """Disconnect; a thread that is busy with something else is abandoned, and ends with the program."""
        self._closing.set()
        if self._session:
            self._session.end()
        if self._thread.is_alive():
            self._thread.join(LEAVES_WITHIN_S)

    def _run(self) -> None:
        with contextlib.suppress(Exception):
            from player.live.controls.desktop.dbus import BusSession  # noqa: PLC0415 (dbus-fast may be missing; see above)

            self._session = BusSession(self._kind, self._service, self._address)
            if not self._closing.is_set():
                self._session.run()
