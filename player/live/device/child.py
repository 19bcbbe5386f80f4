"""The loudspeaker's process as the player sees it: started, watched, ended.

The rule: whatever happens over there, a crash, an exit, a standstill, comes back as a few words and never as a hang.
What was heard until then is written on the tape; what that means to the user is the speaker's business.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.live.device.latency import latency_ms
from player.live.device.ringbuffer import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from player.live.device.ringbuffer import SharedRingBuffer

OPENING_S: Final = 10.0
"""A sleeping Bluetooth device takes a few seconds to open."""
STALL_S: Final = 5.0
"""A sound server that is being restarted takes a second or two."""

_GLANCE_S: Final = 0.5  # longer gaps between two looks say nothing: the whole computer, or only we, may have slept


class DeviceProcess:
    """The process that plays ``tape``; it begins to open its device at once."""

    def __init__(
        self,
        kind: str,
        tape: SharedRingBuffer,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tape = tape
        self._clock = clock
        self._seen = (-1, -1)
        self._looked = clock()
        self._still_s = 0.0
        self._process = _spawn(kind, tape, environ)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def is_done(self) -> bool:
        """All sound has been heard."""
        return self._tape.state == State.DONE

    def failure(self) -> str | None:
        """Why there will be no more sound; None as long as all is well. To be asked a few times a second."""
        ended = self._process.poll() is not None  # asked first: what it wrote before it ended is then there to be read
        if self._tape.state == State.FAILED:
            return self._tape.message
        if ended and not self.is_done:
            return _ending(self._process.returncode)
        return self._standstill()

    def end(self) -> None:
        """The process is gone when this returns."""
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
            return
        self._process.kill()
        self._process.wait()

    def _standstill(self) -> str | None:
        """Counted in looks, not by the clock alone: after a halt or a sleep, the first look is a fresh start."""
        now = self._clock()
        seen = self._progress()
        self._still_s = self._still_s + min(now - self._looked, _GLANCE_S) if seen == self._seen else 0.0
        self._seen, self._looked = seen, now
        limit = STALL_S if self._tape.state == State.PLAYING else OPENING_S
        return f"it did not answer for {limit:.0f} seconds" if self._still_s > limit else None

    def _progress(self) -> tuple[int, int]:
        """Changes as long as all is well: the head where it has something to take, otherwise the beat."""
        tape = self._tape
        moving = tape.state == State.PLAYING and tape.head < tape.filled
        return (tape.state, tape.head if moving else tape.beat)


def _spawn(kind: str, tape: SharedRingBuffer, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # Its working folder is the one in which `player` lies: so the package is found however it was found here, and `-m`,
    # which looks for modules in the working folder first, never picks up a stray file of the user's.
    home = Path(__file__).parents[3]
    held = str(latency_ms(kind, environ))
    command = [sys.executable, "-m", "player.live.device.process", kind, tape.handle, str(tape.capacity), held]
    quiet = subprocess.DEVNULL  # ALSA talks to the terminal by itself
    env = {**environ, "PULSE_LATENCY_MSEC": held, "PYTHONMALLOC": "malloc"}  # the latter: see `through_simpleaudio`
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
        pass_fds=[int(tape.handle)],
        start_new_session=True,  # the terminal's Ctrl-C does not reach it, as the player fades out first; see `latency`
    )


def _ending(code: int) -> str:
    if code >= 0:
        return f"its process ended with code {code}"
    try:
        return f"its process was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"its process was ended by signal {-code}"
