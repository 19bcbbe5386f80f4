"""The bell in its thread: heard to its end, faded when it is ended early, and its errors raised to the caller."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.errors import DeviceError
from player.live import preview
from player.live.controls.commands import Control
from player.reminders.bell import CHIME, LEVEL_DB, SoftBell
from tests.sound_server import wait_until

if TYPE_CHECKING:
    from player.live.controls.inbox import Inbox
    from tests.sound_server import Loudspeaker


def test_leaving_makes_it_fade_and_waits_for_that() -> None:
    log: list[str] = []
    begun = threading.Event()

    def ring(inbox: Inbox) -> None:
        begun.set()
        if inbox.get(10) is Control.QUIT:
            time.sleep(0.05)  # the fade takes its time
            log.append("faded")

    with SoftBell(ring) as bell:
        assert begun.wait(10)
        bell.check()
        assert not log
    assert log == ["faded"]


def test_it_may_ring_to_its_end() -> None:
    over = threading.Event()
    with SoftBell(lambda _: over.set()) as bell:
        assert over.wait(10)
        bell.check()


def fail(_: Inbox) -> None:
    raise DeviceError("there is no loudspeaker")


def test_what_keeps_it_from_ringing_is_raised() -> None:
    bell = SoftBell(fail)
    with pytest.raises(DeviceError, match="there is no loudspeaker"), bell:
        wait_until(lambda: not bell._thread.is_alive(), "it rings")
    with pytest.raises(DeviceError, match="there is no loudspeaker"):
        bell.check()
    with pytest.raises(DeviceError, match="there is no loudspeaker"), SoftBell(fail):
        pass


def test_an_error_of_the_caller_is_not_hidden() -> None:
    with pytest.raises(KeyError), SoftBell(fail):
        raise KeyError


@pytest.mark.device
def test_the_bell_is_heard_and_fades_without_a_jump(loudspeaker: Loudspeaker, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in loudspeaker.env.items():
        monkeypatch.setenv(name, value)
    with SoftBell(lambda inbox: preview.ring(CHIME, LEVEL_DB, inbox)):
        loudspeaker.wait_for(48_000 * 3 // 2)
    recording = loudspeaker.recording().astype(int)
    heard = np.flatnonzero(np.abs(recording).max(axis=1) > 100)
    assert 48_000 < heard[-1] - heard[0] < 48_000 * 6
    assert np.abs(np.diff(recording[heard[0] :], axis=0)).max() < 500
    assert np.abs(recording).max() < 8000
