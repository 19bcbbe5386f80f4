"""The deck: a tape, and the loudspeaker that plays it, as whoever fills the tape sees them.

How: sound is put on the tape some seconds ahead of the play head, and a process of its own plays it
(`player.live.device.child`). Whatever is ahead of the head, by what the device may take at a time and a little more,
can be laid over with something else at any moment (`OutputDevice.cut`, `OutputDevice.lay`).
The rule: nothing here waits for the loudspeaker; what happens to it is told by `OutputDevice.check`.

Frames are counted on the tape. Half a second of noise that nobody can hear goes first (`edges`): the programme begins
behind `LEAD_IN`.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, Protocol

from player.errors import DeviceError, printable
from player.live.device.backends import LONGEST_BUFFER, available, choose
from player.live.device.child import DeviceProcess
from player.live.device.fades import LEAD_IN_MS, lead_in
from player.live.device.ringbuffer import FRAME_BYTES, SharedRingBuffer
from player.live.device.simpleaudio import PADDING
from player.units import FRAMES_PER_MS, RATE, timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LEAD_IN: Final = LEAD_IN_MS * FRAMES_PER_MS
ENOUGH: Final = LEAD_IN + RATE
"""Frames to begin with: the first second."""
AHEAD: Final = 20 * RATE
"""Frames written ahead of the head, at most: enough to bridge a busy machine."""
RING: Final = 30 * RATE
HISTORY: Final = 30 * RATE
"""Frames kept behind the head: simpleaudio tells no position, and a device that hesitates is later than the clock."""

WAITING: Final = 600 * RATE
"""Frames of silence behind the lead-in: as long as words are spoken for the first time."""

_SLACK: Final = RATE // 50  # frames that may be taken while the tape is being laid over
_SPARE: Final = 5 * 60 * RATE  # for pauses and steps back, where a tape of full length would take memory
_ENDLESS: Final = 1 << 60


def stopped(reason: str, at_ms: int) -> DeviceError:
    """The sentence for a loudspeaker that was lost on the way."""
    at = timecode(at_ms)
    return DeviceError(f"the loudspeaker stopped at {at} ({reason}); go on with --from {at}", at_ms)


class Loudspeaker(Protocol):
    """What plays a tape. `DeviceProcess` does; tests have one that needs no device."""

    @property
    def is_done(self) -> bool:
        """All sound has been heard."""

    def failure(self) -> str | None:
        """Why there will be no more sound, or None."""

    def end(self) -> None:
        """Stop at once."""


class OutputDevice:
    """A tape for ``frames`` of sound behind the lead-in, and a loudspeaker that begins to open its device at once.

    Parameters
    ----------
    changes
        What is on it may be laid over, and so become longer than ``frames``.
    kind
        ``simpleaudio`` or ``miniaudio``; None leaves it to the environment's ``PLAYER_SPEAKER``, then to what is
        installed. Unless one is asked for, the second is tried where the first finds no device (WSL has PulseAudio
        but no ALSA).
    spawn
        Makes what plays a tape, of a kind.
    installed
        The kinds that are there; None is to look.

    Raises
    ------
    DeviceError
        If there is no such loudspeaker, or no memory for the sound.
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
        self._kind, *self._others = choose(kind, self._frames, environ, available() if installed is None else installed)
        self._load()

    @property
    def kind(self) -> str:
        """The library that plays."""
        return self._kind

    def is_for(self, frames: int) -> bool:
        """Whether so many are not too many for it: simpleaudio plays no endless tape."""
        return self._is_ring or LEAD_IN + frames <= LONGEST_BUFFER

    @property
    def has_begun(self) -> bool:
        """The device has taken something."""
        return self._tape.head > 0

    @property
    def is_done(self) -> bool:
        """All sound up to the end has been heard."""
        return self._loudspeaker.is_done

    @property
    def heard(self) -> int:
        """The frame that is heard now; it stays there after the end."""
        if self._is_open:
            tape = self._tape
            self._heard = max(0, tape.total if self.is_done else min(tape.head - tape.latency, tape.total))
        return self._heard

    @property
    def filled(self) -> int:
        """The first frame that nothing was put on."""
        return self._tape.filled

    @property
    def is_silent(self) -> bool:
        """Nothing has been put on it that anybody could hear."""
        return self._written <= LEAD_IN

    @property
    def ahead(self) -> int:
        """Frames that wait to be taken."""
        return self._tape.filled - self._tape.head

    def is_far_ahead(self, frames: int) -> bool:
        """Whether so many frames more are not needed yet."""
        return self.ahead + frames > AHEAD

    @property
    def left(self) -> int:
        """Frames until the tape is used up."""
        return self._length - self._tape.filled

    @property
    def cut(self) -> int:
        """The first frame that the device will not take before it has been laid over."""
        tape = self._tape
        return max(min(tape.head + tape.since_told + tape.grain + _SLACK, tape.filled), LEAD_IN)

    def begin(self) -> None:
        """Let the lead-in sound as soon as the device is open; silence follows it until something is laid over that.

        miniaudio gives that silence; simpleaudio reads on, so for it the silence stands on the tape.
        """
        if not self._is_ring and self._written == LEAD_IN:
            self._tape.filled = min(LEAD_IN + WAITING, self._length)
        self._tape.go = 1

    def check(self) -> str | None:
        """Look at the loudspeaker, a few times a second: why it was lost, or None as long as all is well.

        Raises
        ------
        DeviceError
            If none could be opened.
        """
        reason = self._loudspeaker.failure()
        if reason is None or self.has_begun:
            return reason and printable(reason)
        if not self._others:
            raise DeviceError(
                f"no audio device could be opened by {self._kind} ({printable(reason)}); export the session instead, "
                "e.g. `player export NAME`"
            )
        self._try_the_other()
        return None

    def is_over(self) -> bool:
        """Whether nothing more will be heard, for whatever reason."""
        return self.is_done or self._loudspeaker.failure() is not None

    def put(self, sound: bytes | memoryview) -> None:
        """Append frames, as many as there is room for, and begin as soon as there is enough.

        Raises
        ------
        ValueError
            If there is no room for them.
        """
        tape = self._tape
        try:
            tape.write(sound)
        except OSError as error:
            raise self._no_room(error) from error
        self._written = tape.filled
        self._settle()

    def read(self, frame: int, count: int) -> bytes:
        """At most ``count`` frames from ``frame`` on, as they were put."""
        return self._tape.read(frame, count)

    def lay(self, frame: int, sound: bytes) -> None:
        """All sound from ``frame`` on gives way to this; ``frame`` is not before `cut`. The end is put off."""
        tape = self._tape
        end, before = frame + len(sound) // FRAME_BYTES, self._written
        tape.total = self._length
        try:
            tape.rewrite(frame, sound)
            if before > end and not self._is_ring:  # simpleaudio reads on, whatever is called filled
                tape.rewrite(end, bytes((before - end) * FRAME_BYTES))
        except OSError as error:
            raise self._no_room(error) from error
        tape.filled = self._written = end
        self._settle()

    def finish(self) -> None:
        """What is on the tape now is all."""
        self._tape.total = self._tape.filled
        self._tape.go = 1

    def release(self) -> None:
        """Let go of the device, at once. A second time, this does nothing."""
        if self._is_open:
            self._heard, self._is_open = self.heard, False
            self._loudspeaker.end()
            self._tape.close()

    def _settle(self) -> None:
        tape = self._tape
        if not self._is_ring:
            tape.forget(tape.head - HISTORY)
        if tape.filled >= min(ENOUGH, tape.total):
            tape.go = 1

    def _load(self) -> None:
        self._is_ring = self._kind == "miniaudio"
        self._length = (_ENDLESS if self._is_ring else self._most()) if self._changes else self._frames
        try:
            self._tape = tape = SharedRingBuffer.create(self._length, RING if self._is_ring else self._length + PADDING)
            try:
                tape.write(lead_in())
                self._written = LEAD_IN
                self._loudspeaker = self._spawn(self._kind, tape, self._environ)
            except BaseException:
                tape.close()
                raise
        except OSError as error:
            raise self._no_room(error) from error

    def _most(self) -> int:
        """How long a tape for simpleaudio is made: it takes memory only where it is written to, but on Windows."""
        return LONGEST_BUFFER if sys.platform == "linux" else min(self._frames + _SPARE, LONGEST_BUFFER)

    def _try_the_other(self) -> None:
        """Nothing has been heard, so everything written is on the tape still: hand it to the other library."""
        old = self._tape
        self._loudspeaker.end()
        self._kind = self._others.pop()
        sound = old.read(LEAD_IN, self._written - LEAD_IN)
        self._load()
        self._tape.write(sound)
        self._written = self._tape.filled
        if old.total == old.filled:
            self._tape.total = self._tape.filled
        if old.go:
            self.begin()
        old.close()

    def _no_room(self, error: OSError) -> DeviceError:
        return DeviceError(
            f"there is no memory for the sound: {error.strerror}; free some, in /dev/shm or where TMPDIR is"
        )
