"""The tape: sound in memory shared by two processes; the player fills it, the loudspeaker's process plays it.

The rules: frame n lives at ``n % capacity``; only frames below ``filled`` are there to be read; nothing that has not
been taken is written over; and every number of the header has one writer. So neither side ever waits for the other or
needs a lock. Nothing is left behind by a crash: the file has no name.

It knows no numpy and no device: the loudspeaker's process imports it before anything can be heard.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import sys
import time
from enum import IntEnum
from typing import IO, Final

from player.units import CHANNELS, RATE, SAMPLE_WIDTH

FRAME_BYTES: Final = CHANNELS * SAMPLE_WIDTH
_HEADER: Final = mmap.PAGESIZE  # the sound begins on a page of its own, so that played pages can be given back
_WORDS: Final = 128  # bytes of the header that are numbers; the message stands behind them
_MESSAGE_END: Final = 1024
_SHARED: Final = "/dev/shm"  # noqa: S108 - memory that is a file system; the file in it has no name
_LONGEST_SILENCE_NS: Final = 10**9 // 2  # of a process that is well; one that was halted takes nothing meanwhile
_SPARE: Final = 32 * 1024 * 1024  # three times what is ever used; with less, an ordinary temporary file must do


class State(IntEnum):
    """What the loudspeaker's process is doing."""

    OPENING = 0
    READY = 1
    PLAYING = 2
    DONE = 3
    FAILED = 4


class _Word:
    """A 64-bit number of the header. Writing an aligned one is a single store: no reader ever sees half of it."""

    def __init__(self, index: int) -> None:
        self._index = index

    def __get__(self, tape: SharedRingBuffer, owner: type[SharedRingBuffer]) -> int:
        return tape.words[self._index]

    def __set__(self, tape: SharedRingBuffer, value: int) -> None:
        tape.words[self._index] = value


class SharedRingBuffer:
    """Made by `create` in the filling process, and by `open` from its ``handle`` in the playing one.

    Attributes
    ----------
    capacity
        Frames that it holds at once. Set once.
    total
        Frames until the end of all sound. May be brought forward, and put off again as long as it is not reached.
        Written by the filling process, like the next two.
    filled
        Frames written so far; less again when what is ahead of the head gives way to something else.
    go
        1 as soon as there is enough to begin.
    head
        The first frame that the device has not taken yet. Written by the playing process, like all that follow.
    latency
        Frames between a frame's being taken and its being heard.
    grain
        Frames that the device may take at one go, or that ``head`` may be wrong by.
    beat
        Grows as long as that process is well.
    state
        A `State`.
    told_ns
        When ``head`` was told last, by `time.monotonic_ns`, where it moves on by the clock meanwhile; otherwise 0.
    """

    capacity = _Word(0)
    total = _Word(1)
    filled = _Word(2)
    go = _Word(3)
    head = _Word(4)
    latency = _Word(5)
    grain = _Word(6)
    beat = _Word(7)
    state = _Word(8)
    told_ns = _Word(9)

    def __init__(self, shared: mmap.mmap, handle: str, file: IO[bytes] | None = None) -> None:
        self.handle = handle
        self._map = shared
        self._file = file
        self._forgotten = 0
        self.words = memoryview(shared)[:_WORDS].cast("q")

    @classmethod
    def create(cls, total: int, capacity: int) -> SharedRingBuffer:
        """An empty tape for ``total`` frames, all zero; it takes memory only where it is written to.

        Raises
        ------
        OSError
            If there is no room for it.
        """
        size = _HEADER + capacity * FRAME_BYTES
        if sys.platform == "win32":
            name = f"player-{os.getpid()}-{os.urandom(8).hex()}"
            tape = cls(mmap.mmap(-1, size, tagname=name), name)
        else:
            file = _nameless_file()
            file.truncate(size)
            tape = cls(mmap.mmap(file.fileno(), size), str(file.fileno()), file)
        tape.capacity, tape.total = capacity, total
        return tape

    @classmethod
    def open(cls, handle: str, capacity: int) -> SharedRingBuffer:
        """The tape that another process made; on POSIX its file must have been passed on under the same number."""
        size = _HEADER + capacity * FRAME_BYTES
        if sys.platform == "win32":
            return cls(mmap.mmap(-1, size, tagname=handle), handle)
        return cls(mmap.mmap(int(handle), size), handle)

    @property
    def room(self) -> int:
        """Frames that may be written now."""
        return min(self.capacity - (self.filled - self.head), self.total - self.filled)

    @property
    def since_told(self) -> int:
        """Frames that have been taken since ``head`` was told: on a busy machine that may be some time ago."""
        told_ns = self.told_ns
        passed_ns = min(time.monotonic_ns() - told_ns, _LONGEST_SILENCE_NS) if told_ns else 0
        return max(passed_ns, 0) * RATE // 10**9

    def write(self, sound: bytes | memoryview) -> None:
        """Append whole frames.

        Raises
        ------
        ValueError
            If they would go past the end, or over frames that have not been taken.
        OSError
            If there is no memory for them.
        """
        frames = len(sound) // FRAME_BYTES
        if frames > self.room:
            raise ValueError(f"{frames} frames do not fit on the tape, which has room for {self.room}")
        self.rewrite(self.filled, sound)
        self.filled += frames

    def rewrite(self, frame: int, sound: bytes | memoryview) -> None:
        """Replace whole frames from ``frame`` on, wherever the fill mark is; the device must not have got there."""
        for at, part in self._parts(frame, len(sound) // FRAME_BYTES):
            self._reserve(at, part)
            self._map[at : at + part] = bytes(sound[:part])
            sound = sound[part:]

    def read(self, frame: int, count: int) -> bytes:
        """At most ``count`` frames from ``frame`` on; never one beyond the fill mark."""
        count = max(0, min(count, self.filled - frame))
        return b"".join(self._map[at : at + part] for at, part in self._parts(frame, count))

    def sound(self, frame: int) -> memoryview:
        """All frames from ``frame`` to the capacity, read live by whoever holds it. Only for a tape that is no ring."""
        return memoryview(self._map)[_HEADER + frame * FRAME_BYTES : _HEADER + self.capacity * FRAME_BYTES]

    def forget(self, frame: int) -> None:
        """Give the memory of frames before ``frame`` back, where the system can do that. Not for a ring."""
        end = _HEADER + frame * FRAME_BYTES
        end -= end % mmap.PAGESIZE
        start, self._forgotten = max(self._forgotten, _HEADER), max(end, self._forgotten)
        if sys.platform == "linux" and end > start:
            with contextlib.suppress(OSError):  # some file systems cannot: then the memory stays in use
                self._map.madvise(mmap.MADV_REMOVE, start, end - start)

    def fail(self, message: str) -> None:
        """Say why there will be no more sound; the state follows its words, so that they are there when it is seen."""
        text = message.encode()[: _MESSAGE_END - _WORDS]
        self._map[_WORDS : _WORDS + len(text)] = text
        self.state = State.FAILED

    @property
    def message(self) -> str:
        """What `fail` was told, or nothing."""
        return self._map[_WORDS:_MESSAGE_END].rstrip(b"\0").decode(errors="replace")

    def close(self) -> None:
        """Let go of the memory; it is freed when the other process has gone too."""
        self.words.release()
        self._map.close()
        if self._file:
            self._file.close()

    def _parts(self, frame: int, count: int) -> list[tuple[int, int]]:
        """Where ``count`` frames lie: (offset in the map, bytes), two of them if they go round the end of the ring."""
        at = frame % self.capacity
        first = min(count, self.capacity - at)
        parts = [(at, first), (0, count - first)]
        return [(_HEADER + at * FRAME_BYTES, frames * FRAME_BYTES) for at, frames in parts if frames]

    def _reserve(self, at: int, size: int) -> None:
        # Without this, a full /dev/shm kills the process at the first touch of a page (SIGBUS); so it is an OSError.
        if sys.platform == "linux" and self._file:
            os.posix_fallocate(self._file.fileno(), at, size)


def _nameless_file() -> IO[bytes]:
    import shutil  # noqa: PLC0415 - the loudspeaker's process, which must start fast, needs neither of the two
    import tempfile  # noqa: PLC0415

    usable = os.access(_SHARED, os.W_OK) and shutil.disk_usage(_SHARED).free > _SPARE
    return tempfile.TemporaryFile(prefix="player-", dir=_SHARED if usable else None)
