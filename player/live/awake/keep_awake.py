"""Keeps the machine awake while a session plays: an observer, and a part that is given back before Ctrl-Z stops it all.

Only a session that has played for some seconds asks for anything, so nothing here delays the first sound. Where the
system cannot be asked, or refuses, nothing happens and nothing is said; ``player doctor`` tells.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from player.live.awake.lock_thread import LockThread
from player.live.awake.wakefulness import Wakefulness, WakefulnessRule, rule_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.observer import PlaybackState
    from player.timeline.model import Timeline

BEGINS_AFTER_S: Final = 2.0
"""No machine falls asleep within 2 s of a command, and the library takes 0.1 s of a processor to load."""


class KeepAwake:
    """An observer that keeps the machine awake.

    Parameters
    ----------
    is_watched
        Whether a pacer is shown.
    new_thread
        Makes what asks the system.
    clock
        Seconds; it never goes back.
    """

    def __init__(
        self,
        *,
        is_watched: bool,
        new_thread: Callable[[], LockThread] = LockThread,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_watched = is_watched
        self._new_thread = new_thread
        self._clock = clock
        self._thread: LockThread | None = None
        self._rule = WakefulnessRule(Wakefulness.MAY_SLEEP, None)
        self._began_s = 0.0
        self._paused_at_s: float | None = None

    def begin(self, timeline: Timeline) -> None:
        """Note how awake this session needs the machine."""
        self._rule = rule_for(timeline, is_watched=self._is_watched)
        self._began_s, self._paused_at_s = self._clock(), None

    def show(self, state: PlaybackState) -> None:
        """Ask for what the state needs, if that has changed; it takes effect in another thread."""
        now_s = self._clock()
        if not state.is_paused:
            self._paused_at_s = None
        elif self._paused_at_s is None:
            self._paused_at_s = now_s
        if now_s - self._began_s >= BEGINS_AFTER_S:
            paused_s = 0.0 if self._paused_at_s is None else now_s - self._paused_at_s
            self._want(self._rule.at(state.at_ms, paused_s))

    def end(self) -> None:
        """Let the machine sleep."""
        self.give_back()

    @property
    def is_taken(self) -> bool:
        """Whether anything was asked for."""
        return self._thread is not None

    def take(self) -> None:
        """Nothing to do: the next state asks again."""

    def give_back(self) -> None:
        """Let the machine sleep, until a state needs it awake again."""
        if self._thread:
            self._thread.close()
        self._thread = None

    def _want(self, wanted: Wakefulness) -> None:
        if self._thread is None and wanted is not Wakefulness.MAY_SLEEP:
            self._thread = self._new_thread()
            self._thread.open()
        if self._thread:
            self._thread.want(wanted)
