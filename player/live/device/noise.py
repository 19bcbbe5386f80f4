"""Inaudible noise that keeps a loudspeaker awake until the programme begins.

Bluetooth and sleeping outputs lose half a second while they wake; digital silence does not wake all of them, and lets
some sleep again within seconds. Speaking a new session takes longer than that.

It knows nothing of numpy, which takes long to load.
"""

from __future__ import annotations

import random
import threading
from array import array
from functools import cache
from typing import TYPE_CHECKING, Final

from player.units import CHANNELS, FRAMES_PER_MS, RATE

if TYPE_CHECKING:
    from player.live.device.ringbuffer import SharedRingBuffer

LEAD_IN_MS: Final = 500
"""What an output loses at most while it wakes."""
LEAD_IN: Final = LEAD_IN_MS * FRAMES_PER_MS
FLOOR_AHEAD: Final = 5 * RATE
"""Frames of noise kept ahead of the head, for a busy machine."""

_PEAK: Final = 5  # evenly spread over -5..5 of 32768: 80.3 dB under full scale
_LOOK_EVERY_S: Final = 1.0
_KEPT: Final = 30 * RATE  # frames behind the head that a slow device may still read


@cache
def lead_in() -> bytes:
    """Half a second of noise at -80 dBFS, 16-bit stereo, always the same."""
    values = array("b", (byte % (2 * _PEAK + 1) - _PEAK for byte in range(256)))
    noise = random.Random(1).randbytes(LEAD_IN_MS * FRAMES_PER_MS * CHANNELS).translate(values.tobytes())
    return array("h", array("b", noise)).tobytes()


class NoiseFloor:
    """Writes noise into a ring after its lead-in, from now until `stop`, in a thread.

    Where the ring never wraps, it is filled with silence, and ``wraps`` is false; the noise replaces that.

    Attributes
    ----------
    end
        The first frame after the noise.
    """

    def __init__(self, ring: SharedRingBuffer, *, wraps: bool) -> None:
        self.end = LEAD_IN
        self._ring = ring
        self._wraps = wraps
        self._is_over = threading.Event()
        self._extend()
        self._thread = threading.Thread(target=self._keep, name="noise", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Return when no more noise will be written; that takes no longer than writing a second of it."""
        self._is_over.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._is_over.wait(_LOOK_EVERY_S):
            try:
                self._extend()
            except OSError:  # no memory for it; playing will say so, if it has none either
                return

    def _extend(self) -> None:
        ring = self._ring
        while not self._is_over.is_set() and self.end < ring.head + FLOOR_AHEAD and self._room() >= LEAD_IN:
            if self._wraps:
                ring.write(lead_in())
            else:
                ring.rewrite(self.end, lead_in())
            self.end += LEAD_IN
        if not self._wraps:
            ring.forget(ring.head - _KEPT)

    def _room(self) -> int:
        return self._ring.room if self._wraps else self._ring.filled - self.end
