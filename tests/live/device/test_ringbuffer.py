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
def tape() -> Iterator[SharedRingBuffer]:
    tape = SharedRingBuffer.create(total=1000, capacity=100)
    yield tape
    tape.close()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=60), st.integers(1, 30))
def test_what_is_taken_is_what_was_written_whatever_the_order(steps: list[tuple[bool, int]], capacity: int) -> None:
    tape = SharedRingBuffer.create(total=10_000, capacity=capacity)
    taken = b""
    for is_write, frames in steps:
        if is_write:
            tape.write(sound(min(frames, tape.room), tape.filled))
        else:
            block = tape.read(tape.head, frames)
            assert len(block) // FRAME_BYTES == min(frames, tape.filled - tape.head)
            taken += block
            tape.head += len(block) // FRAME_BYTES
        assert tape.filled - capacity <= tape.head <= tape.filled
    assert taken == sound(tape.head)
    tape.close()


def test_nothing_that_has_not_been_taken_is_written_over(tape: SharedRingBuffer) -> None:
    tape.write(sound(90))
    with pytest.raises(ValueError, match=r"20 frames do not fit on the tape, which has room for 10"):
        tape.write(sound(20))
    assert tape.read(0, 90) == sound(90)


def test_nothing_goes_past_the_end(tape: SharedRingBuffer) -> None:
    tape.total = 50
    assert tape.room == 50
    with pytest.raises(ValueError, match="do not fit"):
        tape.write(sound(51))


def test_nothing_is_read_beyond_the_fill_mark(tape: SharedRingBuffer) -> None:
    tape.write(sound(10))
    assert tape.read(8, 100) == sound(2, start=8)
    assert tape.read(10, 5) == b""
    assert tape.read(12, 5) == b""


def test_what_lies_ahead_can_be_rewritten_round_the_end_of_the_ring(tape: SharedRingBuffer) -> None:
    tape.write(sound(95))
    tape.head = 95
    tape.write(sound(20, start=95))
    tape.rewrite(97, sound(10, start=5000))
    assert tape.read(95, 20) == sound(2, start=95) + sound(10, start=5000) + sound(8, start=107)


def test_another_opening_shares_sound_and_numbers(tape: SharedRingBuffer) -> None:
    if sys.platform == "win32":
        handle, fd = tape.handle, None
    else:
        fd = os.dup(int(tape.handle))
        handle = str(fd)
    other = SharedRingBuffer.open(handle, 100)
    tape.write(sound(10))
    assert (other.capacity, other.total, other.filled) == (100, 1000, 10)
    assert other.read(0, 10) == sound(10)
    other.head, other.state = 7, State.PLAYING
    assert (tape.head, tape.state) == (7, State.PLAYING)
    other.close()
    if fd is not None:
        os.close(fd)


def test_a_failure_is_seen_with_its_words(tape: SharedRingBuffer) -> None:
    assert (tape.state, tape.message) == (State.OPENING, "")
    tape.fail("keine Töne " + 1000 * "x")
    assert tape.state == State.FAILED
    assert tape.message.startswith("keine Töne xxx")


def test_the_whole_sound_is_read_live_from_any_frame(tape: SharedRingBuffer) -> None:
    with tape.sound(20) as live:
        assert len(live) == 80 * FRAME_BYTES
        tape.write(sound(30))
        assert live[: 10 * FRAME_BYTES] == sound(10, start=20)
        assert not any(live[10 * FRAME_BYTES :])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives played pages back")
def test_memory_is_given_back_behind_the_head_and_nowhere_else() -> None:
    frames = 1 << 18
    tape = SharedRingBuffer.create(total=frames, capacity=frames)
    for start in range(0, frames, 1 << 14):
        tape.write(sound(1 << 14, start))
    full = os.fstat(int(tape.handle)).st_blocks * 512
    tape.forget(frames * 3 // 4)
    tape.forget(100)
    assert full >= frames * FRAME_BYTES
    assert os.fstat(int(tape.handle)).st_blocks * 512 < full * 0.3
    kept = frames * 3 // 4
    assert tape.read(kept, 1000) == sound(1000, kept)
    assert tape.total == frames
    tape.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has sparse files in memory")
def test_a_long_programme_takes_no_memory_before_it_is_written() -> None:
    tape = SharedRingBuffer.create(total=500_000_000, capacity=500_000_000)
    tape.write(sound(1000))
    assert os.fstat(int(tape.handle)).st_blocks * 512 < 1 << 20
    tape.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there it is no file")
def test_its_file_has_no_name_from_the_beginning(tape: SharedRingBuffer) -> None:
    assert os.fstat(int(tape.handle)).st_nlink == 0
