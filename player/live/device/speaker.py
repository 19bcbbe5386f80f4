"""The loudspeaker as a sink: it plays the blocks of a programme unchanged.

It writes blocks to an `OutputDevice`, whose own process plays them. Whatever happens to that process becomes a
`DeviceError` that says where to go on.

Half a second of inaudible noise comes first (`player.live.device.fades`); positions do not count it. "First sound" is
therefore the first sample at the device: a sleeping loudspeaker wakes during that half second.

To pause, seek or change the volume, use `player.live.transport`, which overwrites the ring ahead of the head; this sink
only fades out.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Final

from player.errors import DeviceError
from player.live.device.child import DeviceProcess
from player.live.device.device import LEAD_IN, OutputDevice, stopped
from player.live.device.fade_out import fade_out
from player.live.device.ringbuffer import FRAME_BYTES
from player.sound.sink import Sink
from player.units import CHANNELS, FRAMES_PER_MS, RATE, SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydub import AudioSegment

    from player.live.device.device import Loudspeaker
    from player.live.device.ringbuffer import SharedRingBuffer

_POLL_S: Final = 0.05


class LoudspeakerSink(Sink):
    """A sink that plays; it fades out when an exception, such as Ctrl-C, ends its context.

    Parameters
    ----------
    total_ms
        Where the programme ends.
    start_ms
        Where in the programme the first block comes from.
    kind, spawn, installed
        As for `OutputDevice`.

    Raises
    ------
    DeviceError
        If there is no such library. `write` and `close` raise it, too, as soon as the loudspeaker is lost.
    """

    def __init__(
        self,
        *,
        total_ms: int,
        start_ms: int = 0,
        kind: str | None = None,
        environ: Mapping[str, str] = os.environ,
        sleep: Callable[[float], None] = time.sleep,
        spawn: Callable[[str, SharedRingBuffer, Mapping[str, str]], Loudspeaker] = DeviceProcess,
        installed: tuple[str, ...] | None = None,
    ) -> None:
        self._start_ms = start_ms
        self._sleep = sleep
        self._is_open = True
        frames = (total_ms - start_ms) * FRAMES_PER_MS
        self._device = OutputDevice(frames, kind=kind, environ=environ, spawn=spawn, installed=installed)

    @property
    def kind(self) -> str:
        """The library that plays."""
        return self._device.kind

    @property
    def position_ms(self) -> int:
        """The position of the programme that is heard now; it stays at the end."""
        return self._start_ms + max(0, self._device.heard - LEAD_IN) // FRAMES_PER_MS

    def write(self, segment: AudioSegment) -> None:
        """Take a block of any length, 48 kHz, 16-bit, stereo; return when all of it is in the ring.

        Raises
        ------
        ValueError
            If the block has another format, or the programme becomes longer than ``total_ms``.
        """
        form = (segment.frame_rate, segment.sample_width, segment.channels)
        if form != (RATE, SAMPLE_WIDTH, CHANNELS):
            raise ValueError(f"a block must have 48000 Hz, 2 bytes a sample and 2 channels, not {form}")
        sound = memoryview(segment.raw_data)
        for start in range(0, len(sound), RATE * FRAME_BYTES):
            self._put(sound[start : start + RATE * FRAME_BYTES])

    def close(self) -> None:
        """Return when everything has been heard."""
        if not self._is_open:
            return
        try:
            self._device.finish()
            while not self._device.is_done:
                self._wait()
        finally:
            self.abort()

    def abort(self) -> None:
        """Fade out and release the device. After `close`, or a second time, this does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            with contextlib.suppress(DeviceError):  # no memory even for silence: then there is no fade
                fade_out(self._device, self._sleep)
        finally:
            self._device.release()

    def _put(self, sound: memoryview) -> None:
        """Write a second or less to the ring, as soon as it is needed."""
        self._check()
        while self._device.is_far_ahead(len(sound) // FRAME_BYTES):
            self._wait()
        self._device.put(sound)

    def _wait(self) -> None:
        self._check()
        self._sleep(_POLL_S)

    def _check(self) -> None:
        if reason := self._device.check():
            raise stopped(reason, self.position_ms)
