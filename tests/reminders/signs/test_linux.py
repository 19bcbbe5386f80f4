"""Signs on Linux, with a desktop on a bus of the test's own, and files in the place of the kernel's."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from player.reminders.politeness import Signs
from player.reminders.signs import linux
from player.reminders.signs.linux import IDLE, NOTIFICATIONS, SCREEN_SAVERS, SESSION
from player.reminders.signs.microphone import microphone, records
from player.reminders.signs.reader import SignReader
from tests.fakes_desktop import Answer, FakeDesktop

if TYPE_CHECKING:
    from pathlib import Path

    from tests.private_bus import PrivateBus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's")
LOGIN = {"LockedHint": ("b", False), "IdleHint": ("b", False), "IdleSinceHint": ("t", 0), "Type": ("s", "wayland")}


@pytest.fixture
def bus(private_bus: PrivateBus, monkeypatch: pytest.MonkeyPatch) -> str:
    for kind in ("SESSION", "SYSTEM"):
        monkeypatch.setenv(f"DBUS_{kind}_BUS_ADDRESS", private_bus.address)
    return private_bus.address


def test_a_desktop_tells_lock_idleness_and_quiet(bus: str) -> None:
    names = (SESSION.destination, NOTIFICATIONS.destination, IDLE.destination, *(each[0] for each in SCREEN_SAVERS[:2]))
    with FakeDesktop(bus, names) as desktop:

        def login(**changed: object) -> Signs:
            told = {name: (kind, changed.get(name, value)) for name, (kind, value) in LOGIN.items()}
            desktop.properties.update({(SESSION.interface, name): Answer(*each) for name, each in told.items()})
            return linux.session()

        five_minutes_ago_us = int((time.time() - 300) * 1e6)
        assert login() == Signs()
        assert login(LockedHint=True) == Signs(is_locked=True)
        assert login(IdleHint=True, IdleSinceHint=five_minutes_ago_us).idle_s == pytest.approx(300, abs=30)
        assert login(IdleHint=True, IdleSinceHint=five_minutes_ago_us, Type="tty") == Signs()
        for saver in SCREEN_SAVERS[:2]:
            for is_active in (True, False):
                desktop.methods[saver.interface, "GetActive"] = Answer("b", is_active)
                assert linux.screen_saver(saver) == Signs(is_locked=is_active)
        desktop.methods[IDLE.interface, "GetIdletime"] = Answer("t", 301_500)
        assert linux.gnome_idle() == Signs(idle_s=301.5)
        desktop.properties[NOTIFICATIONS.interface, "Inhibited"] = Answer("b", True)
        assert linux.inhibited() == Signs(wants_quiet=True)
        assert SignReader((linux.gnome_idle, linux.inhibited, linux.session))() == Signs(idle_s=301.5, wants_quiet=True)


def test_without_a_bus_there_is_no_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("SESSION", "SYSTEM"):
        monkeypatch.setenv(f"DBUS_{kind}_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nothing")
    monkeypatch.setattr("player.reminders.signs.linux.camera.__defaults__", (tmp_path,))
    monkeypatch.setattr("player.reminders.signs.microphone.microphone.__defaults__", (tmp_path, None))
    assert SignReader(within_s=20.0)() == Signs()


@pytest.mark.parametrize(
    ("desktop", "shows_banners", "wants_quiet"),
    [("ubuntu:GNOME", "false", True), ("ubuntu:GNOME", "true", False), ("XFCE", "false", False)],
)
def test_gnome_has_a_setting_for_quiet(
    monkeypatch: pytest.MonkeyPatch, desktop: str, shows_banners: str, wants_quiet: bool
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    monkeypatch.setattr(linux, "told", lambda *_: shows_banners)
    assert linux.gnome_quiet() == Signs(wants_quiet=wants_quiet)


@pytest.mark.parametrize(
    ("comm", "target", "sees"),
    [
        ("firefox", "/dev/video0", True),
        ("wireplumber", "/dev/video0", False),
        ("firefox", "/dev/video9", False),
        ("firefox", "socket:[7]", False),
    ],
)
def test_a_program_that_holds_a_camera_films(tmp_path: Path, comm: str, target: str, sees: bool) -> None:
    for folder in ("dev", "proc/12/fd", "proc/13"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "proc/12/fd/4").symlink_to(target)
    (tmp_path / "proc/12/comm").write_text(f"{comm}\n")
    assert linux.camera(tmp_path) == Signs()
    (tmp_path / "dev/video0").touch()
    assert linux.camera(tmp_path) == Signs(sees=sees)


@dataclass(frozen=True)
class FakeSource:
    index: int
    monitor_of_sink: int = 0xFFFF_FFFF


@dataclass(frozen=True)
class FakeRecorder:
    source: int
    corked: int = 0


@dataclass(frozen=True)
class FakePulse:
    recorders: list[FakeRecorder]

    def source_list(self) -> list[Any]:
        return [FakeSource(1), FakeSource(2, monitor_of_sink=0)]

    def source_output_list(self) -> list[Any]:
        return self.recorders


@pytest.mark.parametrize(
    ("recorders", "hears"),
    [([], False), ([FakeRecorder(1)], True), ([FakeRecorder(1, corked=1)], False), ([FakeRecorder(2)], False)],
)
def test_who_records_a_room_hears_and_who_records_an_output_does_not(
    recorders: list[FakeRecorder], hears: bool
) -> None:
    assert records(FakePulse(recorders)) is hears


@pytest.mark.parametrize(("state", "hears"), [("closed", False), ("state: RUNNING\nowner_pid: 7", True)])
def test_where_no_server_answers_alsa_tells(tmp_path: Path, state: str, hears: bool) -> None:
    def no_server() -> bool:
        raise OSError("no server")

    status = tmp_path / "proc/asound/card0/pcm0c/sub0/status"
    status.parent.mkdir(parents=True)
    status.write_text(f"{state}\n")
    assert microphone(tmp_path, no_server) == Signs(hears=hears)
    assert microphone(tmp_path, lambda: False) == Signs()
