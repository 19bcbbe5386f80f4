from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.live.device.ringbuffer import FRAME_BYTES, SharedRingBuffer, State

if TYPE_CHECKING:
    from collections.abc import Iterator


def sound(frames: int, start: int = 0) -> bytes:
    """Frames that can be told apart."""
    return b"".join((start + n).to_bytes(FRAME_BYTES, "little") for n in range(frames))


@pytest.fixture
def ring() -> Iterator[SharedRingBuffer]:
    ring = SharedRingBuffer.create(total=1000, capacity=100)
    yield ring
    ring.close()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=60), st.integers(1, 30))
def test_what_is_taken_is_what_was_written_whatever_the_order(steps: list[tuple[bool, int]], capacity: int) -> None:
    ring = SharedRingBuffer.create(total=10_000, capacity=capacity)
    taken = b""
    for is_write, frames in steps:
        if is_write:
            ring.write(sound(min(frames, ring.room), ring.filled))
        else:
            block = ring.read(ring.head, frames)
            assert len(block) // FRAME_BYTES == min(frames, ring.filled - ring.head)
            taken += block
            ring.head += len(block) // FRAME_BYTES
        assert ring.filled - capacity <= ring.head <= ring.filled
    assert taken == sound(ring.head)
    ring.close()


def test_nothing_that_has_not_been_taken_is_written_over(ring: SharedRingBuffer) -> None:
    ring.write(sound(90))
    with pytest.raises(ValueError, match=r"20 frames do not fit into the ring, which has room for 10"):
        ring.write(sound(20))
    assert ring.read(0, 90) == sound(90)


def test_nothing_goes_past_the_end(ring: SharedRingBuffer) -> None:
    ring.total = 50
    assert ring.room == 50
    with pytest.raises(ValueError, match="do not fit"):
        ring.write(sound(51))


def test_nothing_is_read_beyond_the_fill_mark(ring: SharedRingBuffer) -> None:
    ring.write(sound(10))
    assert ring.read(8, 100) == sound(2, start=8)
    assert ring.read(10, 5) == b""
    assert ring.read(12, 5) == b""


def test_what_lies_ahead_can_be_rewritten_round_the_end_of_the_ring(ring: SharedRingBuffer) -> None:
    ring.write(sound(95))
    ring.head = 95
    ring.write(sound(20, start=95))
    ring.rewrite(97, sound(10, start=5000))
    assert ring.read(95, 20) == sound(2, start=95) + sound(10, start=5000) + sound(8, start=107)


def test_another_opening_shares_sound_and_numbers(ring: SharedRingBuffer) -> None:
    if sys.platform == "win32":
        handle, fd = ring.handle, None
    else:
        fd = os.dup(int(ring.handle))
        handle = str(fd)
    other = SharedRingBuffer.open(handle, 100)
    ring.write(sound(10))
    assert (other.capacity, other.total, other.filled) == (100, 1000, 10)
    assert other.read(0, 10) == sound(10)
    other.head, other.state = 7, State.PLAYING
    assert (ring.head, ring.state) == (7, State.PLAYING)
    other.close()
    if fd is not None:
        os.close(fd)


def test_a_failure_is_seen_with_its_words(ring: SharedRingBuffer) -> None:
    assert (ring.state, ring.message) == (State.OPENING, "")
    ring.fail("keine Töne " + 1000 * "x")
    assert ring.state == State.FAILED
    assert ring.message.startswith("keine Töne xxx")


def test_the_whole_sound_is_read_live_from_any_frame(ring: SharedRingBuffer) -> None:
    with ring.sound(20) as live:
        assert len(live) == 80 * FRAME_BYTES
        ring.write(sound(30))
        assert live[: 10 * FRAME_BYTES] == sound(10, start=20)
        assert not any(live[10 * FRAME_BYTES :])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives played pages back")
def test_memory_is_given_back_behind_the_head_and_nowhere_else() -> None:
    frames = 1 << 18
    ring = SharedRingBuffer.create(total=frames, capacity=frames)
    for start in range(0, frames, 1 << 14):
        ring.write(sound(1 << 14, start))
    full = os.fstat(int(ring.handle)).st_blocks * 512
    ring.forget(frames * 3 // 4)
    ring.forget(100)
    assert full >= frames * FRAME_BYTES
    assert os.fstat(int(ring.handle)).st_blocks * 512 < full * 0.3
    kept = frames * 3 // 4
    assert ring.read(kept, 1000) == sound(1000, kept)
    assert ring.total == frames
    ring.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has sparse files in memory")
def test_a_long_programme_takes_no_memory_before_it_is_written() -> None:
    ring = SharedRingBuffer.create(total=500_000_000, capacity=500_000_000)
    ring.write(sound(1000))
    assert os.fstat(int(ring.handle)).st_blocks * 512 < 1 << 20
    ring.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there it is no file")
def test_its_file_has_no_name_from_the_beginning(ring: SharedRingBuffer) -> None:
    assert os.fstat(int(ring.handle)).st_nlink == 0
