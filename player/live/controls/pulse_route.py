"""Watching to which output PulseAudio or PipeWire routes the sound.

When headphones are unplugged, these sound servers go on at the loudspeakers of the room. Then playing pauses, and a
notice names the new output, which is the known one from then on. Without such a sound server nothing happens.
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
from player.live.controls import pulse_library
from player.live.controls.commands import ForcedPause

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from typing_extensions import Self

    from player.live.controls.inbox import Inbox

LOOK_EVERY_S: Final = 1.0
"""The server reports changes at once; a new device process is looked for this often."""
LEAVES_WITHIN_S: Final = 0.15


@dataclass(frozen=True)
class PulseOutput:
    """An output: the permanent names of a sink and of its active port, such as headphones."""

    sink: str
    port: str
    description: str = field(compare=False)


class PulseRoute:
    """A control source that pauses when the sound is moved to another output.

    Parameters
    ----------
    is_ours
        Returns whether a process is one of our device processes; called in another thread.

    Attributes
    ----------
    output
        Where the sound was found last, or None.
    """

    def __init__(self, inbox: Inbox, is_ours: Callable[[int], bool] | None = None) -> None:
        self._inbox = inbox
        self._is_ours = is_ours or is_child
        self.output: PulseOutput | None = None
        self._watch = _Watch(self._look)

    def __enter__(self) -> Self:
        """Start watching."""
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop watching."""
        self._watch.leave()

    def _look(self, pulse: Any) -> None:  # noqa: ANN401 (the library has no types)
        output, before = output_of(self._is_ours, pulse), self.output
        self.output = output or before
        if output and before and output != before:
            self._inbox.put(
                ForcedPause(f"The sound moved to {printable(output.description)}; press space to go on there.")
            )


class _Watch(threading.Thread):
    """Calls ``look`` with a connection to the sound server, at each change there and every `LOOK_EVERY_S`."""

    def __init__(self, look: Callable[[Any], None]) -> None:
        super().__init__(name="route", daemon=True)
        self._look = look
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._pulse: Any = None

    def run(self) -> None:
        """Run until `leave`; connect again to a server that was restarted."""
        with contextlib.suppress(ImportError, OSError):  # no pulsectl, no libpulse
            pulsectl = pulse_library.load()
            while not self._over.is_set():
                with contextlib.suppress(Exception):  # no server, or it is gone; the library has many errors for that
                    self._listen(pulsectl)
                self._over.wait(LOOK_EVERY_S)

    def leave(self) -> None:
        """Stop the thread; if it is busy with something else, it is abandoned, and ends with the program."""
        self._over.set()
        until = time.monotonic() + LEAVES_WITHIN_S
        while self.is_alive() and time.monotonic() < until:
            with self._lock:
                if self._pulse:
                    self._pulse.event_listen_stop()  # has no effect just before it listens, so it is called repeatedly
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
                    if not changed:  # a change during the look needs another look
                        pulse.event_listen(LOOK_EVERY_S)
            finally:
                self._share(None)

    def _share(self, pulse: Any) -> None:  # noqa: ANN401 (the library has no types)
        with self._lock:
            self._pulse = pulse


def output_of(is_ours: Callable[[int], bool], pulse: Any) -> PulseOutput | None:  # noqa: ANN401 (the library has no types)
    """The output of our device process, or None."""
    played_by = ((stream, stream.proplist.get("application.process.id", "")) for stream in pulse.sink_input_list())
    at = next((stream.sink for stream, pid in played_by if pid.isdecimal() and is_ours(int(pid))), None)
    sink = next((each for each in pulse.sink_list() if each.index == at), None)
    if sink is None:
        return None
    if port := sink.port_active:
        return PulseOutput(sink.name, port.name, f"{port.description} of {sink.description}")
    return PulseOutput(sink.name, "", sink.description)


def is_child(pid: int) -> bool:
    """Whether a process is a child of this one, as all device processes are."""
    with contextlib.suppress(OSError, ValueError):  # it is gone
        _, _, after_its_name = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")
        _, parent, *_ = after_its_name.split()
        return int(parent) == os.getpid()
    return False
