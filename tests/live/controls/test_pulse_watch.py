"""The watch over the sound server's routes, with a library of the test's own in pulsectl's place."""

from __future__ import annotations

import sys
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from player.live.controls import pulse_route
from player.live.controls.commands import ForcedPause
from player.live.controls.inbox import Inbox
from player.live.controls.pulse_route import PulseOutput, PulseRoute
from tests.fakes_controls import left, taken
from tests.sound_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Self


class LoopStopError(Exception):
    """What pulsectl's callback raises to end its loop."""


class FakeServer:
    """Process 7 is heard at ``sink``; `change` tells that to whoever listens. While it is ``down``, nobody connects."""

    def __init__(self) -> None:
        self.sink = "phones"
        self.down = False
        self.connected = 0
        self.asked: list[tuple[str, ...]] = []
        self._changed = threading.Event()

    def change(self, sink: str) -> None:
        self.sink = sink
        self._changed.set()

    def go_down(self) -> None:
        self.down = True
        self._changed.set()

    # What pulsectl has

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connected -= 1

    def connect(self) -> None:
        self.connected += 1
        if self.down:
            raise ConnectionError("no server")

    def event_callback_set(self, callback: Callable[[object], None]) -> None:
        self._callback = callback

    def event_mask_set(self, *names: str) -> None:
        self.asked.append(names)

    def event_listen(self, timeout: float) -> None:
        if self._changed.wait(timeout):
            self._changed.clear()
            if self.down:
                raise ConnectionError("the server is gone")
            with pytest.raises(LoopStopError):
                self._callback(None)

    def event_listen_stop(self) -> None:
        self._changed.set()

    def sink_list(self) -> list[Any]:
        return [SimpleNamespace(index=1, name=self.sink, description=f"The {self.sink}", port_active=None)]

    def sink_input_list(self) -> list[Any]:
        return [SimpleNamespace(sink=1, proplist={"application.process.id": "7"})]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    server = FakeServer()
    library = SimpleNamespace(Pulse=lambda name, connect: server, PulseLoopStop=LoopStopError)
    monkeypatch.setitem(sys.modules, "pulsectl", library)
    monkeypatch.setattr(pulse_route, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(pulse_route, "LEAVES_WITHIN_S", 20.0)  # a busy machine
    yield server
    assert server.connected == 0, "a connection was left"


def found(route: PulseRoute, sink: str) -> Callable[[], bool]:
    return lambda: route.output is not None and route.output.sink == sink


def test_a_change_at_the_server_is_seen_and_pauses(server: FakeServer) -> None:
    inbox = Inbox()
    with PulseRoute(inbox, lambda pid: pid == 7) as route:
        wait_until(found(route, "phones"), "it does not look")
        server.change("room")
        assert taken(inbox) == ForcedPause("The sound moved to The room; press space to go on there.")
        server.change("room")  # of something else
        server.change("phones")
        assert taken(inbox) == ForcedPause("The sound moved to The phones; press space to go on there.")
        assert route.output == PulseOutput("phones", "", "")
    assert left(inbox) == []
    assert server.asked == [("sink", "sink_input")]


def test_a_server_that_was_restarted_is_watched_again_and_the_output_is_still_known(server: FakeServer) -> None:
    inbox = Inbox()
    with PulseRoute(inbox, lambda pid: pid == 7) as route:
        wait_until(found(route, "phones"), "it does not look")
        server.go_down()
        wait_until(lambda: server.connected == 0, "it stays connected")
        assert route.output == PulseOutput("phones", "", "")
        server.sink, server.down = "room", False
        assert taken(inbox) == ForcedPause("The sound moved to The room; press space to go on there.")
    assert len(server.asked) > 1


def test_without_the_library_nothing_is_watched(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pulsectl", None)
    inbox = Inbox()
    with PulseRoute(inbox, lambda pid: pid == 7) as route:
        route._watch.join(20)
        assert not route._watch.is_alive()
    assert (route.output, left(inbox)) == (None, [])
    assert server.asked == []
