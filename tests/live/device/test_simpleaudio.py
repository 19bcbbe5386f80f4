from __future__ import annotations

import gc
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from player.live.device.activity import LEAST, STUCK_S, ThreadActivity
from player.live.device.ringbuffer import SharedRingBuffer
from player.live.device.simpleaudio import ROUNDING, Simpleaudio, StuckError
from player.units import RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

from player.live.device.simpleaudio import PADDING


@dataclass
class FakeSound:
    """Takes a buffer's sound as time goes by, some frames before they are heard."""

    library: FakeLibrary
    view: memoryview
    began: float
    taken: int = 0
    stopped: bool = False

    def is_playing(self) -> bool:
        heard = int((self.library.now - self.began) * RATE)
        if not self.stopped:
            self._take(min(heard + self.library.ahead, len(self.view) // 4))
        return heard < self.taken or (self.taken < len(self.view) // 4 and not self.stopped)

    def stop(self) -> None:
        self.stopped = True

    def _take(self, until: int) -> None:
        until = min(until, self.library.stuck_at)
        self.library.heard += self.view[self.taken * 4 : until * 4]
        self.taken = max(self.taken, until)


@dataclass
class FakeLibrary:
    """simpleaudio and its device, in a time of its own.

    The device takes frames ``ahead`` of what is heard and hangs at ``stuck_at``; ``events`` come at their seconds.
    """

    ahead: int = RATE // 10
    stuck_at: int = 1 << 40
    now: float = 1000.0
    heard: bytearray = field(default_factory=bytearray)
    events: dict[float, Callable[[], None]] = field(default_factory=dict)
    sounds: list[FakeSound] = field(default_factory=list)

    def play_buffer(self, view: memoryview, channels: int, width: int, rate: int) -> FakeSound:
        assert (channels, width, rate) == (2, 2, 48_000)
        self.sounds.append(FakeSound(self, view, self.now))
        return self.sounds[-1]

    def clock(self) -> float:
        return self.now

    def tick(self) -> None:
        self.now += 0.02
        for at in [at for at in self.events if at <= self.now - 1000.0]:
            self.events.pop(at)()


def frames(count: int, start: int = 0) -> bytes:
    """Frames that can be told apart, and none of them silent."""
    return b"".join((start + n + 1).to_bytes(4, "little") for n in range(count))


@pytest.fixture
def ring() -> Iterator[SharedRingBuffer]:
    ring = SharedRingBuffer.create(total=5 * RATE, capacity=5 * RATE + PADDING)
    yield ring
    ring.close()


def play(ring: SharedRingBuffer, library: FakeLibrary) -> None:
    try:
        Simpleaudio(ring, 100, library, library.clock).play(library.tick)
    finally:
        for sound in library.sounds:
            sound.view.release()


def test_all_is_heard_in_one_piece_and_silence_behind_it(ring: SharedRingBuffer) -> None:
    library = FakeLibrary()
    ring.write(frames(5 * RATE))
    play(ring, library)
    assert library.heard == frames(5 * RATE) + bytes(PADDING * 4)
    assert len(library.sounds) == 1
    assert not library.sounds[0].stopped


def test_what_is_written_while_it_plays_is_heard(ring: SharedRingBuffer) -> None:
    library = FakeLibrary()
    ring.write(frames(2 * RATE))
    library.events = {1.0: lambda: ring.write(frames(3 * RATE, start=2 * RATE))}
    play(ring, library)
    assert library.heard == frames(5 * RATE) + bytes(PADDING * 4)
    assert len(library.sounds) == 1


def test_the_head_goes_with_the_clock_and_the_position_behind_it(ring: SharedRingBuffer) -> None:
    library = FakeLibrary()
    ring.write(frames(5 * RATE))
    seen = []
    library.events = {1.0: lambda: seen.append((ring.head, ring.latency)), 6.0: lambda: None}
    play(ring, library)
    head, latency = seen[0]
    assert head - latency == pytest.approx(RATE, abs=RATE // 25)
    assert ring.head == 5 * RATE


@pytest.mark.parametrize("ahead", [0, RATE // 10, RATE // 10 + ROUNDING])
def test_a_ring_that_runs_dry_goes_on_where_it_stopped(ring: SharedRingBuffer, ahead: int) -> None:
    library = FakeLibrary(ahead=ahead)
    ring.write(frames(2 * RATE))
    library.events = {
        4.0: lambda: ring.write(frames(RATE // 2, start=2 * RATE)),
        5.0: lambda: ring.write(frames(5 * RATE // 2, start=5 * RATE // 2)),
    }
    play(ring, library)
    sound = [library.heard[n : n + 4] for n in range(0, len(library.heard), 4)]
    assert b"".join(frame for frame in sound if any(frame)) == frames(5 * RATE)
    assert len(library.sounds) == 2


@pytest.mark.parametrize("ahead", [0, RATE // 10, RATE // 10 + ROUNDING])
def test_a_programme_cut_short_is_heard_to_its_new_end_and_stopped(ring: SharedRingBuffer, ahead: int) -> None:
    library = FakeLibrary(ahead=ahead)
    ring.write(frames(4 * RATE))

    def cut() -> None:
        ring.rewrite(3 * RATE, bytes(RATE * 4))
        ring.total = ring.filled = 3 * RATE

    library.events = {1.5: cut}
    play(ring, library)
    assert bytes(library.heard).rstrip(b"\0") == frames(3 * RATE).rstrip(b"\0")
    assert library.now - 1000 < 4
    assert library.sounds[-1].stopped


def test_a_device_that_takes_no_more_is_lost_and_not_waited_for(ring: SharedRingBuffer) -> None:
    library = FakeLibrary(stuck_at=RATE)
    ring.write(frames(5 * RATE))
    with pytest.raises(RuntimeError, match="takes no more sound"):
        play(ring, library)
    assert 15 < library.now - 1000 < 17


def test_a_device_that_ends_the_sound_by_itself_is_lost(ring: SharedRingBuffer) -> None:
    library = FakeLibrary()
    ring.write(frames(5 * RATE))
    library.events = {2.0: lambda: library.sounds[0].stop()}  # noqa: PLW0108 (there is none yet)
    with pytest.raises(RuntimeError, match="takes no more sound"):
        play(ring, library)
    assert library.now - 1000 < 2.5


def test_the_end_may_be_put_off_while_it_plays(ring: SharedRingBuffer) -> None:
    library = FakeLibrary()
    ring.write(frames(2 * RATE))

    def end(at: int) -> None:
        ring.total = at

    library.events = {
        0.5: lambda: end(2 * RATE),
        1.0: lambda: end(5 * RATE),
        1.1: lambda: ring.write(frames(3 * RATE, start=2 * RATE)),
    }
    play(ring, library)
    assert library.heard == frames(5 * RATE) + bytes(PADDING * 4)
    assert len(library.sounds) == 1


def test_a_ring_that_is_longer_than_its_sound_ends_with_the_sound() -> None:
    ring = SharedRingBuffer.create(total=60 * RATE, capacity=60 * RATE + PADDING)
    library = FakeLibrary()
    ring.write(frames(2 * RATE))
    ring.total = 2 * RATE  # before the device is open
    play(ring, library)
    ring.close()
    assert bytes(library.heard).rstrip(b"\0") == frames(2 * RATE).rstrip(b"\0")
    assert library.now - 1000 < 2.5


class FakeActivity(ThreadActivity):
    """Threads that run 40 times a second until a moment, and then hardly ever."""

    def __init__(self, library: FakeLibrary, until_s: float) -> None:
        self._library = library
        self._until_s = until_s

    def count(self) -> int:
        passed_s = self._library.now - 1000.0
        return int(min(passed_s, self._until_s) * 40 + max(passed_s - self._until_s, 0) * (LEAST - 1))


@pytest.mark.parametrize("until_s", [0.0, 3.0])
def test_a_stuck_thread_is_noticed_and_the_next_process_goes_on_where_it_was(until_s: float) -> None:
    library = FakeLibrary(stuck_at=int(until_s * RATE))
    ring = SharedRingBuffer.create(10 * RATE, 10 * RATE + PADDING)
    ring.write(frames(10 * RATE))
    with pytest.raises(StuckError):
        Simpleaudio(ring, 100, library, library.clock, lambda: FakeActivity(library, until_s)).play(library.tick)
    assert library.now - 1000.0 - until_s == pytest.approx(STUCK_S, abs=0.6)
    assert ring.head == pytest.approx(until_s * RATE, abs=0.6 * RATE)
    left_at = ring.head
    another = FakeLibrary()
    Simpleaudio(ring, 100, another, another.clock, lambda: FakeActivity(another, 100.0)).play(another.tick)
    assert bytes(another.heard).startswith(frames(RATE, left_at))
    library.sounds.clear()
    another.sounds.clear()
    gc.collect()  # the error's frames hold the memory, too
    ring.close()


def test_a_thread_that_began_later_is_counted_where_the_system_tells() -> None:
    activity, go = ThreadActivity(), threading.Event()
    assert activity.count() is None
    thread = threading.Thread(target=go.wait)
    thread.start()
    counted = activity.count()
    go.set()
    thread.join()
    assert counted is None or counted >= 0
    assert (counted is not None) is sys.platform.startswith("linux")
