"""The desktop's media controls, by a real client on a bus of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from player.live.controls.commands import AnyControl, Control, GoTo, SetVolume
from player.live.controls.desktop.dbus_messages import BusMessage, BusRefusal
from player.live.controls.desktop.dbus_thread import LEAVES_WITHIN_S
from player.live.controls.desktop.mpris import _CONTROLS, _CONTROLS_WITH_ARGUMENTS, PATH, PLAYER, PROPERTIES, Mpris
from player.live.controls.desktop.mpris_interfaces import introspection
from player.live.controls.inbox import Inbox
from player.live.observer import PlaybackState
from tests.fakes_controls import MINUTE, left, taken
from tests.sound_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.private_bus import PrivateBus


class Desktop:
    """A session that stands still on a bus, and the real client that asks for it."""

    def __init__(self, address: str) -> None:
        self.inbox = Inbox()
        self.mpris = Mpris(self.inbox, address)
        self._env = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}

    def playerctl(self, *words: str) -> str:
        command = ["playerctl", "--player=player", *words]
        return subprocess.run(command, env=self._env, capture_output=True, text=True, check=True).stdout.strip()

    def names(self) -> list[str]:
        done = subprocess.run(["playerctl", "--list-all"], env=self._env, capture_output=True, text=True, check=False)
        return sorted(done.stdout.split())

    @contextlib.contextmanager
    def following(self, *words: str) -> Iterator[list[str]]:
        """What the client prints when properties change."""
        command = ["playerctl", "--player=player", "--follow", *words]
        client = subprocess.Popen(command, env=self._env, stdout=subprocess.PIPE, text=True)
        lines: list[str] = []
        assert client.stdout
        reader = threading.Thread(target=lambda out: lines.extend(map(str.strip, out)), args=(client.stdout,))
        reader.start()
        try:
            yield lines
        finally:
            client.terminate()
            client.wait()
            reader.join()
            client.stdout.close()


@pytest.fixture
def desktop(private_bus: PrivateBus) -> Iterator[Desktop]:
    if not shutil.which("playerctl"):
        pytest.skip("needs playerctl: install playerctl")
    desktop = Desktop(private_bus.address)
    desktop.mpris.begin(MINUTE)
    wait_until(lambda: desktop.names() == ["player"], "it does not come onto the bus")
    yield desktop
    desktop.mpris.end()


def test_a_client_sees_what_plays(desktop: Desktop) -> None:
    desktop.mpris.show(PlaybackState(2_500))
    assert desktop.playerctl("status") == "Playing"
    assert float(desktop.playerctl("position")) == pytest.approx(2.5, abs=1.0)  # the client counts on by itself
    assert float(desktop.playerctl("volume")) == 1.0
    form = "{{title}}|{{album}}|{{xesam:asText}}|{{mpris:length}}|{{playerName}}"
    assert desktop.playerctl("metadata", "--format", form) == "Ruhe am Abend|Settle|Sit down. Let go.|60000000|player"
    desktop.mpris.show(PlaybackState(10_000, is_paused=True, volume_db=-18.0))
    wait_until(lambda: desktop.playerctl("status") == "Paused", "the pause is not sent")
    assert float(desktop.playerctl("volume")) == pytest.approx(0.5, abs=0.002)
    assert desktop.playerctl("metadata", "--format", form) == "Ruhe am Abend|Breathe||60000000|player"


@pytest.mark.parametrize(
    ("words", "control"),
    [
        (["play-pause"], Control.PAUSE_OR_RESUME),
        (["pause"], Control.PAUSE),
        (["play"], Control.RESUME),
        (["next"], Control.STEP_ON),
        (["previous"], Control.STEP_BACK),
        (["stop"], Control.QUIT),
        (["position", "52.5"], GoTo(52_500)),
        (["position", "50+"], GoTo(50_000)),
        (["volume", "0.1"], SetVolume(-60.0)),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_what_a_client_asks_for_comes_into_the_inbox(desktop: Desktop, words: list[str], control: AnyControl) -> None:
    desktop.playerctl(*words)
    assert taken(desktop.inbox) == control
    assert left(desktop.inbox) == []


def test_a_following_client_receives_changes_and_nothing_else(desktop: Desktop) -> None:
    with desktop.following("metadata", "--format", "{{status}} in {{album}}") as lines:
        wait_until(lambda: lines == ["Playing in Settle"], "the client does not follow")
        for at_ms in range(0, 9_000, 50):
            desktop.mpris.show(PlaybackState(at_ms))
        desktop.mpris.show(PlaybackState(9_000, is_paused=True))
        wait_until(lambda: lines[1:] == ["Paused in Settle"], "the pause is not sent")
        desktop.mpris.show(PlaybackState(10_000, is_paused=True))
        wait_until(lambda: lines[2:] == ["Paused in Breathe"], "the chapter is not sent")
        desktop.mpris.end()
        wait_until(lambda: lines[3:] == [""], "the end is not sent")


def test_a_client_that_counts_on_by_itself_receives_jumps() -> None:
    now = [0.0]
    mpris = Mpris(Inbox(), "unix:path=/nowhere", lambda: now[0])
    sent: list[str] = []
    mpris._emit = lambda interface, member, *arguments: sent.append(member)  # type: ignore[method-assign]
    mpris.begin(MINUTE)
    sent.clear()
    for at_ms in (*range(0, 9_000, 50), *range(50_000, 51_000, 50)):
        mpris.show(PlaybackState(at_ms))
        now[0] += 0.05
    mpris.show(PlaybackState(50_000, is_paused=True))
    now[0] += 600
    mpris.show(PlaybackState(50_000, is_paused=True))
    mpris.show(PlaybackState(50_000))
    mpris.end()
    assert sent == ["PropertiesChanged", "Seeked", "PropertiesChanged", "Seeked", "PropertiesChanged"]


def test_a_second_player_takes_a_name_of_its_own(desktop: Desktop, private_bus: PrivateBus) -> None:
    second = Mpris(Inbox(), private_bus.address)
    second.begin(MINUTE)
    wait_until(lambda: desktop.names() == ["player", f"player.instance{os.getpid()}"], "the second one is not there")
    second.end()
    wait_until(lambda: desktop.names() == ["player"], "the second one is still there")


def test_the_next_session_of_a_programme_is_a_new_track(desktop: Desktop) -> None:
    first = desktop.playerctl("metadata", "mpris:trackid")
    desktop.mpris.begin(MINUTE)
    wait_until(lambda: desktop.playerctl("metadata", "mpris:trackid") != first, "the track stays the same")
    desktop.mpris.end()
    desktop.mpris.begin(MINUTE)
    wait_until(lambda: desktop.names() == ["player"], "it does not come back")


@pytest.mark.parametrize("address", ["unix:path=/nowhere", "nonsense", None])
def test_without_a_bus_it_is_silently_absent(
    address: str | None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    mpris = Mpris(Inbox(), address)
    mpris.begin(MINUTE)
    wait_until(lambda: not mpris.is_trying, "it does not give up")
    mpris.show(PlaybackState(1_000, is_paused=True))
    mpris.end()
    mpris.end()
    assert capfd.readouterr() == ("", "")


def test_a_bus_that_goes_away_causes_no_error(
    desktop: Desktop, private_bus: PrivateBus, capfd: pytest.CaptureFixture[str]
) -> None:
    private_bus.die()
    desktop.mpris.show(PlaybackState(1_000, is_paused=True))
    wait_until(lambda: not desktop.mpris.is_trying, "it is not seen")
    desktop.mpris.show(PlaybackState(1_000))
    desktop.mpris.end()
    assert capfd.readouterr() == ("", "")


def test_a_bus_that_never_answers_does_not_hold_us_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        mpris = Mpris(Inbox(), f"unix:path={tmp_path}/bus")
        mpris.begin(MINUTE)
        with silent.accept()[0] as caller:
            caller.recv(1)
            began = time.monotonic()
            mpris.end()
            assert time.monotonic() - began < LEAVES_WITHIN_S + 1.0  # the second is for a busy machine


class TestAnswers:
    """Without a bus."""

    @pytest.fixture
    def mpris(self) -> Iterator[Mpris]:
        mpris = Mpris(Inbox(), "unix:path=/nowhere")
        mpris.begin(MINUTE)
        mpris.show(PlaybackState(12_000))
        yield mpris
        mpris.end()

    @pytest.mark.parametrize(
        ("member", "arguments", "control"),
        [
            ("Seek", [5_000_000], Control.STEP_ON),  # the step is longer: its own beginning would be a way back
            ("Seek", [-1_000_000], GoTo(11_000)),
            ("Seek", [-99_000_000], GoTo(0)),
            ("Seek", [99_000_000], Control.STEP_ON),
            ("SetPosition", ["/player/session/1", 20_000_000], GoTo(20_000)),
            ("SetPosition", ["/player/session/1", 99_000_000], None),
            ("SetPosition", ["/player/session/2", 20_000_000], None),
            ("OpenUri", ["file:///etc/passwd"], None),
        ],
    )
    def test_places_are_steps(
        self, mpris: Mpris, member: str, arguments: list[object], control: AnyControl | None
    ) -> None:
        assert mpris.answer(BusMessage(PATH, PLAYER, member, tuple(arguments))) == []
        assert left(mpris._inbox) == ([control] if control else [])

    def test_what_the_introspection_promises_is_answered(self, mpris: Mpris) -> None:
        tree = ET.fromstring(introspection())  # noqa: S314 (our own)
        for interface in tree:
            for each in interface.iter("property"):
                answer = mpris.answer(BusMessage(PATH, PROPERTIES, "Get", (interface.get("name"), each.get("name"))))
                assert isinstance(answer, list)
                assert answer[0].value.signature == each.get("type")
            promised = {each.get("name") for each in interface.iter("property")}
            everything = mpris.answer(BusMessage(PATH, PROPERTIES, "GetAll", (interface.get("name"),)))
            assert isinstance(everything, list)
            assert everything[0].value.keys() == promised
        methods = {(interface.get("name"), each.get("name")) for interface in tree for each in interface.iter("method")}
        assert methods == {*_CONTROLS, *_CONTROLS_WITH_ARGUMENTS}

    def test_what_is_not_there_is_refused(self, mpris: Mpris) -> None:
        assert isinstance(mpris.answer(BusMessage(PATH, PROPERTIES, "Get", (PLAYER, "LoopStatus"))), BusRefusal)
        assert isinstance(mpris.answer(BusMessage(PATH, PROPERTIES, "Set", (PLAYER, "Colour", 1))), BusRefusal)
        assert mpris.answer(BusMessage(PATH, PLAYER, "Dance", ())) is None
        assert mpris.answer(BusMessage("/", PLAYER, "Next", ())) is None

    @pytest.mark.parametrize("volume", ["loud", float("nan"), None])
    def test_a_volume_is_a_number(self, mpris: Mpris, volume: object) -> None:
        assert isinstance(mpris.answer(BusMessage(PATH, PROPERTIES, "Set", (PLAYER, "Volume", volume))), BusRefusal)
        assert left(mpris._inbox) == []

    def test_settings_that_are_not_offered_are_left_alone(self, mpris: Mpris) -> None:
        assert mpris.answer(BusMessage(PATH, PROPERTIES, "Set", (PLAYER, "Rate", 2.0))) == []
        assert left(mpris._inbox) == []
