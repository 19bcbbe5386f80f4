"""One MP3 stream by several encoders at once: each is given a stretch of the sound, and their streams are spliced.

The rule: the bytes depend on the sound alone, never on the number of threads or on how fast they are. Stretches have a
fixed length, joins are sought in order, and the first place that will do is taken. Only a few stretches are held at a
time, however long the programme.

Each encoder starts a little early (the lead), as LAME takes about a second to forget that it knew nothing before; and
its left neighbour goes on past the end of its own stretch for as long as the search for a join lasts. If none is found
in the whole of the next stretch, the left neighbour has then encoded it all, and its stream is used instead.
It does not know LAME, nor where the stream goes.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from player.export.mp3.frames import EncodedStretch, packet_pcm
from player.export.mp3.splice import fits, meets, splice
from player.units import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

_PIECE: Final = 80
"""Packets (2 s) that are encoded between two looks at whether to stop."""
_STEP: Final = 8
"""Packets by which the left neighbour goes on at a time."""
_KEPT: Final = 6
"""Packets before a join that are needed for it: 511 bytes are four rooms at 64 kbit/s."""


class Encoder(Protocol):
    """What makes an MP3 stream of sound; lameenc's encoder is one."""

    def encode(self, pcm: bytes, /) -> bytes:
        """Go on with this sound; the stream so far, which may lag behind and end inside a packet."""
        ...

    def flush(self) -> bytes:
        """The rest of the stream."""
        ...


@dataclass(frozen=True)
class CutPlan:
    """How a programme is cut, in packets of 24 ms.

    Attributes
    ----------
    stretch
        Length of a stretch. At least `lead`.
    lead
        How much earlier each encoder begins. Ten is the least: its first packets are not yet sound, and another four
        are needed for the bit reservoir.
    patience
        How far to look for a place where two streams meet, before they are joined where they fit.
    """

    stretch: int
    lead: int
    patience: int


class ParallelEncoder:
    """Encodes in threads what it is given in order.

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
        self._packet = packet_pcm(channels)
        self._plan = plan
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="mp3")
        self._stopped = threading.Event()
        self._waiting = bytearray()
        self._own: list[bytes] = []
        self._lead = b""
        self._next = 0
        self._pending: deque[Future[_Stretch]] = deque()
        self._left: _Stretch | None = None

    def write(self, pcm: bytes) -> Iterator[bytes]:
        """Take the next sound, and give what is complete of the stream; waits where the encoders fall behind."""
        self._waiting += pcm
        while len(self._waiting) > self._next_piece():  # one frame at least is left for the last stretch
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
            yield self._left.strand.cut(self._left.strand.end)

    def stop(self) -> None:
        """End the threads."""
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)

    def _next_piece(self) -> int:
        """Bytes of the piece that the stretch needs next, 0 for none; of one size but the last, to use memory again."""
        missing = max(0, self._plan.stretch - len(self._own) * _PIECE)
        return min(_PIECE, missing) * self._packet

    def _take(self, size: int) -> None:
        with memoryview(self._waiting) as view:
            self._own.append(bytes(view[:size]))
        del self._waiting[:size]

    def _begin(self, *, last: bool = False) -> None:
        own, self._own = self._own, []
        strand = EncodedStretch(self._bitrate, self._next - len(self._lead) // self._packet, self._channels)
        stretch = _Stretch(self._encoder(), strand, self._next, self._lead, own, last=last)
        self._pending.append(self._pool.submit(stretch.encode, self._stopped))
        around = b"".join(own[-(self._plan.lead // _PIECE + 2) :])
        self._lead = around[-self._plan.lead * self._packet :]
        self._next += self._plan.stretch

    def _done(self, most: int) -> Iterator[bytes]:
        """Join what is encoded, until no more than so many stretches are not."""
        while self._pending and (len(self._pending) > most or self._pending[0].done()):
            yield self._join(self._pending.popleft().result())

    def _join(self, right: _Stretch) -> bytes:
        left, self._left = self._left, right
        if left is None:
            stream = b""
        elif (at := _place(left, right, self._plan.patience)) is not None:
            stream = splice(left.strand, right.strand, at)
        else:
            self._left = left
            stream = left.strand.cut(max(left.strand.first, left.strand.end - _KEPT))
        right.own = []  # not needed any more
        return stream


class _Stretch:
    """A stretch of sound, its encoder, and the stream so far."""

    def __init__(
        self, encoder: Encoder, strand: EncodedStretch, first: int, lead: bytes, own: list[bytes], *, last: bool
    ) -> None:
        self.first = first
        self.own = own
        self.last = last
        self.strand = strand
        self._encoder = encoder
        self._lead = lead

    def encode(self, stopped: threading.Event) -> _Stretch:
        """Encode it all, unless stopped."""
        self.go_on(self._lead)  # even of no length: LAME cannot flush what never began
        for piece in self.own:
            if stopped.is_set():
                break
            self.go_on(piece)
        if self.last:
            self.end()
        return self

    def go_on(self, pcm: bytes) -> None:
        """Encode what comes next."""
        self.strand.add(self._encoder.encode(pcm))

    def end(self) -> None:
        """No more comes."""
        self.strand.add(self._encoder.flush())


def _place(left: _Stretch, right: _Stretch, patience: int) -> int | None:
    """Where the right stream takes over; the left one has then gone on until there, or else to the end of both."""
    found = None
    for packet in _held_by_both(left, right):
        if meets(left.strand, right.strand, packet):
            return packet
        if found is None and fits(left.strand, right.strand, packet):
            found = packet
        if found is not None and packet >= right.first + patience:
            return found
    return found


def _held_by_both(left: _Stretch, right: _Stretch) -> Iterator[int]:
    """The packets of the right stretch where a join can be tried; the left encoder goes on for as long as one asks."""
    packet = right.first
    end = packet + sum(map(len, right.own)) // right.strand.packet_pcm + (_KEPT if right.last else -_KEPT)
    for _ in _going_on(left, right):
        while packet < min(left.strand.end + 1, right.strand.end, end):
            yield packet
            packet += 1


def _going_on(left: _Stretch, right: _Stretch) -> Iterator[None]:
    """Give the left encoder the right one's own sound, a little at a time."""
    step = _STEP * right.strand.packet_pcm
    for piece in right.own:
        for at in range(0, len(piece), step):
            left.go_on(piece[at : at + step])
            yield
    if right.last:
        left.end()
        yield
