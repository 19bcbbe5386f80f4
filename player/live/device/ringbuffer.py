"""The shared ring buffer: sound in memory of two processes. The player fills it, the device's process plays it.

Frame n lies at ``n % capacity``; only frames below ``filled`` may be read; `SharedRingBuffer.write` never overwrites
frames that have not been taken; and each number of the header has one writer. So neither side waits for the other or
needs a lock. A crash leaves nothing behind, as the file has no name.

It imports neither numpy nor an audio library: the device's process loads it before anything can be heard.
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
_HEADER: Final = mmap.PAGESIZE  # the sound begins on a page of its own, so that played pages can be freed
_WORDS: Final = 128  # bytes of the header that are numbers; the message follows them
_MESSAGE_END: Final = 1024
_SHARED: Final = "/dev/shm"  # noqa: S108 - memory that is a file system; the file in it has no name
_LONGEST_SILENCE_NS: Final = 10**9 // 2  # of a running process; a halted one takes no frames meanwhile
_SPARE: Final = (
    32 * 1024 * 1024
)  # three times the most that is used; with less free, an ordinary temporary file is used


class State(IntEnum):
    """What the device's process is doing."""

    OPENING = 0
    READY = 1
    PLAYING = 2
    DONE = 3
    FAILED = 4


class _Word:
    """A 64-bit number of the header. Writing an aligned one is a single store: no reader ever sees half of it."""

    def __init__(self, index: int) -> None:
        self._index = index

    def __get__(self, ring: SharedRingBuffer, owner: type[SharedRingBuffer]) -> int:
        return ring.words[self._index]

    def __set__(self, ring: SharedRingBuffer, value: int) -> None:
        ring.words[self._index] = value


class SharedRingBuffer:
    """A ring buffer made by `create` in the filling process, and by `open` from its ``handle`` in the playing one.

    Where ``capacity`` is at least ``total``, as for simpleaudio, it is a plain buffer that never wraps.

    Attributes
    ----------
    capacity
        Frames that it can hold at once. Set once.
    total
        Frames until the end of all sound. May be set earlier, and later again until it is reached. Written by the
        filling process, like the next two.
    filled
        Frames written so far; less again when sound ahead of the head is replaced.
    go
        1 as soon as there is enough to begin.
    head
        The first frame that the device has not taken yet. Written by the playing process, like all that follow.
    latency
        Frames between taking a frame and hearing it.
    grain
        Frames that the device may take at once, or by which ``head`` may be wrong.
    heartbeat
        Grows as long as the playing process runs.
    state
        A `State`.
    head_set_ns
        When ``head`` was set last, by `time.monotonic_ns`, if it moves by the clock meanwhile; otherwise 0.
    """

    capacity = _Word(0)
    total = _Word(1)
    filled = _Word(2)
    go = _Word(3)
    head = _Word(4)
    latency = _Word(5)
    grain = _Word(6)
    heartbeat = _Word(7)
    state = _Word(8)
    head_set_ns = _Word(9)

    def __init__(self, shared: mmap.mmap, handle: str, file: IO[bytes] | None = None) -> None:
        self.handle = handle
        self._map = shared
        self._file = file
        self._forgotten = 0
        self.words = memoryview(shared)[:_WORDS].cast("q")

    @classmethod
    def create(cls, total: int, capacity: int) -> SharedRingBuffer:
        """An empty ring for ``total`` frames, all zero; only written pages take memory.

        Raises
        ------
        OSError
            If there is no room for it.
        """
        size = _HEADER + capacity * FRAME_BYTES
        if sys.platform == "win32":
            name = f"player-{os.getpid()}-{os.urandom(8).hex()}"
            ring = cls(mmap.mmap(-1, size, tagname=name), name)
        else:
            file = _nameless_file()
            file.truncate(size)
            ring = cls(mmap.mmap(file.fileno(), size), str(file.fileno()), file)
        ring.capacity, ring.total = capacity, total
        return ring

    @classmethod
    def open(cls, handle: str, capacity: int) -> SharedRingBuffer:
        """The ring that another process made; on POSIX its file must have been passed on with the same descriptor."""
        size = _HEADER + capacity * FRAME_BYTES
        if sys.platform == "win32":
            return cls(mmap.mmap(-1, size, tagname=handle), handle)
        return cls(mmap.mmap(int(handle), size), handle)

    @property
    def room(self) -> int:
        """Frames that may be written now."""
        return min(self.capacity - (self.filled - self.head), self.total - self.filled)

    @property
    def taken_since(self) -> int:
        """Frames taken since ``head`` was set, which may be some time ago on a busy machine."""
        head_set_ns = self.head_set_ns
        passed_ns = min(time.monotonic_ns() - head_set_ns, _LONGEST_SILENCE_NS) if head_set_ns else 0
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
            raise ValueError(f"{frames} frames do not fit into the ring, which has room for {self.room}")
        self.rewrite(self.filled, sound)
        self.filled += frames

    def rewrite(self, frame: int, sound: bytes | memoryview) -> None:
        """Replace whole frames from ``frame`` on, also past the fill mark; the device must not have taken them yet."""
        for at, part in self._parts(frame, len(sound) // FRAME_BYTES):
            self._reserve(at, part)
            self._map[at : at + part] = bytes(sound[:part])
            sound = sound[part:]

    def read(self, frame: int, count: int) -> bytes:
        """At most ``count`` frames from ``frame`` on; none past the fill mark."""
        count = max(0, min(count, self.filled - frame))
        return b"".join(self._map[at : at + part] for at, part in self._parts(frame, count))

    def sound(self, frame: int) -> memoryview:
        """All frames from ``frame`` to the capacity, as live memory. Only for a ring that never wraps."""
        return memoryview(self._map)[_HEADER + frame * FRAME_BYTES : _HEADER + self.capacity * FRAME_BYTES]

    def forget(self, frame: int) -> None:
        """Free the memory of frames before ``frame``, where the system can. Only for a ring that never wraps."""
        end = _HEADER + frame * FRAME_BYTES
        end -= end % mmap.PAGESIZE
        start, self._forgotten = max(self._forgotten, _HEADER), max(end, self._forgotten)
        if sys.platform == "linux" and end > start:
            with contextlib.suppress(OSError):  # some file systems cannot: then the memory stays in use
                self._map.madvise(mmap.MADV_REMOVE, start, end - start)

    def fail(self, message: str) -> None:
        """Report why there will be no more sound. The state is set after the message, so a reader of both has both."""
        text = message.encode()[: _MESSAGE_END - _WORDS]
        self._map[_WORDS : _WORDS + len(text)] = text
        self.state = State.FAILED

    @property
    def message(self) -> str:
        """The message given to `fail`, or an empty string."""
        return self._map[_WORDS:_MESSAGE_END].rstrip(b"\0").decode(errors="replace")

    def close(self) -> None:
        """Release the memory; it is freed when the other process has ended, too."""
        self.words.release()
        self._map.close()
        if self._file:
            self._file.close()

    def _parts(self, frame: int, count: int) -> list[tuple[int, int]]:
        """Where ``count`` frames lie: (offset in the map, bytes), two of them if the frames wrap."""
        at = frame % self.capacity
        first = min(count, self.capacity - at)
        parts = [(at, first), (0, count - first)]
        return [(_HEADER + at * FRAME_BYTES, frames * FRAME_BYTES) for at, frames in parts if frames]

    def _reserve(self, at: int, size: int) -> None:
        # A full /dev/shm kills the process at the first write to a page (SIGBUS); this call raises an OSError instead.
        if sys.platform == "linux" and self._file:
            os.posix_fallocate(self._file.fileno(), at, size)


def _nameless_file() -> IO[bytes]:
    import tempfile  # noqa: PLC0415 (4 to 14 ms; the device's process must start fast, and does not need it)

    usable = False
    if os.access(_SHARED, os.W_OK):
        shared = os.statvfs(_SHARED)
        usable = shared.f_bavail * shared.f_frsize > _SPARE
    return tempfile.TemporaryFile(prefix="player-", dir=_SHARED if usable else None)
