"""The running participants: started with the first session, and used by the loop in every session.

All controls in the inbox are taken at once, so that playback does not lag behind a key that is held down.
"""

from __future__ import annotations

import contextlib
import time
from queue import Empty
from typing import TYPE_CHECKING

from player.live.controls.commands import Control, Quit
from player.live.controls.sleep import SleepDetector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from typing_extensions import Self

    from player.live.controls.commands import AnyControl
    from player.live.observer import PlaybackObserver, PlaybackState, Ticking
    from player.live.participants import Participants
    from player.timeline.model import Timeline


class RunningParticipants:
    """Participants that are running until the context ends."""

    def __init__(self, participants: Participants) -> None:
        self.participants = participants
        self._stack = contextlib.ExitStack()
        self._observers: list[PlaybackObserver] | None = None
        self._ticking: list[Ticking] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    @contextlib.contextmanager
    def session(self, timeline: Timeline) -> Iterator[None]:
        """For as long as a session sounds: the observers are begun, and keys are read."""
        observers = self._start()
        with contextlib.ExitStack() as stack:
            for observer in observers:
                stack.callback(observer.end)
                observer.begin(timeline)
            self._ticking = list(self._new_ticking())
            if self.participants.keys:
                stack.enter_context(self.participants.keys(self.participants.inbox))
            yield

    def controls(self, wait_s: float) -> Iterator[AnyControl]:
        """The controls in the inbox; if there is none, wait ``wait_s`` at most for the first one."""
        inbox = self.participants.inbox
        with contextlib.suppress(Empty):
            yield inbox.get(timeout=wait_s)
            while True:
                yield inbox.get_nowait()

    def show(self, state: PlaybackState) -> None:
        """Show a state to all observers, then let all that tick do so."""
        for observer in self._observers or ():
            observer.show(state)
        for each in self._ticking:
            each.tick(is_paused=state.is_paused)

    def wait(self, seconds: float) -> int | None:
        """Wait, and return the exit code of a control that ends it. Other controls are kept for the next session."""
        until = time.monotonic() + seconds
        later: list[AnyControl] = []
        try:
            while (left := until - time.monotonic()) > 0:
                for control in self.controls(left):
                    if (code := exit_code(control)) is not None:
                        return code
                    later.append(control)
        finally:
            for control in later:
                self.participants.inbox.put(control)
        return None

    def _start(self) -> list[PlaybackObserver]:
        if self._observers is None:
            participants, inbox = self.participants, self.participants.inbox
            self._observers, sources = [make() for make in participants.observers], participants.control_sources
            if participants.with_system:
                from player.live.controls import sources as system  # noqa: PLC0415 (20 ms; the first sound goes first)

                awake = system.keep_awake(is_watched=participants.is_watched)
                participants.add_job_part(awake)
                self._observers += (awake, *system.desktop_observers(inbox))
                sources += system.system_sources()
            for source in sources:
                self._stack.enter_context(source(inbox))
        return self._observers

    def _new_ticking(self) -> Iterator[Ticking]:
        yield from (make() for make in self.participants.ticking)
        if self.participants.with_system:
            yield SleepDetector(self.participants.inbox)


def exit_code(control: AnyControl) -> int | None:
    """The exit code of a control that ends playing; None for other controls."""
    if isinstance(control, Quit):
        return control.exit_code
    return 0 if control is Control.QUIT else None
