from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from player.live.device.miniaudio import feeding
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
