"""Detecting that the computer slept: a clock that counts sleep runs ahead of one that does not.

It uses no thread, and no wall clock where it can, because that may be set. It is an observer because it must compare
the two clocks often. It sees a sleep only afterwards; ``desktop.logind`` knows it beforehand, where logind runs.
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
"""A shorter sleep interrupts nothing: this much sound is buffered."""


class SleepDetector:
    """An observer that pauses when the computer has slept.

    ``asleep`` returns how many seconds the computer has slept since some moment in the past. It may return too little
    if the program was halted between reading its two clocks, but never too much.
    """

    def __init__(self, inbox: Inbox, asleep: Callable[[], float] | None = None) -> None:
        self._inbox = inbox
        self._asleep = asleep or asleep_s
        self._known_s = 0.0

    def begin(self, timeline: Timeline) -> None:  # noqa: ARG002 (a sleep is the same for every session)
        """Ignore sleep before this."""
        self._known_s = self._asleep()

    def show(self, state: PlaybackState) -> None:
        """Compare the clocks; pause if it is not paused already."""
        now_s = self._asleep()
        if now_s - self._known_s > TOLERANCE_S and not state.is_paused:
            self._inbox.put(SLEPT)
        self._known_s = max(now_s, self._known_s)

    def end(self) -> None:
        """Does nothing."""


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
        """By the wall clock: it may mistake a correction of the time for a sleep, but it never misses a sleep."""
        return time.time() - time.monotonic()
