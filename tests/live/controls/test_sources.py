"""The control sources of the system, on a machine that has none of them."""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING

from player.live.controls.inbox import Inbox
from player.live.controls.sources import desktop_observers, keep_awake, system_sources
from player.live.observer import PlaybackState
from tests.fakes_controls import MINUTE, left
from tests.sound_server import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_without_their_systems_they_do_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        monkeypatch.setenv(name, f"unix:path={tmp_path}/nothing")
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nothing")
    inbox = Inbox()
    before = threading.active_count()
    observers, sources = (keep_awake(is_watched=True), *desktop_observers(inbox)), system_sources()
    assert (len(observers), len(sources)) == ((3, 1) if sys.platform == "linux" else (1, 0))
    with contextlib.ExitStack() as stack:
        for source in sources:
            stack.enter_context(source(inbox))
        for _ in range(2):
            for observer in observers:
                observer.begin(MINUTE)
                observer.show(PlaybackState(0))
                observer.show(PlaybackState(9_000, is_paused=True, notice="a pause"))
            for observer in observers:
                observer.end()
                observer.end()
    wait_until(lambda: threading.active_count() <= before, "a thread stays behind")
    assert left(inbox) == []
    assert capfd.readouterr() == ("", "")
