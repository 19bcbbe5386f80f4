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
STANDS_S: Final = 2.0
"""A device that asks for nothing for so long has lost its sound server. miniaudio reports neither that nor a stop, and
does not go on when there is a server again (1.71, PulseAudio). It asks every 20 ms; at a load of 12 no
wait was over 50 ms."""
_LONGEST_TICK_S: Final = 0.1  # a longer one does not count: this process was halted, or the computer slept
_REASONS: Final = {
    -203: "there is no sound system",
    -204: "there is no device",
    -400: "the sound system did not answer",
    -401: "the sound system opened no device",
    -402: "the device did not start",
}
"""miniaudio's results (``ma_result``), which it tells as bare numbers."""


class Miniaudio:
    """A ring, and an open device that plays it and holds ``latency_ms`` of sound."""

    def __init__(self, ring: SharedRingBuffer, latency_ms: int) -> None:
        sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # miniaudio would import it, for 0.1 s and nothing
        import miniaudio  # noqa: PLC0415 (it may be missing)

        self._ring = ring
        self._asked = 0  # how often the device asked for sound
        try:
            self._device = miniaudio.PlaybackDevice(
                nchannels=CHANNELS,
                sample_rate=RATE,
                buffersize_msec=PERIOD_MS,
                callback_periods=latency_ms // PERIOD_MS,
                backends=_backends(miniaudio),
                app_name="player",
            )
        except miniaudio.MiniaudioError as error:
            raise RuntimeError(reason(error)) from error
        self._leaves_s = (2 * latency_ms + LEAVES_MS) / 1000
        ring.latency = (latency_ms - PERIOD_MS) * FRAMES_PER_MS  # one period has been played when the next is asked for
        ring.grain = PERIOD_MS * FRAMES_PER_MS

    def play(self, tick: Callable[[], None]) -> None:
        """Play the whole ring and return when the last frame was heard; ``tick`` is called some 50 times a second."""
        feed = feeding(self._ring, self._note)
        next(feed)
        self._device.start(feed)
        self._ring.state = State.PLAYING
        watch = StandstillWatch(time.monotonic())
        while self._ring.head < self._ring.total:
            tick()
            if watch.stands(self._asked, time.monotonic()):
                raise RuntimeError("the device takes no more sound")
        # The device has taken the last frame, but has not played it yet: it gets silence until it has.
        heard = time.monotonic() + self._leaves_s
        while time.monotonic() < heard:
            tick()
        self._device.close()

    def _note(self) -> None:
        self._asked += 1


class StandstillWatch:
    """Whether a count that grows has stood still for `STANDS_S`. Times are seconds of a clock that never goes back."""

    def __init__(self, now: float) -> None:
        self._looked = now
        self._seen = -1
        self._still_s = 0.0

    def stands(self, count: int, now: float) -> bool:
        """Call it often, with the count and the time."""
        passed_s = min(now - self._looked, _LONGEST_TICK_S)
        self._still_s = self._still_s + passed_s if count == self._seen else 0.0
        self._seen, self._looked = count, now
        return self._still_s > STANDS_S


def reason(error: Exception) -> str:
    """What miniaudio's error means, in words."""
    known = [_REASONS[each] for each in error.args if each in _REASONS]
    return known[0] if known else str(error.args[0] if error.args else type(error).__name__)


def feeding(ring: SharedRingBuffer, note: Callable[[], None] = lambda: None) -> Generator[bytes, int, None]:
    """For the device's callback: receives a number of frames, yields at most as many; the rest is silence.

    ``note`` is called each time.
    """
    frames = yield b""
    while True:
        note()
        block = ring.read(ring.head, frames)
        ring.head = min(ring.head + frames, ring.filled)
        frames = yield block


def _backends(miniaudio: Any) -> list[Any]:  # noqa: ANN401 - the library has no types
    """All backends but the silent ones: without a device, miniaudio would choose its null backend by itself."""
    silent = {miniaudio.Backend.NULL, miniaudio.Backend.CUSTOM}
    return [way for way in miniaudio.Backend if way not in silent and miniaudio.is_backend_enabled(way)]
