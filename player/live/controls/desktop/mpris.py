"""MPRIS: the interface of media keys, headset buttons and a desktop's media controls; control source and observer.

It sends the state when that changes, not at every tick, and puts controls into the inbox. Without a session bus, or
without dbus-fast, it does nothing.

The specification: https://specifications.freedesktop.org/mpris-spec/latest/
"""

from __future__ import annotations

import math
import os
import time
from typing import TYPE_CHECKING, Any, Final

from player.live.controls.commands import Control, GoTo, SetVolume
from player.live.controls.desktop.dbus_messages import BusRefusal, TypedValue
from player.live.controls.desktop.dbus_thread import BusThread
from player.live.controls.desktop.mpris_interfaces import introspection
from player.live.controls.desktop.mpris_properties import US_PER_MS, ExpectedPosition, ShownSession, db_of
from player.live.observer import PlaybackState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from player.live.controls.commands import AnyControl
    from player.live.controls.desktop.dbus import BusConnection
    from player.live.controls.desktop.dbus_messages import BusMessage
    from player.live.controls.desktop.mpris_properties import Properties
    from player.live.controls.inbox import Inbox
    from player.timeline.model import Timeline

NAME: Final = "org.mpris.MediaPlayer2.player"
PATH: Final = "/org/mpris/MediaPlayer2"
ROOT: Final = "org.mpris.MediaPlayer2"
PLAYER: Final = "org.mpris.MediaPlayer2.Player"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"

_ABOUT: Final[Properties] = {
    "Identity": TypedValue("s", "player"),
    "CanQuit": TypedValue("b", True),  # noqa: FBT003 (a value of D-Bus)
    "CanRaise": TypedValue("b", False),  # noqa: FBT003
    "HasTrackList": TypedValue("b", False),  # noqa: FBT003
    "SupportedUriSchemes": TypedValue("as", []),
    "SupportedMimeTypes": TypedValue("as", []),
}
_CONTROLS: Final[dict[tuple[str, str], AnyControl | None]] = {
    (ROOT, "Quit"): Control.QUIT,
    (ROOT, "Raise"): None,
    (PLAYER, "PlayPause"): Control.PAUSE_OR_RESUME,
    (PLAYER, "Play"): Control.RESUME,
    (PLAYER, "Pause"): Control.PAUSE,
    (PLAYER, "Stop"): Control.QUIT,
    (PLAYER, "Next"): Control.STEP_ON,
    (PLAYER, "Previous"): Control.STEP_BACK,
    (PLAYER, "OpenUri"): None,
}
_CONTROLS_WITH_ARGUMENTS: Final[dict[tuple[str, str], Callable[..., AnyControl | None]]] = {
    (PLAYER, "Seek"): lambda shown, state, offset_us: _seek(shown, state.at_ms, offset_us // US_PER_MS),
    (PLAYER, "SetPosition"): lambda shown, _, track, at_us: _set_position(shown, track, at_us // US_PER_MS),
}


class Mpris:
    """Shows the playing session on the session bus; ``address`` is another bus."""

    def __init__(self, inbox: Inbox, address: str | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._inbox = inbox
        self._address = address
        self._clock = clock
        self._bus: BusThread | None = None
        self._shown: ShownSession | None = None
        self._number = 0
        self._expected = ExpectedPosition()
        self._state = PlaybackState(0)
        self._properties: Properties = {}

    def begin(self, timeline: Timeline) -> None:
        """Show a session; connect to the bus for the first one."""
        self._number += 1
        self._shown, self._expected = ShownSession(timeline, self._number), ExpectedPosition()
        self.show(PlaybackState(0))
        if self._bus is None:
            self._bus = BusThread("session", self, self._address)
            self._bus.open()

    def show(self, state: PlaybackState) -> None:
        """Send the properties that have changed."""
        if self._shown is None:
            return
        before, now = self._properties, self._shown.properties(state)
        self._state, self._properties = state, now
        changed = {name: each for name, each in now.items() if before.get(name) != each}
        if changed:
            self._emit(
                PROPERTIES,
                "PropertiesChanged",
                TypedValue("s", PLAYER),
                TypedValue("a{sv}", changed),
                TypedValue("as", []),
            )
        if self._expected.jumped(state, self._clock()):
            self._emit(PLAYER, "Seeked", self._position())

    @property
    def is_trying(self) -> bool:
        """Whether it is connected, or still connecting."""
        return self._bus is not None and self._bus.is_alive

    def end(self) -> None:
        """Disconnect."""
        if self._bus:
            self._bus.close()
        self._bus = self._shown = None

    async def connected(self, connection: BusConnection) -> None:
        """Request the name; if another player has it, a name of our own."""
        if not await connection.claim_name(NAME):
            await connection.claim_name(f"{NAME}.instance{os.getpid()}")

    def received(self, signal: BusMessage) -> None:
        """It subscribes to no signals."""

    def disconnected(self) -> None:
        """There is nothing to release."""

    def answer(self, call: BusMessage) -> Sequence[TypedValue] | BusRefusal | None:
        """Answer a call of a media control."""
        if call.path != PATH:
            return None
        if call.interface == PROPERTIES:
            return self._answer_of_properties(call.member, *call.body)
        if call.member == "Introspect":
            return [TypedValue("s", introspection())]
        method = (call.interface, call.member)
        if method in _CONTROLS_WITH_ARGUMENTS:
            self._put(_CONTROLS_WITH_ARGUMENTS[method](self._shown, self._state, *call.body) if self._shown else None)
            return []
        if method in _CONTROLS:
            self._put(_CONTROLS[method])
            return []
        return None

    def _answer_of_properties(
        self,
        member: str,
        interface: str,
        *rest: Any,  # noqa: ANN401 (D-Bus carries anything)
    ) -> Sequence[TypedValue] | BusRefusal | None:
        """``rest`` is the name of a property for ``Get`` and ``Set``, and its value for ``Set``."""
        properties = self._all(interface)
        if member == "GetAll":
            return [TypedValue("a{sv}", properties)]
        name, *value = rest
        if name not in properties:
            return BusRefusal("org.freedesktop.DBus.Error.UnknownProperty", f"{interface} has no {name}")
        if member == "Get":
            return [TypedValue("v", properties[name])]
        if name == "Volume":
            if not (isinstance(value[0], float) and math.isfinite(value[0])):
                return BusRefusal("org.freedesktop.DBus.Error.InvalidArgs", "Volume must be a number")
            self._put(SetVolume(db_of(value[0])))
        return []  # the specification says to ignore other settings, such as the rate

    def _all(self, interface: str) -> Properties:
        if interface == PLAYER:
            return {**self._properties, "Position": self._position()}
        return _ABOUT if interface == ROOT else {}

    def _position(self) -> TypedValue:
        return TypedValue("x", self._state.at_ms * US_PER_MS)

    def _put(self, control: AnyControl | None) -> None:
        if control is not None:
            self._inbox.put(control)

    def _emit(self, interface: str, member: str, *arguments: TypedValue) -> None:
        if self._bus:
            self._bus.call_soon(lambda connection: connection.emit(PATH, interface, member, *arguments))


def _seek(shown: ShownSession, at_ms: int, offset_ms: int) -> AnyControl:
    """A seek forward goes at least one step on: playing begins at steps, and this step's beginning is behind us."""
    wanted_ms = max(0, at_ms + offset_ms)
    if offset_ms > 0 and (wanted_ms >= shown.total_ms or shown.is_one_step(wanted_ms, at_ms)):
        return Control.STEP_ON
    return GoTo(wanted_ms)


def _set_position(shown: ShownSession, track: str, at_ms: int) -> AnyControl | None:
    """None for a session that has ended, or a position outside it, as the specification says."""
    return GoTo(at_ms) if track == shown.track and 0 <= at_ms <= shown.total_ms else None
