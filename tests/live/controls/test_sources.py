"""All that may be around a session, on a machine that has none of it."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from player.live.controls.inbox import Inbox
from player.live.controls.sources import surroundings
from player.live.observer import PlaybackState
from tests.fakes_controls import MINUTE, left
from tests.sound_server import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_where_there_is_nothing_nobody_hears_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        monkeypatch.setenv(name, f"unix:path={tmp_path}/nothing")
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nothing")
    inbox = Inbox()
    before = threading.active_count()
    views = [make() for make in surroundings(inbox)]
    assert len(views) == (4 if sys.platform == "linux" else 1)
    for _ in range(2):
        for view in views:
            view.begin(MINUTE)
            view.show(PlaybackState(0))
            view.show(PlaybackState(9_000, is_paused=True, notice="a pause"))
        for view in views:
            view.end()
            view.end()
    wait_until(lambda: threading.active_count() <= before, "a thread stays behind")
    assert left(inbox) == []
    assert capfd.readouterr() == ("", "")
