"""The loudspeaker as a sink: blocks of the programme go in, and are heard as they are.

How: blocks are written to a tape (`player.output.live.tape`), some seconds ahead of the play head, and a process of its
own plays the tape (`player.output.live.loudspeaker`): through simpleaudio where that is installed, otherwise miniaudio.
The rule: nothing that happens over there can hurt the program; it becomes a `DeviceError` that says where to go on.

Half a second of noise that nobody can hear goes first (`edges`); every position leaves it out. "First
sound" therefore is the first sample at the device: a sleeping loudspeaker wakes during that half second.

Pausing, seeking and volume need no other design than this: whatever is ahead of the head (by ``grain`` and a little
more) can be written anew at any time, which is how `Speaker.fade_out` works.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Final, Protocol

from player.errors import DeviceError, printable
from player.output.live.child import Child
from player.output.live.choice import PADDING, available, choose
from player.output.live.edges import FADE_OUT_MS, LEAD_IN_MS, faded_out, lead_in
from player.output.live.tape import FRAME_BYTES, Tape
from player.output.sink import Sink
from player.units import CHANNELS, FRAMES_PER_MS, RATE, SAMPLE_WIDTH, timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydub import AudioSegment

LEAD_IN: Final = LEAD_IN_MS * FRAMES_PER_MS
ENOUGH: Final = LEAD_IN + RATE
"""Frames to begin with: the first second."""
AHEAD: Final = 20 * RATE
"""Frames written ahead of the head, at most: enough to bridge a busy machine."""
RING: Final = 30 * RATE
HISTORY: Final = 30 * RATE
"""Frames kept behind the head: simpleaudio tells no position, and a device that hesitates is later than the clock."""

_SLACK: Final = RATE // 20  # frames that may be taken while the tape is being rewritten
_POLL_S: Final = 0.05
_FADE_POLLS: Final = 60  # three seconds; then the device is not going to play the fade at all


class Loudspeaker(Protocol):
    """What plays a tape. `Child` does; tests have one that needs no device."""

    @property
    def is_done(self) -> bool:
        """All sound has been heard."""

    def failure(self) -> str | None:
        """Why there will be no more sound, or None."""

    def end(self) -> None:
        """Stop at once."""


class Speaker(Sink):
    """A sink that is heard; left by an exception, and so by Ctrl-C, it fades the sound out.

    Parameters
    ----------
    total_ms
        Where the programme ends.
    start_ms
        Where in the programme the first block comes from.
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
        If there is no such loudspeaker. `write` and `close` raise it too, as soon as the loudspeaker is lost.
    """

    def __init__(
        self,
        *,
        total_ms: int,
        start_ms: int = 0,
        kind: str | None = None,
        environ: Mapping[str, str] = os.environ,
        sleep: Callable[[float], None] = time.sleep,
        spawn: Callable[[str, Tape, Mapping[str, str]], Loudspeaker] = Child,
        installed: tuple[str, ...] | None = None,
    ) -> None:
        self._start_ms = self._heard_ms = start_ms
        self._frames = LEAD_IN + (total_ms - start_ms) * FRAMES_PER_MS
        self._environ = environ
        self._sleep = sleep
        self._spawn = spawn
        self._is_open = True
        self._kind, *self._others = choose(kind, self._frames, environ, available() if installed is None else installed)
        self._open()

    @property
    def kind(self) -> str:
        """The library that plays."""
        return self._kind

    @property
    def position_ms(self) -> int:
        """How far the programme has been heard; it stays there after the end."""
        if self._is_open:
            tape = self._tape
            heard = tape.total if self._loudspeaker.is_done else min(tape.head - tape.latency, tape.total)
            self._heard_ms = self._start_ms + max(0, heard - LEAD_IN) // FRAMES_PER_MS
        return self._heard_ms

    def begin(self) -> None:
        """Let the lead-in sound as soon as the device is open; silence follows it until the first block is here.

        Only miniaudio can do that, which asks for sound as it needs it; simpleaudio takes half a second at once, and
        waits for its first second as ever.
        """
        if self._kind == "miniaudio":
            self._tape.go = 1

    def write(self, segment: AudioSegment) -> None:
        """Take a block of any length, 48 kHz, 16-bit, stereo; return when all of it is on the tape.

        Raises
        ------
        ValueError
            If the block has another format, or the programme becomes longer than was said.
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
            self._tape.total = self._tape.filled
            self._tape.go = 1
            while not self._loudspeaker.is_done:
                self._wait()
        finally:
            self.abort()

    def abort(self) -> None:
        """Fade out and let go of the device. After `close`, or a second time, this does nothing."""
        if not self._is_open:
            return
        try:
            with contextlib.suppress(OSError):  # no memory even for silence: then the end is a sudden one
                self.fade_out()
        finally:
            self._release()

    def fade_out(self, ms: int = FADE_OUT_MS) -> None:
        """Bring what is being heard down to silence, and return when it is there."""
        tape = self._tape
        if tape.head == 0 or tape.filled <= LEAD_IN or self._is_over():
            return  # there is nothing that anybody could hear
        start = min(tape.head + tape.grain + _SLACK, tape.filled)
        end = min(start + ms * FRAMES_PER_MS, tape.filled)
        tape.rewrite(start, faded_out(tape.read(start, end - start)))
        tape.rewrite(end, bytes((tape.filled - end) * FRAME_BYTES))  # simpleaudio reads on until it is stopped
        tape.total = tape.filled = end
        polls = 0
        while not self._is_over() and polls < _FADE_POLLS:
            self._sleep(_POLL_S)
            polls += 1

    def _open(self) -> None:
        capacity = RING if self._kind == "miniaudio" else self._frames + PADDING
        try:
            self._tape = tape = Tape.create(self._frames, capacity)
            try:
                tape.write(lead_in())
                self._loudspeaker = self._spawn(self._kind, tape, self._environ)
            except BaseException:
                tape.close()
                raise
        except OSError as error:
            raise self._no_room(error) from error

    def _put(self, sound: memoryview) -> None:
        """Put a second or less on the tape as soon as it is near enough, and begin as soon as there is enough."""
        self._check()
        while self._tape.filled - self._tape.head + len(sound) // FRAME_BYTES > AHEAD:
            self._wait()
        tape = self._tape  # only now: a look at the loudspeaker may have changed it for another one
        try:
            tape.write(sound)
        except OSError as error:
            raise self._no_room(error) from error
        if tape.capacity > self._frames:
            tape.forget(tape.head - HISTORY)
        if tape.filled >= min(ENOUGH, tape.total):
            tape.go = 1

    def _wait(self) -> None:
        self._check()
        self._sleep(_POLL_S)

    def _check(self) -> None:
        reason = self._loudspeaker.failure()
        if reason is None:
            return
        if self._tape.head or not self._others:
            raise self._lost(printable(reason))
        self._try_the_other()

    def _try_the_other(self) -> None:
        """Nothing has been heard, so everything written is on the tape still: hand it to the other library."""
        old = self._tape
        self._loudspeaker.end()
        self._kind = self._others.pop()
        self._open()
        self._tape.write(old.read(LEAD_IN, old.filled))
        self._tape.go = old.go
        old.close()

    def _is_over(self) -> bool:
        return self._loudspeaker.is_done or self._loudspeaker.failure() is not None

    def _release(self) -> None:
        self._heard_ms, self._is_open = self.position_ms, False
        self._loudspeaker.end()
        self._tape.close()

    def _lost(self, reason: str) -> DeviceError:
        if not self._tape.head:
            return DeviceError(
                f"no audio device could be opened by {self._kind} ({reason}); export the session instead, "
                "e.g. `player export NAME`"
            )
        at = timecode(self.position_ms)
        return DeviceError(f"the loudspeaker stopped at {at} ({reason}); go on with --from {at}", self.position_ms)

    def _no_room(self, error: OSError) -> DeviceError:
        return DeviceError(
            f"there is no memory for the sound: {error.strerror}; free some, in /dev/shm or where TMPDIR is"
        )
