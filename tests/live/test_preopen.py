from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from player.errors import UsageError
from player.live import preopen as module
from player.live.device.backends import LONGEST_BUFFER
from player.live.device.device import OutputDevice
from player.live.preopen import DevicePreopener
from player.units import FRAMES_PER_MS
from tests.fakes_speaker import FakeLoudspeakers

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR_MS = 3_600_000


def device_opener(speakers: FakeLoudspeakers, *kinds: str) -> Callable[[int], OutputDevice]:
    def opened(frames: int) -> OutputDevice:
        how: dict[str, Any] = {"environ": {}, "spawn": speakers.spawn, "installed": kinds}
        return OutputDevice(frames, changes=True, **how)

    return opened


@pytest.fixture
def _waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_can_wait", lambda: True)


@pytest.mark.usefixtures("_waits")
@pytest.mark.parametrize("kind", ["simpleaudio", "miniaudio"])
def test_the_loudspeaker_that_waits_is_the_one_that_plays(kind: str) -> None:
    speakers = FakeLoudspeakers()
    with DevicePreopener(open_device=device_opener(speakers, kind)) as preopener:
        speakers.sleep(0.3)
        assert speakers.last.heard
        preopener.open_for(HOUR_MS, 0)
        device = preopener.take(HOUR_MS, 0)
        assert [each.kind for each in speakers.opened] == [kind]
    assert not speakers.last.ended
    device.release()


@pytest.mark.usefixtures("_waits")
def test_a_session_that_is_too_long_for_it_gets_another_one() -> None:
    speakers, long_ms = FakeLoudspeakers(), LONGEST_BUFFER // FRAMES_PER_MS
    with DevicePreopener(open_device=device_opener(speakers, "simpleaudio", "miniaudio")) as preopener:
        device = preopener.take(long_ms, 0)
        assert [each.kind for each in speakers.opened] == ["simpleaudio", "miniaudio"]
        assert speakers.opened[0].ended
        device.release()
        preopener.take(long_ms, HOUR_MS).release()
        assert speakers.last.kind == "simpleaudio"


@pytest.mark.usefixtures("_waits")
def test_leaving_before_it_plays_releases_the_device() -> None:
    speakers = FakeLoudspeakers()
    with pytest.raises(UsageError, match="ends at 1:00:00, so it cannot begin at 1:00:00"):
        asked_too_late(speakers)
    assert speakers.last.ended


def asked_too_late(speakers: FakeLoudspeakers) -> None:
    with DevicePreopener(open_device=device_opener(speakers, "miniaudio")) as preopener:
        preopener.open_for(HOUR_MS, HOUR_MS)


def test_where_the_length_must_be_known_nothing_is_opened_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_can_wait", lambda: False)
    speakers = FakeLoudspeakers()
    with DevicePreopener(open_device=device_opener(speakers, "simpleaudio")) as preopener:
        assert not speakers.opened
        preopener.open_for(HOUR_MS, 0)
        assert len(speakers.opened) == 1
