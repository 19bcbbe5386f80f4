"""The system's lock, with a desktop and a logind on a bus of the test's own."""

from __future__ import annotations

import select
import sys
from typing import TYPE_CHECKING

import pytest

from player import doctor
from player.doctor import Finding
from player.live.awake.wakefulness import Wakefulness
from player.live.controls.desktop.calls import call
from tests.fakes_desktop import Answer, FakeDesktop

if sys.platform == "linux":
    from player.live.awake.wake_lock import LOGIND, SystemWakeLock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.private_bus import PrivateBus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")

GNOME = "org.gnome.SessionManager"
SCREENSAVER = "org.freedesktop.ScreenSaver"
POWER = "org.freedesktop.PowerManagement"
SUSPEND, IDLE = 4, 8
"""Flags of GNOME's Inhibit."""


@pytest.fixture
def bus(private_bus: PrivateBus, monkeypatch: pytest.MonkeyPatch) -> str:
    for kind in ("SESSION", "SYSTEM"):
        monkeypatch.setenv(f"DBUS_{kind}_BUS_ADDRESS", private_bus.address)
    monkeypatch.delenv("XDG_SESSION_DESKTOP", raising=False)
    return private_bus.address


@pytest.mark.parametrize(("wanted", "flags"), [(Wakefulness.RUNNING, SUSPEND), (Wakefulness.DISPLAYING, IDLE)])
def test_gnome_is_asked_in_this_programs_name(bus: str, wanted: Wakefulness, flags: int) -> None:
    methods = {(GNOME, "Inhibit"): Answer("u", 7), (GNOME, "Uninhibit"): Answer("")}
    with FakeDesktop(bus, (GNOME,), methods) as desktop:
        lock = SystemWakeLock()
        assert lock.take(wanted) == GNOME
        lock.give_back()
        lock.give_back()
        assert lock.take(wanted) == GNOME
        lock.give_back()
    assert desktop.calls == [("Inhibit", "player", 42, "a session plays", flags), ("Uninhibit", 7)] * 2


def test_the_display_stays_on_by_the_screen_saver_of_other_desktops(bus: str) -> None:
    methods = {(SCREENSAVER, "Inhibit"): Answer("u", 3), (SCREENSAVER, "UnInhibit"): Answer("")}
    with FakeDesktop(bus, (SCREENSAVER,), methods) as desktop:
        lock = SystemWakeLock()
        assert lock.take(Wakefulness.DISPLAYING) == SCREENSAVER
        lock.give_back()
    assert desktop.calls == [("Inhibit", "player", "a session plays"), ("UnInhibit", 3)]


def test_without_a_desktop_logind_does_it(bus: str) -> None:
    with FakeDesktop(bus, (LOGIND.destination,), {(LOGIND.interface, "Inhibit"): Answer("h")}) as system:
        lock = SystemWakeLock()
        assert lock.take(Wakefulness.RUNNING) == "logind"
        assert system.calls == [("Inhibit", "idle", "player", "a session plays", "block")]
        lock.give_back()
        assert select.select(system.pipes, [], [], 20)[0], "it is still held"


def test_without_either_nothing_is_granted_and_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for kind in ("SESSION", "SYSTEM"):
        monkeypatch.setenv(f"DBUS_{kind}_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    assert SystemWakeLock().granted() == ""
    assert SystemWakeLock().take(Wakefulness.DISPLAYING) == ""
    finding = doctor._awake()
    assert (finding.well, finding.optional) == (False, True)
    assert capfd.readouterr() == ("", "")


def test_doctor_tells_by_what(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeDesktop(bus, (GNOME,), {(GNOME, "Inhibit"): Answer("u", 7), (GNOME, "Uninhibit"): Answer("")}):
        told = "the machine stays awake while something plays, by org.gnome.SessionManager"
        assert doctor._awake() == Finding("keep awake", well=True, finding=told)
    monkeypatch.setitem(sys.modules, "player.live.awake.wake_lock", None)
    assert doctor._awake().finding.startswith("not possible: ")


def test_a_call_that_is_not_answered_is_an_error_soon(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("player.live.controls.desktop.calls.ANSWERS_WITHIN_S", 0.1)
    with FakeDesktop(bus, (LOGIND.destination,), silent={"Inhibit"}), pytest.raises(ConnectionError, match="Inhibit"):
        call("system", LOGIND, "Inhibit")


@pytest.mark.parametrize("version", ["6", "5", None])
def test_kde_is_asked_without_starting_a_program(
    bus: str, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    """wakepy would start a shell and in it plasmashell, also one that lies in the current folder."""
    monkeypatch.setenv("XDG_SESSION_DESKTOP", "KDE")
    monkeypatch.setattr("subprocess.getoutput", lambda command: pytest.fail(f"{command} was started"))
    monkeypatch.delenv("KDE_SESSION_VERSION", raising=False)
    if version:
        monkeypatch.setenv("KDE_SESSION_VERSION", version)
    methods = {(f"{POWER}.Inhibit", "Inhibit"): Answer("u", 5), (f"{POWER}.Inhibit", "UnInhibit"): Answer("")}
    with FakeDesktop(bus, (POWER,), methods) as desktop:
        lock = SystemWakeLock()
        assert lock.take(Wakefulness.RUNNING) == POWER
        lock.give_back()
    assert desktop.calls == [("Inhibit", "player", "a session plays"), ("UnInhibit", 5)]
