"""A loudspeaker that nobody hears: the clock alone moves it."""

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
def tape() -> Iterator[SharedRingBuffer]:
    made = SharedRingBuffer.create(3 * RATE, 3 * RATE)
    yield made
    made.close()


def silence(seconds: float) -> bytes:
    return bytes(round(seconds * RATE) * FRAME_BYTES)


def test_it_takes_what_is_due_by_the_clock(tape: SharedRingBuffer) -> None:
    clock = Clock()
    nobody = SilentDevice("", tape, {}, clock)
    tape.write(silence(3))
    clock.now += 5
    assert (nobody.is_done, tape.head) == (False, 0), "it was not told to go"
    tape.go = 1
    for passed in (0.5, 0.0, 0.25):
        clock.now += passed
        assert nobody.failure() is None
    assert tape.head == 0.75 * RATE
    clock.now += 10
    assert nobody.is_done
    assert (tape.head, tape.state) == (3 * RATE, State.DONE)


def test_many_short_looks_lose_no_time(tape: SharedRingBuffer) -> None:
    clock = Clock()
    nobody = SilentDevice("", tape, {}, clock)
    tape.write(silence(3))
    tape.go = 1
    for _ in range(99_999):
        clock.now += 0.00001
        nobody.failure()
    assert tape.head == pytest.approx(0.99999 * RATE, abs=1)


def test_time_stands_still_where_nothing_is_there_to_take(tape: SharedRingBuffer) -> None:
    clock = Clock()
    nobody = SilentDevice("", tape, {}, clock)
    tape.go = 1
    tape.write(silence(1))
    clock.now += 2
    nobody.failure()
    tape.write(silence(2))
    clock.now += 0.5
    nobody.failure()
    assert tape.head == 1.5 * RATE
