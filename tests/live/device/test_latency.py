from __future__ import annotations

import pytest

from player.errors import UsageError
from player.live.device.latency import latency_ms, told


@pytest.mark.parametrize(
    ("asked", "simpleaudio", "miniaudio"),
    [(None, 100, 120), ("", 100, 120), ("60", 100, 60), ("199", 100, 180), ("200", 200, 200), ("320", 300, 320)],
)
def test_each_library_gets_what_it_can_keep(asked: str | None, simpleaudio: int, miniaudio: int) -> None:
    environ = {} if asked is None else {"PLAYER_LATENCY": asked}
    assert latency_ms("simpleaudio", environ) == simpleaudio
    assert latency_ms("miniaudio", environ) == miniaudio


def test_a_busy_machine_holds_more_unless_the_listener_decides() -> None:
    kinds = ("simpleaudio", "miniaudio")
    assert [latency_ms(kind, {}, load=3.0) for kind in kinds] == [100, 120]
    assert [latency_ms(kind, {}, load=3.1) for kind in kinds] == [300, 320]
    assert [latency_ms(kind, {"PLAYER_LATENCY": "100"}, load=9.0) for kind in kinds] == [100, 100]


@pytest.mark.parametrize("asked", ["59", "321", "-100", "1e2", "long", "²"])
def test_what_there_is_not_is_refused(asked: str) -> None:
    with pytest.raises(UsageError, match=r"the variable PLAYER_LATENCY must be 60 to 320 \(milliseconds\), not "):
        latency_ms("miniaudio", {"PLAYER_LATENCY": asked})


@pytest.mark.parametrize(
    ("kind", "asked", "text"),
    [
        ("miniaudio", "140", "140 ms, as the variable PLAYER_LATENCY says"),
        ("miniaudio", "150", "140 ms (PLAYER_LATENCY says 150, and miniaudio takes multiples of 20)"),
        ("simpleaudio", "60", "100 ms (PLAYER_LATENCY says 60, and simpleaudio takes multiples of 100)"),
    ],
)
def test_a_latency_that_is_rounded_is_told_with_what_was_asked_for(kind: str, asked: str, text: str) -> None:
    assert told(kind, {"PLAYER_LATENCY": asked}) == text
