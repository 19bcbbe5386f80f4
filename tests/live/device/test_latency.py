from __future__ import annotations

import pytest

from player.errors import DeviceError
from player.live.device.latency import latency_ms


@pytest.mark.parametrize(
    ("asked", "simpleaudio", "miniaudio"),
    [(None, 100, 120), ("", 100, 120), ("60", 100, 60), ("199", 100, 180), ("200", 200, 200), ("320", 300, 320)],
)
def test_each_library_gets_what_it_can_keep(asked: str | None, simpleaudio: int, miniaudio: int) -> None:
    environ = {} if asked is None else {"PLAYER_LATENCY": asked}
    assert latency_ms("simpleaudio", environ) == simpleaudio
    assert latency_ms("miniaudio", environ) == miniaudio


@pytest.mark.parametrize("asked", ["59", "321", "-100", "1e2", "long", "²"])
def test_what_there_is_not_is_refused(asked: str) -> None:
    with pytest.raises(DeviceError, match=r"PLAYER_LATENCY must be 60 to 320 \(milliseconds\), not "):
        latency_ms("miniaudio", {"PLAYER_LATENCY": asked})
