"""The silent device: only the clock moves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from player.live.device.ringbuffer import FRAME_BYTES, SharedRingBuffer, State
from player.live.device.silent import SilentDevice
from player.units import RATE

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ring() -> Iterator[SharedRingBuffer]:
    made = SharedRingBuffer.create(3 * RATE, 3 * RATE)
    yield made
    made.close()


def silence(seconds: float) -> bytes:
    return bytes(round(seconds * RATE) * FRAME_BYTES)


def test_it_takes_what_is_due_by_the_clock(ring: SharedRingBuffer) -> None:
    clock = Clock()
    device = SilentDevice("", ring, {}, clock)
    ring.write(silence(3))
    clock.now += 5
    assert (device.is_done, ring.head) == (False, 0), "it has not started"
    ring.go = 1
    for passed in (0.5, 0.0, 0.25):
        clock.now += passed
        assert device.failure() is None
    assert ring.head == 0.75 * RATE
    clock.now += 10
    assert device.is_done
    assert (ring.head, ring.state) == (3 * RATE, State.DONE)


def test_many_short_looks_lose_no_time(ring: SharedRingBuffer) -> None:
    clock = Clock()
    device = SilentDevice("", ring, {}, clock)
    ring.write(silence(3))
    ring.go = 1
    for _ in range(99_999):
        clock.now += 0.00001
        device.failure()
    assert ring.head == pytest.approx(0.99999 * RATE, abs=1)


def test_time_stands_still_where_nothing_is_there_to_take(ring: SharedRingBuffer) -> None:
    clock = Clock()
    device = SilentDevice("", ring, {}, clock)
    ring.go = 1
    ring.write(silence(1))
    clock.now += 2
    device.failure()
    ring.write(silence(2))
    clock.now += 0.5
    device.failure()
    assert ring.head == 1.5 * RATE
