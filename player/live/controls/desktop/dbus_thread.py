"""A connection to a D-Bus in a thread of its own.

The rule: where anything is missing or goes wrong, the library, the bus, an answer, the connection is absent, and nobody
hears of it. It never keeps whoever plays waiting: opening and telling return at once, closing within `LEAVES_WITHIN_S`.
What is heavy to load, `player.live.controls.desktop.dbus`, is loaded in the thread.
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
    """A partner's connection; ``address`` is another bus than the usual one of its kind."""

    def __init__(self, kind: Kind, partner: BusService, address: str | None = None) -> None:
        self._kind: Kind = kind
        self._partner = partner
        self._address = address
        self._closing = threading.Event()
        self._life: BusSession | None = None
        self._thread = threading.Thread(target=self._run, name=f"{kind} bus", daemon=True)

    @property
    def is_alive(self) -> bool:
        """It is connected, or may yet be."""
        return self._thread.is_alive()

    def open(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def tell(self, say: Callable[[BusConnection], None]) -> None:
        """Have something said in the bus's thread; nothing happens where nobody is connected."""
        if self._life:
            self._life.tell(say)

    def close(self) -> None:
        """Disconnect; a thread that is busy otherwise is left behind, and ends with the program."""
        self._closing.set()
        if self._life:
            self._life.end()
        if self._thread.is_alive():
            self._thread.join(LEAVES_WITHIN_S)

    def _run(self) -> None:
        with contextlib.suppress(Exception):
            from player.live.controls.desktop.dbus import BusSession  # noqa: PLC0415 (the rule above)

            self._life = BusSession(self._kind, self._partner, self._address)
            if not self._closing.is_set():
                self._life.run()


def reachable(kind: Kind) -> bool:
    """Whether there is such a bus, and it answers.

    Raises
    ------
    ImportError
        If the library is missing.
    """
    from player.live.controls.desktop.dbus import answers  # noqa: PLC0415 (the rule above)

    return answers(kind)
