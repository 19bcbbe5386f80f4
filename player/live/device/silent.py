"""A loudspeaker without a sound: it takes a tape as fast as one that is heard, and asks for no device.

The rule: the clock alone moves it, and only while somebody looks; it has no process and no thread.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from player.live.device.ringbuffer import State
from player.units import RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from player.live.device.ringbuffer import SharedRingBuffer


class SilentDevice:
    """Plays ``tape`` to nobody; the parameters are those of `player.live.device.child.DeviceProcess`."""

    def __init__(
        self,
        kind: str,  # noqa: ARG002 (it needs no library)
        tape: SharedRingBuffer,
        environ: Mapping[str, str] = os.environ,  # noqa: ARG002
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tape = tape
        self._clock = clock
        self._looked = clock()
        self._due = 0.0
        tape.state = State.READY

    @property
    def is_done(self) -> bool:
        """All of it would have been heard."""
        self._take()
        return self._tape.state == State.DONE

    def failure(self) -> str | None:
        """Nothing can go wrong."""
        self._take()
        return None

    def end(self) -> None:
        """There is nothing to stop."""

    def _take(self) -> None:
        """As many frames as are due; where none are there, time stands still, as it does for a device."""
        now = self._clock()
        elapsed, self._looked = now - self._looked, now
        tape = self._tape
        if not tape.go:
            return
        self._due += elapsed * RATE
        taken = min(int(self._due), tape.filled - tape.head)
        self._due = self._due - taken if tape.head + taken < tape.filled else 0.0
        tape.head += taken
        tape.state = State.DONE if tape.head == tape.total else State.PLAYING
