"""Playing a tape through miniaudio, whose device asks for sound as it needs it; the only module that knows miniaudio.

The rule: the callback does nothing but copy what is on the tape, and silence where nothing is; the head is exact.
It runs in the loudspeaker's process.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Final

from player.output.live.tape import State
from player.units import CHANNELS, FRAMES_PER_MS, RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from player.output.live.tape import Tape

PERIOD_MS: Final = 20
"""What the device asks for at a time."""
PERIODS: Final = 6
"""Of these it holds so many; PulseAudio is asked for as much by `player.output.live.child`."""
LATENCY_MS: Final = 100
"""What lies between the callback and the ear, on the average of 97 to 118 ms that were measured with a recorder which
is up to 20 ms late itself."""
LONGEST_MS: Final = 500
"""What is waited for at the end, so that no device loses the last words."""


class Miniaudio:
    """A tape and the open device on which it is to be played."""

    def __init__(self, tape: Tape) -> None:
        sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # miniaudio would import it, for 0.1 s and nothing
        import miniaudio  # noqa: PLC0415 - see above

        self._tape = tape
        self._device = miniaudio.PlaybackDevice(
            nchannels=CHANNELS,
            sample_rate=RATE,
            buffersize_msec=PERIOD_MS,
            callback_periods=PERIODS,
            backends=_backends(miniaudio),
            app_name="player",
        )
        tape.latency = LATENCY_MS * FRAMES_PER_MS
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
        heard = time.monotonic() + LONGEST_MS / 1000
        while time.monotonic() < heard:
            tick()
        self._device.close()


def feeding(tape: Tape) -> Generator[bytes, int, None]:
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
