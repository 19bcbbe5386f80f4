"""Playing a ring through simpleaudio, which plays whole buffers.

The rule: no other module imports simpleaudio. The ring never wraps here, and one ``play_buffer`` plays the whole of
it while it is filled. simpleaudio reads the buffer only when the device needs it (ALSA writes from it, macOS and
Windows copy 50 ms at a time). Each ``play_buffer`` opens the device anew, so a chain of short ones would have gaps. It
reports no position, so the head is set by the clock.

This module runs in the device's process, under ``PYTHONMALLOC=malloc``: when a sound ends, simpleaudio 1.0.4 frees
memory with ``PyMem_Free`` without holding the GIL, which kills Python 3.12 and later with their own allocator.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from player.live.device.activity import StuckWatch, ThreadActivity
from player.live.device.ringbuffer import State
from player.units import CHANNELS, FRAMES_PER_MS, RATE, SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.device.ringbuffer import SharedRingBuffer

LATENCY_MS: Final = 100
"""The latency that simpleaudio asks every system for (``SA_LATENCY_US``). If PulseAudio is set to more, that counts."""
ROUNDING: Final = RATE // 100
"""Frames that devices may hold in addition; with 100 ms in all, 51 to 97 were measured."""
GRAIN: Final = RATE // 60
"""Frames by which the head may be wrong at the start: the clock is read some 100 times a second."""
DRIFT: Final = 10_000
"""A sound card's clock is assumed to differ from the computer's by at most one part in this many: 100 ppm."""
PADDING: Final = RATE * 3 // 20
"""Silence after the end: simpleaudio on Windows plays its last 50 ms buffers completely, whatever they contain."""
TAIL: Final = RATE // 20
"""Frames between the last one to be heard and stopping the sound."""
TOO_FAST: Final = RATE // 2
"""A device that takes all sound faster than this writes it to a file instead of playing it."""
LATE_AT_MOST: Final = 10 * RATE
"""Frames that a device may be late at the end, besides 1% of the whole, before it counts as lost."""


class StuckError(Exception):
    """The thread that plays is asleep for ever, and nothing in this process can end it."""


class Simpleaudio:
    """Plays a ring with simpleaudio. ``clock`` gives seconds and never goes back.

    The system holds a little more than ``latency_ms`` of frames that are taken and not heard yet. It takes them at
    once when it begins.
    """

    def __init__(
        self,
        ring: SharedRingBuffer,
        latency_ms: int = LATENCY_MS,
        library: Any = None,  # noqa: ANN401
        clock: Callable[[], float] = time.monotonic,
        activity: Callable[[], ThreadActivity] = ThreadActivity,
    ) -> None:
        self._activity = activity
        self._library = library or _load()
        self._ring = ring
        self._clock = clock
        self._end = ring.capacity - PADDING
        self._held = max(latency_ms, LATENCY_MS) * FRAMES_PER_MS + ROUNDING
        ring.latency, ring.grain = self._held, GRAIN

    def play(self, tick: Callable[[], None]) -> None:
        """Play the whole ring and return when the last frame was heard; ``tick`` is called some 50 times a second.

        If the ring runs dry (the filling process was halted, or is too slow), the sound stops there, and goes on from
        there when a second of it is written: late, but complete. It begins at the ring's head, which a process before
        this one may have left there.

        Raises
        ------
        StuckError
            If the thread that plays is stuck; the ring's head is then where it was heard last.
        """
        ring, frame = self._ring, self._ring.head
        while frame < ring.total:
            frame = self._play_from(frame, tick)
            while ring.filled < min(frame + RATE, ring.total):
                tick()

    def _play_from(self, frame: int, tick: Callable[[], None]) -> int:
        """Play from a frame to the end, to where the end was set earlier, or to where the ring ran dry."""
        ring, began, last, heard = self._ring, self._clock(), self._end, frame
        filled = ring.filled
        activity = self._activity()
        sound = self._library.play_buffer(ring.sound(frame), CHANNELS, SAMPLE_WIDTH, RATE)
        watch = StuckWatch(activity, began)
        ring.state = State.PLAYING
        while sound.is_playing():
            if watch.is_stuck(self._clock()):
                ring.head_set_ns = 0
                ring.head = frame + int((watch.alive_at - began) * RATE)
                raise StuckError
            elapsed = int((self._clock() - began) * RATE)
            heard = frame + elapsed
            ring.grain = GRAIN + elapsed // DRIFT
            # Frames that were filled since the last look may have come too late, so that the device took zeros instead.
            # Then the sound is played again from there.
            last, filled = min(last, filled) if filled < heard + self._held else last, ring.filled
            ring.head = min(heard + self._held, last)
            ring.head_set_ns = int(self._clock() * 1e9)
            if last < self._end and heard > last + TAIL:
                sound.stop()
            if heard > ring.total * 1.01 + LATE_AT_MOST:
                raise RuntimeError("the device takes no more sound")
            tick()
        # A lost device ends the sound without an error; one without a clock has taken all of it at once.
        if frame + TOO_FAST < heard < min(last, ring.total) - self._held - TAIL:
            raise RuntimeError("the device takes no more sound")
        return last


def _load() -> Any:  # noqa: ANN401 - the library has no types
    import simpleaudio  # noqa: PLC0415 (it may be missing)

    return simpleaudio
