"""Detecting that the computer slept: a clock that counts sleep runs ahead of one that does not.

It uses no thread, and no wall clock where it can, because that may be set. It compares the two clocks at each tick. It
sees a sleep only afterwards; ``desktop.logind`` knows it beforehand, where logind runs.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

from player.live.controls.commands import ForcedPause

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.controls.inbox import Inbox

SLEPT: Final = ForcedPause("The computer slept; press space to go on.")
TOLERANCE_S: Final = 2.0
"""A shorter sleep interrupts nothing: this much sound is buffered."""


class SleepDetector:
    """Pauses when the computer has slept since this was made, which is done for each session.

    ``asleep`` returns how many seconds the computer has slept since some moment in the past. It may return too little
    if the program was halted between reading its two clocks, but never too much.
    """

    def __init__(self, inbox: Inbox, asleep: Callable[[], float] | None = None) -> None:
        self._inbox = inbox
        self._asleep = asleep or asleep_s
        self._known_s = self._asleep()

    def tick(self, *, is_paused: bool) -> None:
        """Compare the clocks; pause if it is not paused already."""
        now_s = self._asleep()
        if now_s - self._known_s > TOLERANCE_S and not is_paused:
            self._inbox.put(SLEPT)
        self._known_s = max(now_s, self._known_s)


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
