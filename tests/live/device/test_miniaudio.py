from __future__ import annotations

import sys
from enum import Enum
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.live.device import miniaudio as module
from player.live.device.miniaudio import LEAVES_MS, STANDS_S, Miniaudio, StandstillWatch, feeding, reason
from player.live.device.ringbuffer import SharedRingBuffer, State

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


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


class FakePlaybackDevice:
    """Asks for ``period`` frames at each `turn` until it has lost its server; holds what it was asked to be."""

    def __init__(self, **how: Any) -> None:
        self.how, self.heard, self.is_lost, self.closed_after_s = how, b"", False, 0.0

    def start(self, feed: Generator[bytes, int, None]) -> None:
        self.feed = feed

    def turn(self, frames: int) -> None:
        if not self.is_lost:
            self.heard += self.feed.send(frames)

    def close(self) -> None:
        self.closed_after_s = FakeTime.now_s


class FakeTime:
    now_s = 0.0

    @classmethod
    def monotonic(cls) -> float:
        return cls.now_s


class FakeBackend(Enum):
    ALSA = 1
    PULSEAUDIO = 2
    JACK = 3
    CUSTOM = 4
    NULL = 5


def library(**changed: Any) -> SimpleNamespace:
    names = {
        "PlaybackDevice": FakePlaybackDevice,
        "Backend": FakeBackend,
        "MiniaudioError": OSError,
        "is_backend_enabled": lambda way: way is not FakeBackend.JACK,
    }
    return SimpleNamespace(**(names | changed))


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[SharedRingBuffer]:
    monkeypatch.setitem(sys.modules, "miniaudio", library())
    monkeypatch.setattr(module, "time", FakeTime)
    FakeTime.now_s = 0.0
    ring = SharedRingBuffer.create(total=48_000, capacity=48_000)
    ring.write(b"\1\2\3\4" * 48_000)
    yield ring
    ring.close()


def test_all_of_a_ring_is_played_and_then_silence_until_no_device_can_hold_any_of_it(ring: SharedRingBuffer) -> None:
    player = Miniaudio(ring, latency_ms=100)
    device = player._device
    at_the_end: list[float] = []

    def tick() -> None:
        FakeTime.now_s += 0.02
        device.turn(960)
        if ring.head == ring.total and not at_the_end:
            at_the_end.append(FakeTime.now_s)

    player.play(tick)
    assert device.heard == b"\1\2\3\4" * 48_000
    assert at_the_end == [pytest.approx(1.0)]
    assert device.closed_after_s == pytest.approx(1.0 + 2 * 0.1 + LEAVES_MS / 1000, abs=0.03)
    assert (ring.latency, ring.grain, ring.state) == (80 * 48, 20 * 48, State.PLAYING)
    assert (device.how["buffersize_msec"], device.how["callback_periods"], device.how["sample_rate"]) == (20, 5, 48_000)
    assert device.how["backends"] == [FakeBackend.ALSA, FakeBackend.PULSEAUDIO]  # no silent one, and none that is off


def test_a_device_that_lost_its_server_ends_with_a_reason(ring: SharedRingBuffer) -> None:
    player = Miniaudio(ring, latency_ms=100)

    def tick() -> None:
        FakeTime.now_s += 0.02
        player._device.is_lost = FakeTime.now_s > 0.5
        player._device.turn(960)

    with pytest.raises(RuntimeError, match="the device takes no more sound"):
        player.play(tick)
    assert FakeTime.now_s == pytest.approx(0.5 + STANDS_S, abs=0.1)
    assert ring.head == pytest.approx(24_000, abs=960)


def test_a_device_that_does_not_open_tells_why_in_words(
    ring: SharedRingBuffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        raise OSError("failed to init device", -204)

    monkeypatch.setitem(sys.modules, "miniaudio", library(PlaybackDevice=refuse))
    with pytest.raises(RuntimeError, match=r"^there is no device$"):
        Miniaudio(ring, latency_ms=100)
