from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from player.errors import UsageError
from player.live import preopen as doors
from player.live.device.backends import LONGEST_BUFFER
from player.live.device.device import OutputDevice
from player.live.preopen import DevicePreopener
from player.units import FRAMES_PER_MS
from tests.fakes_speaker import Room

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR_MS = 3_600_000


def leading_to(room: Room, *kinds: str) -> Callable[[int], OutputDevice]:
    def opened(frames: int) -> OutputDevice:
        how: dict[str, Any] = {"environ": {}, "spawn": room.spawn, "installed": kinds}
        return OutputDevice(frames, changes=True, **how)

    return opened


@pytest.fixture
def _waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "_can_wait", lambda: True)


@pytest.mark.usefixtures("_waits")
@pytest.mark.parametrize("kind", ["simpleaudio", "miniaudio"])
def test_the_loudspeaker_that_waits_is_the_one_that_plays(kind: str) -> None:
    room = Room()
    with DevicePreopener(opened=leading_to(room, kind)) as door:
        room.sleep(0.3)
        assert room.last.heard
        door.knock(HOUR_MS, 0)
        deck = door.enter(HOUR_MS, 0)
        assert [each.kind for each in room.loudspeakers] == [kind]
    assert not room.last.ended
    deck.release()


@pytest.mark.usefixtures("_waits")
def test_a_session_that_is_too_long_for_it_gets_another_one() -> None:
    room, long_ms = Room(), LONGEST_BUFFER // FRAMES_PER_MS
    with DevicePreopener(opened=leading_to(room, "simpleaudio", "miniaudio")) as door:
        deck = door.enter(long_ms, 0)
        assert [each.kind for each in room.loudspeakers] == ["simpleaudio", "miniaudio"]
        assert room.loudspeakers[0].ended
        deck.release()
        door.enter(long_ms, HOUR_MS).release()
        assert room.last.kind == "simpleaudio"


@pytest.mark.usefixtures("_waits")
def test_whoever_leaves_before_it_plays_lets_it_go() -> None:
    room = Room()
    with pytest.raises(UsageError, match="ends at 1:00:00, so it cannot begin at 1:00:00"):
        knocked_too_late(room)
    assert room.last.ended


def knocked_too_late(room: Room) -> None:
    with DevicePreopener(opened=leading_to(room, "miniaudio")) as door:
        door.knock(HOUR_MS, HOUR_MS)


def test_where_the_length_must_be_known_nothing_is_opened_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "_can_wait", lambda: False)
    room = Room()
    with DevicePreopener(opened=leading_to(room, "simpleaudio")) as door:
        assert not room.loudspeakers
        door.knock(HOUR_MS, 0)
        assert len(room.loudspeakers) == 1
