from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.live.device.miniaudio import STANDS_S, StandstillWatch, feeding, reason
from player.live.device.ringbuffer import SharedRingBuffer


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 50)), max_size=40))
def test_the_callback_gets_what_is_there_in_order_and_never_more(turns: list[tuple[int, int]]) -> None:
    ring = SharedRingBuffer.create(total=10_000, capacity=60)
    feed = feeding(ring)
    next(feed)
    heard, written = b"", b""
    for writes, asks in turns:
        block = b"".join((ring.filled + n).to_bytes(4, "little") for n in range(min(writes, ring.room)))
        ring.write(block)
        written += block
        got = feed.send(asks)
        assert len(got) <= asks * 4
        heard += got
    assert heard == written[: len(heard)]
    assert ring.head == len(heard) // 4 <= ring.filled
    feed.close()
    ring.close()


def test_a_device_that_asks_for_nothing_more_is_noticed_within_two_seconds() -> None:
    watch, now, count = StandstillWatch(0.0), 0.0, 0
    while now < 10:
        now, count = now + 0.02, count + 1
        assert not watch.stands(count, now)
    lost = now
    while not watch.stands(count, now):
        now += 0.02
    assert now - lost == pytest.approx(STANDS_S, abs=0.1)


def test_a_sleep_of_the_computer_is_no_standstill() -> None:
    watch = StandstillWatch(0.0)
    assert not any(watch.stands(7, hour * 3600.0) for hour in range(1, 15))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("failed to init device", -401), "the sound system opened no device"),
        (("cannot init context", -203), "there is no sound system"),
        (("failed to init device", -7), "failed to init device"),
        (("no suitable audio backend found",), "no suitable audio backend found"),
        ((), "Exception"),
    ],
)
def test_a_result_is_told_in_words(arguments: tuple[object, ...], told: str) -> None:
    assert reason(Exception(*arguments)) == told
