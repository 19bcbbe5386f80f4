"""Noticing that the sound was moved to another loudspeaker; the only module that knows pulsectl.

When headphones are unplugged, PulseAudio and PipeWire go on by themselves at the loudspeakers of the room. The rule:
never silently: playing is paused, and the listener is told where it would go on. After that the new place is the known
one. Where there is no such sound server, this is silently absent.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from player.errors import printable
from player.live.controls.commands import ForcedPause

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.controls.inbox import Inbox
    from player.live.observer import PlaybackState
    from player.timeline.model import Timeline

LOOK_EVERY_S: Final = 1.0
"""The server tells of changes at once; a loudspeaker's new process is looked for this often."""
LEAVES_WITHIN_S: Final = 0.15


@dataclass(frozen=True)
class PulseOutput:
    """Where sound comes out: a sink, and the port of it that is in use, such as headphones, by their lasting names."""

    sink: str
    port: str
    description: str = field(compare=False)


class PulseRoute:
    """A view that pauses when our sound comes out elsewhere.

    Parameters
    ----------
    is_ours
        Whether the process of this number is one of our loudspeakers; asked in another thread.

    Attributes
    ----------
    place
        Where the sound was found last, or None.
    """

    def __init__(self, inbox: Inbox, is_ours: Callable[[int], bool] | None = None) -> None:
        self._inbox = inbox
        self._is_ours = is_ours or is_child
        self.place: PulseOutput | None = None
        self._watch: _Watch | None = None

    def begin(self, timeline: Timeline) -> None:  # noqa: ARG002 (whatever plays, its place is what counts)
        """Begin to watch."""
        if self._watch is None:
            self._watch = _Watch(self._look)
            self._watch.start()

    def show(self, moment: PlaybackState) -> None:
        """Nothing depends on the moment."""

    def end(self) -> None:
        """Watch no longer; the place stays known for the next session."""
        if self._watch:
            self._watch.leave()
        self._watch = None

    def _look(self, pulse: Any) -> None:  # noqa: ANN401 (the library has no types)
        place, before = place_of(self._is_ours, pulse), self.place
        self.place = place or before
        if place and before and place != before:
            self._inbox.put(
                ForcedPause(f"The sound moved to {printable(place.description)}; press space to go on there.")
            )


class _Watch(threading.Thread):
    """Calls ``look`` with a connection to the sound server, whenever something changes there, and now and then."""

    def __init__(self, look: Callable[[Any], None]) -> None:
        super().__init__(name="route", daemon=True)
        self._look = look
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._pulse: Any = None

    def run(self) -> None:
        """Go on until told to leave; a server that was restarted is found again."""
        with contextlib.suppress(ImportError, OSError):  # no pulsectl, no libpulse
            import pulsectl  # noqa: PLC0415 (it takes 0.1 s to load)

            while not self._over.is_set():
                with contextlib.suppress(Exception):  # no server, or it is gone; its library has many words for that
                    self._listen(pulsectl)
                self._over.wait(LOOK_EVERY_S)

    def leave(self) -> None:
        """Return when it is gone; if it is busy otherwise, it is left behind, and ends with the program."""
        self._over.set()
        until = time.monotonic() + LEAVES_WITHIN_S
        while self.is_alive() and time.monotonic() < until:
            with self._lock:
                if self._pulse:
                    self._pulse.event_listen_stop()  # in vain if it is just about to listen: so more than once
            self.join(0.01)

    def _listen(self, pulsectl: Any) -> None:  # noqa: ANN401 (the library has no types)
        changed = False

        def wake(_: object) -> None:
            nonlocal changed
            changed = True
            raise pulsectl.PulseLoopStop

        with pulsectl.Pulse("player", connect=False) as pulse:
            pulse.connect()
            pulse.event_callback_set(wake)
            pulse.event_mask_set("sink", "sink_input")
            self._share(pulse)
            try:
                while not self._over.is_set():
                    changed = False
                    self._look(pulse)
                    if not changed:  # a change while we looked is looked at again
                        pulse.event_listen(LOOK_EVERY_S)
            finally:
                self._share(None)

    def _share(self, pulse: Any) -> None:  # noqa: ANN401 (the library has no types)
        with self._lock:
            self._pulse = pulse


def place_of(is_ours: Callable[[int], bool], pulse: Any) -> PulseOutput | None:  # noqa: ANN401 (the library has no types)
    """Where a process of ours is heard; None where none is."""
    played_by = ((stream, stream.proplist.get("application.process.id", "")) for stream in pulse.sink_input_list())
    at = next((stream.sink for stream, pid in played_by if pid.isdecimal() and is_ours(int(pid))), None)
    sink = next((each for each in pulse.sink_list() if each.index == at), None)
    if sink is None:
        return None
    if port := sink.port_active:
        return PulseOutput(sink.name, port.name, f"{port.description} of {sink.description}")
    return PulseOutput(sink.name, "", sink.description)


def is_child(pid: int) -> bool:
    """Whether a process was started by this one, as loudspeakers are, whichever of them plays at present."""
    with contextlib.suppress(OSError, ValueError):  # it is gone
        _, _, after_its_name = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")
        _, parent, *_ = after_its_name.split()
        return int(parent) == os.getpid()
    return False
