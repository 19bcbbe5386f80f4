"""Sleep detection with fake clocks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from player.live.controls.inbox import Inbox
from player.live.controls.sleep import SLEPT, TOLERANCE_S, SleepDetector, asleep_s
from tests.fakes_controls import left
from tests.fakes_system import loaded_on, windows_libraries

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


NAME = "player.live.controls.sleep"


def test_on_macos_one_clock_counts_sleep_and_the_other_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = {"ever": 250.0, "awake": 180.0}
    monkeypatch.setattr(time, "CLOCK_MONOTONIC", "ever")
    monkeypatch.setattr(time, "CLOCK_UPTIME_RAW", "awake", raising=False)
    monkeypatch.setattr(time, "clock_gettime", clocks.__getitem__)
    assert loaded_on("darwin", NAME, monkeypatch).asleep_s() == 70.0


def test_on_windows_the_time_awake_comes_in_units_of_100_ns(monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(where: Any) -> None:
        where._obj.value = 180 * 10**7

    windows_libraries(monkeypatch, kernel32={"QueryUnbiasedInterruptTime": tell})
    monkeypatch.setattr(time, "monotonic", lambda: 250.0)
    assert loaded_on("win32", NAME, monkeypatch).asleep_s() == 70.0


def test_elsewhere_the_wall_clock_never_misses_a_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = loaded_on("freebsd14", NAME, monkeypatch)
    monkeypatch.setattr(time, "monotonic", lambda: 250.0)
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    before = sleep.asleep_s()
    monkeypatch.setattr(time, "time", lambda: 1070.0)
    assert sleep.asleep_s() - before == 70.0
