"""A loudspeaker that makes no sound: it takes frames as fast as a real one, and opens no device.

It has no process and no thread: each call takes the frames that are due by the clock.
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
    """Plays ``ring`` silently; the parameters are those of `player.live.device.child.DeviceProcess`."""

    def __init__(
        self,
        kind: str,  # noqa: ARG002 (it needs no library)
        ring: SharedRingBuffer,
        environ: Mapping[str, str] = os.environ,  # noqa: ARG002
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ring = ring
        self._clock = clock
        self._looked = clock()
        self._due = 0.0
        ring.state = State.READY

    @property
    def is_done(self) -> bool:
        """Whether all frames have been taken."""
        self._take()
        return self._ring.state == State.DONE

    def failure(self) -> str | None:
        """Always None: nothing can fail."""
        self._take()
        return None

    def end(self) -> None:
        """Does nothing."""

    def _take(self) -> None:
        """Take the frames that are due. While none are written, no time is counted, as with a real device."""
        now = self._clock()
        elapsed, self._looked = now - self._looked, now
        ring = self._ring
        if not ring.go:
            return
        self._due += elapsed * RATE
        taken = min(int(self._due), ring.filled - ring.head)
        self._due = self._due - taken if ring.head + taken < ring.filled else 0.0
        ring.head += taken
        ring.state = State.DONE if ring.head == ring.total else State.PLAYING
