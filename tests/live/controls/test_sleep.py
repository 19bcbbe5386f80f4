"""Sleep detection with fake clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player.live.controls.inbox import Inbox
from player.live.controls.sleep import SLEPT, TOLERANCE_S, SleepDetector, asleep_s
from tests.fakes_controls import left

if TYPE_CHECKING:
    from player.live.controls.commands import AnyControl


@pytest.mark.parametrize(
    ("asleep", "sent"),
    [
        ([70.0, 70.0, 70.0], []),
        ([70.0, 70.0 + TOLERANCE_S, 70.0 + 2 * TOLERANCE_S], []),
        ([70.0, 73.0, 73.0], [SLEPT]),
        ([70.0, 73.0, 3600.0], [SLEPT, SLEPT]),
        ([70.0, 10.0, 70.0], []),  # halted between two clocks, and on again
    ],
)
def test_a_sleep_pauses_once(asleep: list[float], sent: list[AnyControl]) -> None:
    clock = iter(asleep)
    inbox = Inbox()
    sleep = SleepDetector(inbox, lambda: next(clock))
    sleep.tick(is_paused=False)
    sleep.tick(is_paused=False)
    assert left(inbox) == sent


def test_nothing_is_sent_while_it_is_paused() -> None:
    clock = iter([0.0, 60.0, 60.0])
    inbox = Inbox()
    sleep = SleepDetector(inbox, lambda: next(clock))
    sleep.tick(is_paused=True)
    sleep.tick(is_paused=False)
    assert left(inbox) == []


def test_the_real_clocks_agree_while_the_computer_is_awake() -> None:
    before = asleep_s()
    assert asleep_s() - before < TOLERANCE_S
