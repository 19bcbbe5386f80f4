"""The bell before a session. It rings in a thread, so that keys are read meanwhile.

If the listener answers before its end, it fades and never breaks off. An error in the thread is raised by `check` or
when the context is left.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from player.live.controls.commands import Control
from player.live.controls.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from typing_extensions import Self

CHIME: Final = "bowl"
"""The deepest and slowest of the bells: it comes unasked, into work."""
LEVEL_DB: Final = -12.0
"""Relative to the voice; softer than a bell in a session, so that it does not startle."""


class SoftBell:
    """A bell that begins when its context is entered, and has ended when the context is left.

    Parameters
    ----------
    ring
        Rings to the end, or fades when the inbox has a `Control.QUIT`.
    """

    def __init__(self, ring: Callable[[Inbox], None] | None = None) -> None:
        self._ring = ring or _ring
        self._inbox = Inbox()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)

    def __enter__(self) -> Self:
        """Begin to ring."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Wait until the bell has faded."""
        self._inbox.put(Control.QUIT)
        self._thread.join()
        if error is None:
            self.check()

    def check(self) -> None:
        """Raise the error that kept it from ringing.

        Raises
        ------
        PlayerError
            If there is no loudspeaker.
        """
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._ring(self._inbox)
        except BaseException as error:  # noqa: BLE001 (it is raised where the bell is waited for)
            self._error = error


def _ring(inbox: Inbox) -> None:
    from player.live import preview  # noqa: PLC0415 (numpy and pydub: a reminder may wait for days without them)

    preview.ring(CHIME, LEVEL_DB, inbox)
