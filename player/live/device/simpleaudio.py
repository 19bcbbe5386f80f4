"""Playing a tape through simpleaudio, which plays whole buffers; the only module that knows simpleaudio.

The rule: one ``play_buffer`` over the whole tape, which is filled while it plays. simpleaudio reads the buffer
only as the device needs it (ALSA writes from it, macOS and Windows copy 50 ms at a time), and each ``play_buffer``
opens the device anew, so that a chain of small ones would have gaps. It tells no position: the head is known by the
clock.

It runs in the loudspeaker's process, under ``PYTHONMALLOC=malloc``: when a sound ends, simpleaudio 1.0.4 frees memory
with ``PyMem_Free`` without holding the GIL, which kills Python 3.12 and later with their own allocator.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from player.live.device.ringbuffer import State
from player.units import CHANNELS, FRAMES_PER_MS, RATE, SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.device.ringbuffer import SharedRingBuffer

LATENCY_MS: Final = 100
"""What simpleaudio asks every system for (``SA_LATENCY_US``). Where PulseAudio is told to hold more, that counts."""
ROUNDING: Final = RATE // 100
"""Frames by which devices hold more; with 100 ms in all, 51 to 97 were measured."""
GRAIN: Final = RATE // 60
"""Frames by which the head may be wrong from the beginning: the clock is read some 100 times a second."""
DRIFT: Final = 10_000
"""A sound card's clock is taken to be at most one part in so many off the computer's: 100 ppm."""
PADDING: Final = RATE * 3 // 20
"""Silence behind the end: simpleaudio on Windows plays its last 50 ms buffers to the end, with whatever is in them."""
TAIL: Final = RATE // 20
"""Frames that go by after the last one that is to be heard, before the sound is stopped."""
AT_ONCE: Final = RATE // 2
"""Who takes all sound faster than that does not play it, but writes it to a file."""
PATIENCE: Final = 10 * RATE
"""Frames that a device may be late at the end, besides a hundredth of the whole, before it counts as lost."""


class Simpleaudio:
    """A tape, to be played with simpleaudio. ``clock`` gives seconds and never goes back.

    So many frames may have been taken and not been heard as the system holds, a little more than ``latency_ms``. It
    takes them at once when it begins.
    """

    def __init__(
        self,
        tape: SharedRingBuffer,
        latency_ms: int = LATENCY_MS,
        library: Any = None,  # noqa: ANN401
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._library = library or _load()
        self._tape = tape
        self._clock = clock
        self._end = tape.capacity - PADDING
        self._held = max(latency_ms, LATENCY_MS) * FRAMES_PER_MS + ROUNDING
        tape.latency, tape.grain = self._held, GRAIN

    def play(self, tick: Callable[[], None]) -> None:
        """Play all of it, calling ``tick`` some 50 times a second; returns when the last frame has been heard.

        If the tape runs dry (its filling process was halted, or is too slow), the sound stops there and goes on from
        there once there is a second of it again: late, but nothing is lost.
        """
        tape, frame = self._tape, 0
        while frame < tape.total:
            frame = self._play_from(frame, tick)
            while tape.filled < min(frame + RATE, tape.total):
                tick()

    def _play_from(self, frame: int, tick: Callable[[], None]) -> int:
        """Play on from a frame: to the end, to where the sound was cut short, or to where the tape ran dry."""
        tape, began, last, heard = self._tape, self._clock(), self._end, frame
        filled = tape.filled
        sound = self._library.play_buffer(tape.sound(frame), CHANNELS, SAMPLE_WIDTH, RATE)
        tape.state = State.PLAYING
        while sound.is_playing():
            elapsed = int((self._clock() - began) * RATE)
            heard = frame + elapsed
            tape.grain = GRAIN + elapsed // DRIFT
            # What was filled since the last look may have come too late, and emptiness been taken in its place. So the
            # sound goes on from there once more.
            last, filled = min(last, filled) if filled < heard + self._held else last, tape.filled
            tape.head = min(heard + self._held, last)
            tape.told_ns = int(self._clock() * 1e9)
            if last < self._end and heard > last + TAIL:
                sound.stop()
            if heard > tape.total * 1.01 + PATIENCE:
                raise RuntimeError("the device takes no more sound")
            tick()
        # A device that is gone ends the sound without a word; one without a clock has taken all of it in no time.
        if frame + AT_ONCE < heard < min(last, tape.total) - self._held - TAIL:
            raise RuntimeError("the device takes no more sound")
        return last


def _load() -> Any:  # noqa: ANN401 - the library has no types
    import simpleaudio  # noqa: PLC0415 - it is missing where the other library plays

    return simpleaudio
