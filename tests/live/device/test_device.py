"""The output device where memory or a library fails, with loudspeakers that have no device."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from player.errors import DeviceError
from player.live.device.device import OutputDevice
from player.live.device.noise import LEAD_IN
from player.live.device.ringbuffer import FRAME_BYTES, SharedRingBuffer
from player.units import RATE
from tests.fakes_speaker import FakeLoudspeakers
from tests.sound_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_MEMORY = "there is no memory for the sound: No space left on device; free some, in /dev/shm or where TMPDIR is"


@pytest.fixture
def speakers() -> FakeLoudspeakers:
    return FakeLoudspeakers()


@pytest.fixture
def device(speakers: FakeLoudspeakers) -> Iterator[OutputDevice]:
    both = ("simpleaudio", "miniaudio")
    device = OutputDevice(2 * RATE, changes=True, environ={}, spawn=speakers.spawn, installed=both)
    yield device
    device.release()


def fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SharedRingBuffer, "_reserve", full)


def test_memory_that_is_used_up_meanwhile_is_a_sentence(device: OutputDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    device.put(bytes(RATE * FRAME_BYTES))
    fill_memory(monkeypatch)
    frame = bytes(FRAME_BYTES)
    for write in (partial(device.put, frame), partial(device.overwrite, LEAD_IN, frame)):
        with pytest.raises(DeviceError) as caught:
            write()
        assert str(caught.value) == NO_MEMORY


def test_noise_for_which_there_is_no_memory_ends_without_a_word(
    device: OutputDevice, speakers: FakeLoudspeakers, monkeypatch: pytest.MonkeyPatch
) -> None:
    device.begin()
    floor = device._floor
    assert floor is not None
    fill_memory(monkeypatch)
    speakers.last.elapse(60)  # so that more of it is needed
    wait_until(lambda: not floor._thread.is_alive(), "it goes on")
    assert device.is_silent


@pytest.mark.parametrize("finished", [True, False])
def test_all_that_was_written_goes_to_the_other_library_with_its_end(
    device: OutputDevice, speakers: FakeLoudspeakers, finished: bool
) -> None:
    sound = bytes(range(256)) * (RATE // 64)
    device.put(sound)
    if finished:
        device.finish()
    speakers.opened[0].missing = "no card"
    assert device.kind == "simpleaudio"
    assert device.check() is None
    assert device.kind == "miniaudio"
    assert [each.ended for each in speakers.opened] == [True, False]
    for _ in range(30):
        speakers.last.elapse(0.1)
    assert speakers.last.heard[LEAD_IN * FRAME_BYTES :] == sound
    assert device.is_done is finished
    assert device.filled == LEAD_IN + len(sound) // FRAME_BYTES
