"""The device's process as the player sees it: started, watched, ended.

A crash, an exit or a standstill of that process is reported as a short reason; the player never hangs. The ring still
holds how far the sound was heard; the caller turns both into a message for the user.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.children import GONE_WITHIN_S, ending
from player.cores import load
from player.live.device.latency import latency_ms
from player.live.device.ringbuffer import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from player.live.device.ringbuffer import SharedRingBuffer

OPENING_S: Final = 10.0
"""A sleeping Bluetooth device takes a few seconds to open."""
STALL_S: Final = 5.0
"""A sound server that is being restarted takes a second or two."""

_LONGEST_GAP_S: Final = 0.5  # longer gaps between two looks do not count: the computer or this process may have slept


class DeviceProcess:
    """A process that plays ``ring``; it starts to open its device at once."""

    def __init__(
        self,
        kind: str,
        ring: SharedRingBuffer,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ring = ring
        self._clock = clock
        self._seen = (-1, -1)
        self._looked = clock()
        self._still_s = 0.0
        self._process = _spawn(kind, ring, environ)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def is_done(self) -> bool:
        """All sound has been heard."""
        return self._ring.state == State.DONE

    def failure(self) -> str | None:
        """Why there will be no more sound, or None. Call it a few times a second."""
        ended = self._process.poll() is not None  # first: if it has ended, everything that it wrote can be read below
        if self._ring.state == State.FAILED:
            return self._ring.message
        if ended and not self.is_done:
            return _ending(self._process.returncode)
        return self._standstill()

    def end(self) -> None:
        """End the process, and return when it is gone, or cannot be ended: some seconds at most."""
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
            return
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # the system holds it, such as a driver that hangs
            self._process.wait(GONE_WITHIN_S)

    def _standstill(self) -> str | None:
        """Add up short gaps between looks, not clock time: a halt or a sleep of the computer does not count."""
        now = self._clock()
        seen = self._progress()
        self._still_s = self._still_s + min(now - self._looked, _LONGEST_GAP_S) if seen == self._seen else 0.0
        self._seen, self._looked = seen, now
        limit = STALL_S if self._ring.state == State.PLAYING else OPENING_S
        return f"it did not answer for {limit:.0f} seconds" if self._still_s > limit else None

    def _progress(self) -> tuple[int, int]:
        """Changes as long as all is well: the head while there is sound to take, otherwise the heartbeat."""
        ring = self._ring
        moving = ring.state == State.PLAYING and ring.head < ring.filled
        return (ring.state, ring.head if moving else ring.heartbeat)


def _spawn(kind: str, ring: SharedRingBuffer, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # Its working folder is the one that contains `player`. So it finds the same package, and `-m`, which looks for
    # modules in the working folder first, never finds a stray file of the user's.
    home = Path(__file__).parents[3]
    held = str(latency_ms(kind, environ, load()))
    command = [sys.executable, "-m", "player.live.device.process", kind, ring.handle, str(ring.capacity), held]
    quiet = subprocess.DEVNULL  # ALSA writes to the terminal by itself
    env = {**environ, "PULSE_LATENCY_MSEC": held, "PYTHONMALLOC": "malloc"}  # the latter: see `simpleaudio`
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        flags |= subprocess.ABOVE_NORMAL_PRIORITY_CLASS
        return subprocess.Popen(
            command, cwd=home, env=env, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, creationflags=flags
        )
    return subprocess.Popen(
        command,
        cwd=home,
        env=env,
        stdin=subprocess.PIPE,
        stdout=quiet,
        stderr=quiet,
        pass_fds=[int(ring.handle)],
        start_new_session=True,  # Ctrl-C must not reach it: the player fades out first; see also `latency`
    )


def _ending(code: int) -> str:
    return f"its process {'ended with' if code >= 0 else 'was ended by'} {ending(code)}"
