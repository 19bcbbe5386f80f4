"""Noticing that the computer slept: a clock that counts sleep runs ahead of one that does not.

The rule: no thread and no wall clock, which is set now and then. It is a view because views are called often: whoever
is shown the moment can look at two clocks. The sleep itself is over by then; ``desktop.logind`` knows it beforehand,
where there is one.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

from player.live.controls.commands import ForcedPause

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.controls.inbox import Inbox
    from player.live.observer import PlaybackState
    from player.timeline.model import Timeline

SLEPT: Final = ForcedPause("The computer slept; press space to go on.")
TOLERANCE_S: Final = 2.0
"""A shorter sleep breaks nothing off: so much sound lies ready."""


class SleepDetector:
    """A view that pauses when the computer has slept.

    ``asleep`` tells how many seconds the computer has slept since some moment in the past; it may tell too little for
    once, where the program was halted between its two clocks, but never too much.
    """

    def __init__(self, inbox: Inbox, asleep: Callable[[], float] | None = None) -> None:
        self._inbox = inbox
        self._asleep = asleep or asleep_s
        self._known_s = 0.0

    def begin(self, timeline: Timeline) -> None:  # noqa: ARG002 (whatever plays, a sleep is a sleep)
        """Start from here: what was slept before is nobody's business."""
        self._known_s = self._asleep()

    def show(self, moment: PlaybackState) -> None:
        """Look at the clocks; who has paused already need not be told."""
        now_s = self._asleep()
        if now_s - self._known_s > TOLERANCE_S and not moment.is_paused:
            self._inbox.put(SLEPT)
        self._known_s = max(now_s, self._known_s)

    def end(self) -> None:
        """Nothing is held."""


if sys.platform == "linux":

    def asleep_s() -> float:
        """Seconds that the computer has slept since it was started."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()

elif sys.platform == "darwin":

    def asleep_s() -> float:
        """Seconds that the computer has slept since it was started; `time.monotonic` counts only the others here."""
        return time.clock_gettime(time.CLOCK_MONOTONIC) - time.clock_gettime(time.CLOCK_UPTIME_RAW)

elif sys.platform == "win32":
    import ctypes

    def asleep_s() -> float:
        """Seconds that the computer has slept since it was started; `time.monotonic` counts them here."""
        ever, awake = time.monotonic(), ctypes.c_ulonglong()  # the latter in units of 100 ns
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(awake))
        return ever - awake.value / 1e7

else:

    def asleep_s() -> float:
        """By the wall clock: it may take a correction of the time for a sleep, but no sleep for nothing."""
        return time.time() - time.monotonic()
