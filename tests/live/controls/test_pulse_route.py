"""Sound that is moved to another output: by a real sound server, and by a fake one with ports."""

from __future__ import annotations

import subprocess
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from player.live.controls.commands import ForcedPause
from player.live.controls.inbox import Inbox
from player.live.controls.pulse_route import LEAVES_WITHIN_S, PulseOutput, PulseRoute, is_child, output_of
from player.live.device.child import DeviceProcess
from player.live.device.ringbuffer import FRAME_BYTES, SharedRingBuffer
from player.units import RATE
from tests.fakes_controls import left, taken
from tests.sound_server import sound_server, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Server:
    """A sound server that moves streams to another sink when theirs goes away."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.pactl("load-module", "module-rescue-streams")

    def pactl(self, *words: str) -> str:
        return subprocess.run(
            ["pactl", *words], env=self.env, capture_output=True, text=True, check=True
        ).stdout.strip()

    def plug(self, name: str, description: str) -> str:
        """Add a sink; return the module that removes it."""
        properties = f"sink_properties=device.description={description}"
        return self.pactl("load-module", "module-null-sink", f"sink_name={name}", "rate=48000", properties)

    def move(self, name: str) -> None:
        stream, *_ = self.pactl("list", "short", "sink-inputs").split()
        self.pactl("move-sink-input", stream, name)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    pytest.importorskip("pulsectl", reason="needs pulsectl: pip install pulsectl")
    with sound_server() as env:
        yield Server(env)


class Playing:
    """Half a minute of silence, in one loudspeaker's process after another."""

    def __init__(self, kind: str, env: dict[str, str]) -> None:
        self._kind, self._env = kind, env
        self._child: DeviceProcess | None = None
        self._rings: list[SharedRingBuffer] = []

    def start(self) -> None:
        ring = SharedRingBuffer.create(30 * RATE, 30 * RATE)
        ring.write(bytes(30 * RATE * FRAME_BYTES))
        ring.go = 1
        self._rings.append(ring)
        self._child = DeviceProcess(self._kind, ring, self._env)

    def stop(self) -> None:
        if self._child:
            self._child.end()
            self._rings.pop().close()
        self._child = None


@pytest.mark.device
def test_a_move_pauses_and_tells_where_it_would_go_on(
    kind: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", server.env["PULSE_SERVER"])
    inbox = Inbox()
    playing = Playing(kind, server.env)
    route = PulseRoute(inbox)
    plug = server.plug("phones", "Headphones")
    try:
        with route:
            playing.start()
            wait_until(lambda: route.output is not None and route.output.sink == "null", "its place is not found")
            server.move("phones")
            assert taken(inbox) == ForcedPause("The sound moved to Headphones; press space to go on there.")
            assert route.output == PulseOutput("phones", "", "")
            server.pactl("set-sink-volume", "phones", "50%")  # a change of something else is no move
            server.pactl("unload-module", plug)
            assert taken(inbox) == ForcedPause("The sound moved to Null Output; press space to go on there.")
            playing.stop()
            server.plug("room", "Loudspeakers")
            server.pactl("set-default-sink", "room")
            playing.start()  # after a long pause there is a new process, and it may come out elsewhere
            assert taken(inbox) == ForcedPause("The sound moved to Loudspeakers; press space to go on there.")
            assert left(inbox) == []
    finally:
        playing.stop()
        server.pactl("set-default-sink", "null")


@pytest.mark.device
def test_it_leaves_at_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", server.env["PULSE_SERVER"])
    route = PulseRoute(Inbox())
    watch = route._watch
    with route:
        wait_until(lambda: watch._pulse is not None, "it does not connect")
        began = time.monotonic()
    assert time.monotonic() - began < LEAVES_WITHIN_S + 1.0  # the second is for a busy machine
    watch.join(10)
    assert not watch.is_alive()


def test_without_a_server_it_is_silently_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nothing")
    inbox = Inbox()
    with PulseRoute(inbox):
        time.sleep(0.2)
    assert left(inbox) == []
    assert capfd.readouterr() == ("", "")


class Pulse:
    """A server with one sound card of two ports, at which process 7 is heard."""

    def __init__(self, port: str | None) -> None:
        active = SimpleNamespace(name=port, description=f"The {port}") if port else None
        self._sink = SimpleNamespace(index=3, name="card", description="Built-in Audio", port_active=active)

    def sink_list(self) -> list[Any]:
        return [SimpleNamespace(index=1, name="other"), self._sink]

    def sink_input_list(self) -> list[Any]:
        return [
            SimpleNamespace(sink=1, proplist={"application.name": "another"}),
            SimpleNamespace(sink=1, proplist={"application.process.id": "77"}),
            SimpleNamespace(sink=3, proplist={"application.process.id": "7"}),
        ]


def test_another_port_of_the_same_card_is_a_move() -> None:
    inbox = Inbox()
    route = PulseRoute(inbox, lambda pid: pid == 7)
    for port in ("phones", "phones", "speaker", "speaker", None):
        route._look(Pulse(port))
    assert left(inbox) == [
        ForcedPause("The sound moved to The speaker of Built-in Audio; press space to go on there."),
        ForcedPause("The sound moved to Built-in Audio; press space to go on there."),
    ]


def test_others_are_nowhere() -> None:
    assert output_of(lambda pid: pid == 8, Pulse("phones")) is None


def test_whose_a_process_is() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        assert is_child(child.pid)
        child.kill()
    assert not is_child(child.pid)
    assert not is_child(1)
