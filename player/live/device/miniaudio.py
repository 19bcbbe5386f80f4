"""Playing a ring through miniaudio, whose device asks for sound when it needs it.

The rule: no other module imports miniaudio. The callback only copies from the ring, or gives silence where nothing is
written, so the head is exact. This module runs in the device's process.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Final

from player.live.device.ringbuffer import State
from player.units import CHANNELS, FRAMES_PER_MS, RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from player.live.device.ringbuffer import SharedRingBuffer

PERIOD_MS: Final = 20
"""How much the device asks for at a time."""
LEAVES_MS: Final = 300
"""Silence played at the end, besides twice the latency, so that no device loses the last words."""


class Miniaudio:
    """A ring, and an open device that plays it and holds ``latency_ms`` of sound."""

    def __init__(self, ring: SharedRingBuffer, latency_ms: int) -> None:
        sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # miniaudio would import it, for 0.1 s and nothing
        import miniaudio  # noqa: PLC0415 (it may be missing)

        self._ring = ring
        self._device = miniaudio.PlaybackDevice(
            nchannels=CHANNELS,
            sample_rate=RATE,
            buffersize_msec=PERIOD_MS,
            callback_periods=latency_ms // PERIOD_MS,
            backends=_backends(miniaudio),
            app_name="player",
        )
        self._leaves_s = (2 * latency_ms + LEAVES_MS) / 1000
        ring.latency = (latency_ms - PERIOD_MS) * FRAMES_PER_MS  # one period has been played when the next is asked for
        ring.grain = PERIOD_MS * FRAMES_PER_MS

    def play(self, tick: Callable[[], None]) -> None:
        """Play the whole ring and return when the last frame was heard; ``tick`` is called some 50 times a second."""
        feed = feeding(self._ring)
        next(feed)
        self._device.start(feed)
        self._ring.state = State.PLAYING
        while self._ring.head < self._ring.total:
            tick()
        # The device has taken the last frame, but has not played it yet: it gets silence until it has.
        heard = time.monotonic() + self._leaves_s
        while time.monotonic() < heard:
            tick()
        self._device.close()


def feeding(ring: SharedRingBuffer) -> Generator[bytes, int, None]:
    """For the device's callback: receives a number of frames, yields at most as many; the rest is silence."""
    frames = yield b""
    while True:
        block = ring.read(ring.head, frames)
        ring.head = min(ring.head + frames, ring.filled)
        frames = yield block


def _backends(miniaudio: Any) -> list[Any]:  # noqa: ANN401 - the library has no types
    """All backends but the silent ones: without a device, miniaudio would choose its null backend by itself."""
    silent = {miniaudio.Backend.NULL, miniaudio.Backend.CUSTOM}
    return [way for way in miniaudio.Backend if way not in silent and miniaudio.is_backend_enabled(way)]
