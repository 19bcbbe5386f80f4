"""One MP3 stream by several encoders at once: each encodes a stretch of the sound, and their streams are spliced.

The rule: the bytes depend on the sound alone, never on the number of threads or on how fast they are. Stretches have a
fixed length, joins are sought in order, and the first that is possible is taken. Only a few stretches are in memory at
a time, however long the programme.

Each encoder starts a little early (the lead), as LAME's memory of what came before lasts about a second. The encoder of
the stretch before it (the left one) goes on past its own end while a join is sought. If there is no join in the whole
next stretch, the left encoder has encoded all of that, and its stream is used instead.

At a join, every frame on both sides keeps its main data bit for bit. The best join is where both have the same side
information: LAME's memory fades within a second, so from there on both encoders make the same frames, and the stream is
byte for byte what one encoder makes. Where that never happens, two conditions must hold. The main data of the frames
after the join must fit into the bit reservoir behind that of the frames before it. The block types must match, as
neighbouring granules overlap, and their aliases cancel only under windows that belong together.
It does not know LAME, nor where the stream goes.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from player.export.mp3.frames import EncodedStretch, frame_pcm_bytes
from player.units import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

_PIECE: Final = 80
"""Frames (2 s) that are encoded between two checks of whether to stop."""
_STEP: Final = 8
"""Frames that the left encoder goes on at a time."""
_KEPT: Final = 6
"""Frames before a join that are needed for it at least: 511 bytes are four data areas at 64 kbit/s."""
_RESERVOIR: Final = 511


class Encoder(Protocol):
    """Makes an MP3 stream of sound; lameenc's encoder is one."""

    def encode(self, pcm: bytes, /) -> bytes:
        """Encode this sound too; returns the next bytes of the stream, which may lag behind and end inside a frame."""
        ...

    def flush(self) -> bytes:
        """The rest of the stream."""
        ...


@dataclass(frozen=True)
class CutPlan:
    """How a programme is cut, in frames of 24 ms.

    Attributes
    ----------
    stretch
        Length of a stretch. At least `lead`.
    lead
        How much earlier each encoder begins. Ten is the least: its first frames are not yet sound, and another four
        are needed for the bit reservoir.
    search
        How far to look for a frame where two streams agree, before they are joined at the first where they can be.
    """

    stretch: int
    lead: int
    search: int


class ParallelEncoder:
    """Encodes sound in threads; sound goes in and the stream comes out in order.

    Parameters
    ----------
    encoder
        Makes a new encoder.
    bitrate
        kbit/s, constant: what the encoders make.
    threads
        How many encode at the same time.
    """

    def __init__(
        self, encoder: Callable[[], Encoder], bitrate: int, plan: CutPlan, threads: int, channels: int = CHANNELS
    ) -> None:
        self._encoder = encoder
        self._bitrate = bitrate
        self._channels = channels
        self._frame_pcm_bytes = frame_pcm_bytes(channels)
        self._plan = plan
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="mp3")
        self._stopped = threading.Event()
        self._waiting = bytearray()
        self._pcm: list[bytes] = []
        self._lead = b""
        self._next = 0
        self._pending: deque[Future[_EncoderRun]] = deque()
        self._left: _EncoderRun | None = None

    def write(self, pcm: bytes) -> Iterator[bytes]:
        """Encode the next sound, and yield what is complete of the stream; waits while the encoders are behind."""
        self._waiting += pcm
        while len(self._waiting) > self._next_piece():  # at least one sample is left for the last stretch
            self._take(self._next_piece())
            if not self._next_piece():
                self._begin()
                yield from self._done(self._threads)

    def finish(self) -> Iterator[bytes]:
        """The rest of the stream."""
        self._take(len(self._waiting))
        self._begin(last=True)
        yield from self._done(0)
        self.stop()
        if self._left:
            yield self._left.encoded.cut(self._left.encoded.end)

    def stop(self) -> None:
        """End the threads."""
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)

    def _next_piece(self) -> int:
        """Bytes of the next piece of this stretch, 0 for none; all but the last have one size, so memory is reused."""
        missing = max(0, self._plan.stretch - len(self._pcm) * _PIECE)
        return min(_PIECE, missing) * self._frame_pcm_bytes

    def _take(self, size: int) -> None:
        with memoryview(self._waiting) as view:
            self._pcm.append(bytes(view[:size]))
        del self._waiting[:size]

    def _begin(self, *, last: bool = False) -> None:
        pcm, self._pcm = self._pcm, []
        encoded = EncodedStretch(self._bitrate, self._next - len(self._lead) // self._frame_pcm_bytes, self._channels)
        stretch = _EncoderRun(self._encoder(), encoded, self._next, self._lead, pcm, last=last)
        self._pending.append(self._pool.submit(stretch.encode, self._stopped))
        recent = b"".join(pcm[-(self._plan.lead // _PIECE + 2) :])
        self._lead = recent[-self._plan.lead * self._frame_pcm_bytes :]
        self._next += self._plan.stretch

    def _done(self, most: int) -> Iterator[bytes]:
        """Join what is encoded; waits until at most ``most`` stretches are still being encoded."""
        while self._pending and (len(self._pending) > most or self._pending[0].done()):
            yield self._join(self._pending.popleft().result())

    def _join(self, right: _EncoderRun) -> bytes:
        left, self._left = self._left, right
        if left is None:
            stream = b""
        elif (at := _join_at(left, right, self._plan.search)) is not None:
            stream = splice(left.encoded, right.encoded, at)
        else:
            self._left = left
            stream = left.encoded.cut(max(left.encoded.first, left.encoded.end - _kept(left)))
        right.pcm = []  # not needed any more
        return stream


class _EncoderRun:
    """A stretch of sound, its encoder, and the stream so far."""

    def __init__(
        self, encoder: Encoder, encoded: EncodedStretch, first: int, lead: bytes, pcm: list[bytes], *, last: bool
    ) -> None:
        self.first = first
        self.pcm = pcm
        self.last = last
        self.encoded = encoded
        self._encoder = encoder
        self._lead = lead

    def encode(self, stopped: threading.Event) -> _EncoderRun:
        """Encode it all, unless stopped."""
        self.go_on(self._lead)  # even of no length: LAME cannot flush what never began
        for piece in self.pcm:
            if stopped.is_set():
                break
            self.go_on(piece)
        if self.last:
            self.end()
        return self

    def go_on(self, pcm: bytes) -> None:
        """Encode the next sound."""
        self.encoded.add(self._encoder.encode(pcm))

    def end(self) -> None:
        """Flush the encoder."""
        self.encoded.add(self._encoder.flush())


def _join_at(left: _EncoderRun, right: _EncoderRun, search: int) -> int | None:
    """The frame from which the right stream follows; the left one has then encoded up to there, or all of both."""
    found = None
    for frame in _candidates(left, right):
        if agree(left.encoded, right.encoded, frame):
            return frame
        if found is None and can_join(left.encoded, right.encoded, frame):
            found = frame
        if found is not None and frame >= right.first + search:
            return found
    return found


def _kept(run: _EncoderRun) -> int:
    """Frames before a join that are needed for it: those in which the bit reservoir lies, and two more."""
    return max(_KEPT, -(-_RESERVOIR // run.encoded.data_area) + 2)


def _candidates(left: _EncoderRun, right: _EncoderRun) -> Iterator[int]:
    """The frames of the right stretch where a join can be tried; the left encoder goes on while they are asked for."""
    frame = right.first
    kept = _kept(right)
    end = frame + sum(map(len, right.pcm)) // right.encoded.frame_pcm_bytes + (kept if right.last else -kept)
    for _ in _encode_further(left, right):
        while frame < min(left.encoded.end + 1, right.encoded.end, end):
            yield frame
            frame += 1


def _encode_further(left: _EncoderRun, right: _EncoderRun) -> Iterator[None]:
    """Give the left encoder the right one's own sound, a little at a time."""
    step = _STEP * right.encoded.frame_pcm_bytes
    for piece in right.pcm:
        for at in range(0, len(piece), step):
            left.go_on(piece[at : at + step])
            yield
    if right.last:
        left.end()
        yield


def agree(left: EncodedStretch, right: EncodedStretch, frame: int) -> bool:
    """Whether both have the same side information just before a frame."""
    return left.side_information(frame - 1) == right.side_information(frame - 1)


def can_join(left: EncodedStretch, right: EncodedStretch, frame: int) -> bool:
    """Whether the right stream can follow the left one from a frame on; always so where they agree."""
    if left.side_information(frame - 1).last_block_types != right.side_information(frame - 1).last_block_types:
        return False
    return right.side_information(frame).main_data_begin <= left.free_reservoir(frame)


def splice(left: EncodedStretch, right: EncodedStretch, frame: int) -> bytes:
    """Let the right stream follow the left one from a frame on.

    Returns
    -------
    bytes
        The left stream up to there, with the right one's main data in its bit reservoir. The right one keeps the rest.
    """
    main_data_begin = right.side_information(frame).main_data_begin
    left.fill_reservoir(frame, right.reservoir(frame, main_data_begin))
    right.cut(frame)
    return left.cut(frame)
