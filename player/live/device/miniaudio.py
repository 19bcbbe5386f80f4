"""Playing a tape through miniaudio, whose device asks for sound as it needs it; the only module that knows miniaudio.

The rule: the callback does nothing but copy what is on the tape, and silence where nothing is; the head is exact.
It runs in the loudspeaker's process.
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
"""What the device asks for at a time."""
LEAVES_MS: Final = 300
"""What is waited for at the end, besides twice the latency, so that no device loses the last words."""


class Miniaudio:
    """A tape and the open device on which it is to be played, which holds ``latency_ms`` of sound."""

    def __init__(self, tape: SharedRingBuffer, latency_ms: int) -> None:
        sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # miniaudio would import it, for 0.1 s and nothing
        import miniaudio  # noqa: PLC0415 - see above

        self._tape = tape
        self._device = miniaudio.PlaybackDevice(
            nchannels=CHANNELS,
            sample_rate=RATE,
            buffersize_msec=PERIOD_MS,
            callback_periods=latency_ms // PERIOD_MS,
            backends=_backends(miniaudio),
            app_name="player",
        )
        self._leaves_s = (2 * latency_ms + LEAVES_MS) / 1000
        tape.latency = (latency_ms - PERIOD_MS) * FRAMES_PER_MS  # one period has gone, when the next is asked for
        tape.grain = PERIOD_MS * FRAMES_PER_MS

    def play(self, tick: Callable[[], None]) -> None:
        """Play all of it, calling ``tick`` some 50 times a second; returns when the last frame has been heard."""
        feed = feeding(self._tape)
        next(feed)
        self._device.start(feed)
        self._tape.state = State.PLAYING
        while self._tape.head < self._tape.total:
            tick()
        # The device has taken the last frame, but holds it still: it is given silence until it has let that one go.
        heard = time.monotonic() + self._leaves_s
        while time.monotonic() < heard:
            tick()
        self._device.close()


def feeding(tape: SharedRingBuffer) -> Generator[bytes, int, None]:
    """What the device's callback is given: told a number of frames, it yields at most so many; the rest is silence."""
    frames = yield b""
    while True:
        block = tape.read(tape.head, frames)
        tape.head = min(tape.head + frames, tape.filled)
        frames = yield block


def _backends(miniaudio: Any) -> list[Any]:  # noqa: ANN401 - the library has no types
    """Every way out but the one that nobody hears: by itself, miniaudio plays to nothing where there is no device."""
    silent = {miniaudio.Backend.NULL, miniaudio.Backend.CUSTOM}
    return [way for way in miniaudio.Backend if way not in silent and miniaudio.is_backend_enabled(way)]
