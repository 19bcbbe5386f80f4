"""Whether the threads that play still run: some sound systems leave them asleep for ever.

ALSA's PulseAudio plugin sometimes misses a wake-up soon after the device was opened: simpleaudio's thread then waits
in ``snd_pcm_writei`` for ever, nothing is heard, and nothing tells so. On a busy machine (a load of 16) that befell 2
of 48 devices. Only Linux tells how often a thread ran; elsewhere nothing is ever called stuck.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

_TASKS: Final = Path("/proc/self/task")
LOOK_EVERY_S: Final = 0.5
LEAST: Final = 4
"""So often the threads run between two looks, at least: with 100 ms of sound ahead, healthy ones run 20 times or more
(measured: 75); beside a stuck one, PulseAudio's own thread runs once or twice."""
STUCK_S: Final = 2.0
_LONGEST_STEP_S: Final = 0.1  # a longer one does not count: the process was halted, or the computer slept


class ThreadActivity:
    """How often the threads ran that began after this was made."""

    def __init__(self) -> None:
        self._before = _threads()

    def count(self) -> int | None:
        """Grows while they run; None if that cannot be told."""
        began = _threads() - self._before
        return sum(map(_switches, began)) if began else None


class StuckWatch:
    """Looks at a count of runs, from a moment on; ``now`` is in seconds of a clock that never goes back.

    Attributes
    ----------
    alive_at
        When the threads were seen to run last.
    """

    def __init__(self, activity: ThreadActivity, now: float) -> None:
        self.alive_at = now
        self._activity = activity
        self._seen = activity.count()
        self._stepped = now
        self._since_look_s = self._still_s = 0.0

    def is_stuck(self, now: float) -> bool:
        """Call it often."""
        self._since_look_s += min(now - self._stepped, _LONGEST_STEP_S)
        self._stepped = now
        if self._since_look_s >= LOOK_EVERY_S:
            self._look(now)
        return self._still_s >= STUCK_S

    def _look(self, now: float) -> None:
        before, self._seen = self._seen, self._activity.count()
        is_still = self._seen is not None and before is not None and self._seen - before < LEAST
        self._still_s = self._still_s + self._since_look_s if is_still else 0.0
        self._since_look_s = 0.0
        if not is_still:
            self.alive_at = now


def _threads() -> set[str]:
    with contextlib.suppress(OSError):
        return {each.name for each in _TASKS.iterdir()}
    return set()


def _switches(thread: str) -> int:
    with contextlib.suppress(OSError, ValueError):  # it has ended meanwhile
        lines = (_TASKS / thread / "status").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if "ctxt_switches:" in line)
    return 0
