"""The company at work: made when the first sound is on its way, there with every session, asked and told.

The rule: what is in the inbox is taken all at once, so that who holds a key down is never behind.
"""

from __future__ import annotations

import contextlib
import time
from queue import Empty
from typing import TYPE_CHECKING

from player.live.controls.commands import Control, Quit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from typing_extensions import Self

    from player.live.controls.commands import AnyControl
    from player.live.observer import PlaybackObserver, PlaybackState
    from player.live.participants import Participants
    from player.timeline.model import Timeline


class RunningParticipants:
    """A company, for as long as the context lasts."""

    def __init__(self, company: Participants) -> None:
        self.company = company
        self._stack = contextlib.ExitStack()
        self._views: list[PlaybackObserver] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    @contextlib.contextmanager
    def at(self, timeline: Timeline) -> Iterator[None]:
        """A session sounds: everybody is there, and keys mean something."""
        views = self._arrived()
        with contextlib.ExitStack() as stack:
            for view in views:
                stack.callback(view.end)
                view.begin(timeline)
            if self.company.keys:
                stack.enter_context(self.company.keys(self.company.inbox))
            yield

    def asked(self, wait_s: float) -> Iterator[AnyControl]:
        """What is wanted now; none is there after so many seconds without any."""
        inbox = self.company.inbox
        with contextlib.suppress(Empty):
            yield inbox.get(timeout=wait_s)
            while True:
                yield inbox.get_nowait()

    def show(self, moment: PlaybackState) -> None:
        """Tell all who watch."""
        for view in self._views or ():
            view.show(moment)

    def rest(self, seconds: float) -> int | None:
        """Let time go by; if somebody ends it meanwhile, the exit code. Everything else is for the next session."""
        until = time.monotonic() + seconds
        later: list[AnyControl] = []
        try:
            while (left := until - time.monotonic()) > 0:
                for control in self.asked(left):
                    if (code := exit_code(control)) is not None:
                        return code
                    later.append(control)
        finally:
            for control in later:
                self.company.inbox.put(control)
        return None

    def _arrived(self) -> list[PlaybackObserver]:
        if self._views is None:
            self._views = [make() for make in self.company.views]
            for hand in self.company.hands:
                self._stack.enter_context(hand(self.company.inbox))
        return self._views


def exit_code(control: AnyControl) -> int | None:
    """The exit code that an end asks for; None for all that is no end."""
    if isinstance(control, Quit):
        return control.exit_code
    return 0 if control is Control.QUIT else None
