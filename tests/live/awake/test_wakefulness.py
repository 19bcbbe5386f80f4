"""How awake the machine has to be, for sessions of every kind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from player.live.awake.wakefulness import PAUSED_FOR_S, Wakefulness, rule_for
from tests.fakes_controls import MINUTE

if TYPE_CHECKING:
    from player.timeline.model import Timeline

NIGHT = replace(MINUTE, total_ms=300_000, fade_out_ms=120_000)
OUTLIVED = replace(MINUTE, total_ms=90_000, fade_out_ms=30_000, fades_evenly=True)


@pytest.mark.parametrize(
    ("timeline", "is_watched", "at_ms", "wanted"),
    [
        (MINUTE, True, 0, Wakefulness.DISPLAYING),
        (MINUTE, False, 0, Wakefulness.RUNNING),
        (MINUTE, True, 59_999, Wakefulness.DISPLAYING),
        (NIGHT, True, 0, Wakefulness.RUNNING),
        (NIGHT, True, 179_999, Wakefulness.RUNNING),
        (NIGHT, False, 180_000, Wakefulness.MAY_SLEEP),
        (OUTLIVED, True, 60_000, Wakefulness.MAY_SLEEP),
    ],
)
def test_the_machine_is_awake_as_long_as_the_listener_is(
    timeline: Timeline, is_watched: bool, at_ms: int, wanted: Wakefulness
) -> None:
    rule = rule_for(timeline, is_watched=is_watched)
    assert rule.at(at_ms, 0.0) is rule.at(at_ms, PAUSED_FOR_S) is wanted
    assert rule.at(at_ms, PAUSED_FOR_S + 0.1) is Wakefulness.MAY_SLEEP
