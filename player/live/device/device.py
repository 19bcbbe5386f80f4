"""The output device: a ring buffer, and the process that plays it.

The player writes sound into the ring some seconds ahead of the play head; a process of its own plays it
(`player.live.device.child`). Sound that is far enough ahead of the head, by what the device may take at a time and a
little more, can be overwritten at any time (`OutputDevice.cut`, `OutputDevice.overwrite`).
Nothing here waits for the loudspeaker; `OutputDevice.check` reports what happens to it.

Frames are counted in the ring. Half a second of inaudible noise comes first, and more of it if the programme takes
longer; that begins at `LEAD_IN` or later.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, Protocol

from player.errors import DeviceError, printable
from player.live.device.backends import LONGEST_BUFFER, available, choose
from player.live.device.child import DeviceProcess
from player.live.device.noise import LEAD_IN, NoiseFloor, lead_in
from player.live.device.ringbuffer import FRAME_BYTES, SharedRingBuffer
from player.live.device.simpleaudio import PADDING
from player.units import RATE, timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENOUGH: Final = LEAD_IN + RATE
"""Playing starts when this many frames are written: the lead-in and one second."""
AHEAD: Final = 20 * RATE
"""Frames written ahead of the head, at most: enough for a busy machine."""
RING_FRAMES: Final = 30 * RATE
"""Length of the ring for miniaudio. simpleaudio gets a buffer of the programme's length, which never wraps."""
HISTORY: Final = 30 * RATE
"""Frames kept behind the head: simpleaudio reports no position, and a slow device is behind the clock."""

WAITING: Final = 600 * RATE
"""Frames after the lead-in in which the noise goes on: time for the voice to speak words that are new."""

_SLACK: Final = RATE // 50  # frames that may be taken while the ring is being overwritten
_SPARE: Final = 5 * 60 * RATE  # for pauses and steps back, where a buffer of full length would take memory
_ENDLESS: Final = 1 << 60


EXPORT_INSTEAD: Final = "player export NAME"
"""What can be done without a loudspeaker; whoever knows the name puts it there."""


def stopped(reason: str, at_ms: int) -> DeviceError:
    """The error for a loudspeaker that was lost while it played."""
    at = timecode(at_ms)
    return DeviceError(f"the loudspeaker stopped at {at} ({reason}); go on with --from {at}", at_ms)


class Loudspeaker(Protocol):
    """Plays a ring: `DeviceProcess`, or a fake in tests."""

    @property
    def is_done(self) -> bool:
        """All sound has been heard."""

    def failure(self) -> str | None:
        """Why there will be no more sound, or None."""

    def end(self) -> None:
        """Stop at once."""


class OutputDevice:
    """A ring for ``frames`` of sound after the lead-in, and a process that starts to open its device at once.

    Parameters
    ----------
    changes
        Its sound may be overwritten, and so become longer than ``frames``.
    kind
        ``simpleaudio`` or ``miniaudio``; None means the environment's ``PLAYER_SPEAKER``, then what is installed.
        Unless one was named, the second library is tried if the first finds no device (WSL has PulseAudio but no
        ALSA).
    spawn
        Starts a `Loudspeaker` of a kind for a ring.
    installed
        The installed kinds; None means to look.

    Raises
    ------
    DeviceError
        If there is no such library, or no memory for the sound.
    """

    def __init__(
        self,
        frames: int,
        *,
        changes: bool = False,
        kind: str | None = None,
        environ: Mapping[str, str] = os.environ,
        spawn: Callable[[str, SharedRingBuffer, Mapping[str, str]], Loudspeaker] = DeviceProcess,
        installed: tuple[str, ...] | None = None,
    ) -> None:
        self._frames = LEAD_IN + frames
        self._changes = changes
        self._environ = environ
        self._spawn = spawn
        self._is_open = True
        self._heard = 0
        self._floor: NoiseFloor | None = None
        self._kind, *self._others = choose(kind, self._frames, environ, available() if installed is None else installed)
        self._load()

    @property
    def kind(self) -> str:
        """The library that plays."""
        return self._kind

    def is_for(self, frames: int) -> bool:
        """Whether it can play this many frames: simpleaudio's buffer has a limit."""
        return self._wraps or LEAD_IN + frames <= LONGEST_BUFFER

    @property
    def has_begun(self) -> bool:
        """Whether the device has taken any sound."""
        return self._ring.head > 0

    @property
    def is_done(self) -> bool:
        """All sound up to the end has been heard."""
        return self._loudspeaker.is_done

    @property
    def heard(self) -> int:
        """The frame that is heard now; it stays at the last one after the end."""
        if self._is_open:
            ring = self._ring
            self._heard = max(0, ring.total if self.is_done else min(ring.head - ring.latency, ring.total))
        return self._heard

    @property
    def filled(self) -> int:
        """The first frame that is not written yet."""
        return self._ring.filled

    @property
    def is_silent(self) -> bool:
        """Whether nothing of the programme is written."""
        return self._written <= LEAD_IN

    @property
    def ahead(self) -> int:
        """Frames that are written and not taken yet."""
        return self._ring.filled - self._ring.head

    def is_far_ahead(self, frames: int) -> bool:
        """Whether this many more frames are not needed yet."""
        return self.ahead + frames > AHEAD

    @property
    def left(self) -> int:
        """Frames that can still be written before the buffer's end."""
        return self._length - self._ring.filled

    @property
    def cut(self) -> int:
        """The first frame that can be overwritten before the device takes it."""
        ring = self._ring
        return max(min(ring.head + ring.taken_since + ring.grain + _SLACK, ring.filled), LEAD_IN)

    def begin(self) -> None:
        """Play the lead-in as soon as the device is open, and go on with its noise until that is overwritten.

        simpleaudio reads on past what is written, so its buffer counts as filled.
        """
        if self.is_silent and self._floor is None:
            if not self._wraps:
                self._ring.filled = min(LEAD_IN + WAITING, self._length)
            self._floor = NoiseFloor(self._ring, wraps=self._wraps)
        self._ring.go = 1

    def check(self) -> str | None:
        """Why the loudspeaker was lost, or None. Call it a few times a second.

        Raises
        ------
        DeviceError
            If no device could be opened.
        """
        reason = self._loudspeaker.failure()
        if reason is None or self.has_begun:
            return reason and printable(reason)
        if not self._others:
            raise DeviceError(
                f"no audio device could be opened by {self._kind} ({printable(reason)}); export the session instead, "
                f"e.g. `{EXPORT_INSTEAD}`"
            )
        self._try_the_other()
        return None

    def is_over(self) -> bool:
        """Whether nothing more will be heard: all is played, or the loudspeaker is lost."""
        return self.is_done or self._loudspeaker.failure() is not None

    def put(self, sound: bytes | memoryview) -> None:
        """Append frames, and start to play as soon as there are enough.

        Raises
        ------
        ValueError
            If there is no room for them.
        """
        ring = self._ring
        try:
            ring.write(sound)
        except OSError as error:
            raise self._no_room(error) from error
        self._written = ring.filled
        self._settle()

    def read(self, frame: int, count: int) -> bytes:
        """At most ``count`` written frames from ``frame`` on."""
        return self._ring.read(frame, count)

    def overwrite(self, frame: int, sound: bytes) -> None:
        """Replace all sound from ``frame`` on, which is not before `cut`; a `finish` before this no longer counts."""
        ring = self._ring
        end, before = frame + len(sound) // FRAME_BYTES, max(self._written, self._end_noise())
        ring.total = self._length
        try:
            ring.rewrite(frame, sound)
            if before > end and not self._wraps:  # simpleaudio reads past the fill mark
                ring.rewrite(end, bytes((before - end) * FRAME_BYTES))
        except OSError as error:
            raise self._no_room(error) from error
        ring.filled = self._written = end
        self._settle()

    def finish(self) -> None:
        """End the sound with what is written now."""
        self._ring.total = self._ring.filled
        self._ring.go = 1

    def release(self) -> None:
        """Release the device at once. A second call does nothing."""
        if self._is_open:
            self._end_noise()
            self._heard, self._is_open = self.heard, False
            self._loudspeaker.end()
            self._ring.close()

    def _end_noise(self) -> int:
        """Stop the noise before the programme, and return the frame at which it ends."""
        floor, self._floor = self._floor, None
        if floor is None:
            return 0
        floor.stop()
        return floor.end

    def _settle(self) -> None:
        ring = self._ring
        if not self._wraps:
            ring.forget(ring.head - HISTORY)
        if ring.filled >= min(ENOUGH, ring.total):
            ring.go = 1

    def _load(self) -> None:
        self._wraps = self._kind == "miniaudio"
        self._length = (_ENDLESS if self._wraps else self._most()) if self._changes else self._frames
        try:
            self._ring = ring = SharedRingBuffer.create(
                self._length, RING_FRAMES if self._wraps else self._length + PADDING
            )
            try:
                ring.write(lead_in())
                self._written = LEAD_IN
                self._loudspeaker = self._spawn(self._kind, ring, self._environ)
            except BaseException:
                ring.close()
                raise
        except OSError as error:
            raise self._no_room(error) from error

    def _most(self) -> int:
        """The length of simpleaudio's buffer. Except on Windows, only written pages take memory."""
        return LONGEST_BUFFER if sys.platform == "linux" else min(self._frames + _SPARE, LONGEST_BUFFER)

    def _try_the_other(self) -> None:
        """Give all sound to the other library: nothing has been heard, so the ring still holds all that was written."""
        self._end_noise()
        old = self._ring
        self._loudspeaker.end()
        self._kind = self._others.pop()
        sound = old.read(LEAD_IN, self._written - LEAD_IN)
        self._load()
        self._ring.write(sound)
        self._written = self._ring.filled
        if old.total == old.filled:
            self._ring.total = self._ring.filled
        if old.go:
            self.begin()
        old.close()

    def _no_room(self, error: OSError) -> DeviceError:
        return DeviceError(
            f"there is no memory for the sound: {error.strerror}; free some, in /dev/shm or where TMPDIR is"
        )
