from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.live.device import noise
from player.live.device.device import OutputDevice
from player.live.device.noise import FLOOR_AHEAD, LEAD_IN, lead_in
from player.units import RATE
from tests.fakes_speaker import FakeLoudspeakers
from tests.sound_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    Waiting: TypeAlias = Callable[[str], tuple[OutputDevice, FakeLoudspeakers]]


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Waiting]:
    monkeypatch.setattr(noise, "_LOOK_EVERY_S", 0.001)
    opened: list[OutputDevice] = []

    def begin(kind: str) -> tuple[OutputDevice, FakeLoudspeakers]:
        speakers = FakeLoudspeakers()
        device = OutputDevice(0, changes=True, kind=kind, environ={}, spawn=speakers.spawn, installed=(kind,))
        device.begin()
        opened.append(device)
        return device, speakers

    yield begin
    for device in opened:
        device.release()


def is_written(device: OutputDevice, frame: int) -> bool:
    return any(device.read(frame, 1000))


def is_noise(sound: np.ndarray) -> bool:
    known = np.frombuffer(lead_in(), np.int16).reshape(-1, 2)
    return np.array_equal(sound, np.resize(known, (len(sound), 2)))


@pytest.mark.parametrize("kind", ["simpleaudio", "miniaudio"])
def test_the_noise_goes_on_for_as_long_as_the_programme_takes(kind: str, waiting: Waiting) -> None:
    device, speakers = waiting(kind)
    for seconds in range(1, 41):  # longer than a ring
        speakers.sleep(1.0)
        wait_until(partial(is_written, device, (seconds + 2) * RATE), "there is no more noise")
    assert len(speakers.last.heard) == 40 * RATE * 4
    assert is_noise(speakers.last.sound())


@pytest.mark.parametrize("kind", ["simpleaudio", "miniaudio"])
def test_a_programme_shorter_than_the_noise_ahead_is_followed_by_silence(kind: str, waiting: Waiting) -> None:
    device, speakers = waiting(kind)
    speakers.sleep(2.0)
    programme = np.full((RATE, 2), 1000, np.int16)
    start = device.cut
    assert start < LEAD_IN + FLOOR_AHEAD - RATE
    device.overwrite(start, programme.tobytes())
    assert not any(device.read(start + RATE, 5 * RATE))
    device.finish()
    speakers.sleep(10.0)
    heard = speakers.last.sound()
    assert is_noise(heard[:start])
    assert np.array_equal(heard[start : start + RATE], programme)
    assert not heard[start + RATE :].any()
