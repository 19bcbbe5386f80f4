"""The way to a loudspeaker: the first one is open already where it can wait, others are opened when they are needed.

The rule: a device takes as long to open as Python takes to load the rest, so nothing heavy is loaded here before that.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from player.errors import UsageError
from player.live.device.backends import available, choose
from player.live.device.device import OutputDevice
from player.live.device.silent import SilentDevice
from player.units import FRAMES_PER_MS, timecode

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from typing_extensions import Self


class DevicePreopener:
    """Used as a context, at whose end a loudspeaker that nobody took is let go.

    Parameters
    ----------
    silent
        No loudspeaker is asked for: time passes, and nothing is heard.
    opened
        Opens a loudspeaker for so many frames; None is this machine's.
    """

    def __init__(self, *, silent: bool = False, opened: Callable[[int], OutputDevice] | None = None) -> None:
        self.open: Callable[[int], OutputDevice] = opened or (
            _unheard if silent else partial(OutputDevice, changes=True)
        )
        self._waiting: OutputDevice | None = None
        if not silent and _can_wait():
            self._waiting = self.open(0)
            self._waiting.begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._waiting:
            self._waiting.release()

    def knock(self, total_ms: int, start_ms: int) -> None:
        """Have the first one opened, for a session of this length from a moment of it on.

        Raises
        ------
        UsageError
            If it begins behind its end.
        DeviceError
            If there is no loudspeaker.
        """
        if start_ms >= total_ms:
            end, start = timecode(total_ms), timecode(start_ms)
            raise UsageError(f"the session ends at {end}, so it cannot begin at {start}")
        frames = (total_ms - start_ms) * FRAMES_PER_MS
        if self._waiting and not self._waiting.is_for(frames):
            self._waiting.release()
            self._waiting = None
        if self._waiting is None:
            self._waiting = self.open(frames)

    def enter(self, total_ms: int, start_ms: int) -> OutputDevice:
        """The one that waits, or a new one."""
        self.knock(total_ms, start_ms)
        deck, self._waiting = self._waiting, None
        return deck or self.open((total_ms - start_ms) * FRAMES_PER_MS)


def _can_wait() -> bool:
    """Whether it needs no length: miniaudio asks for sound as it needs it, and on Linux a tape costs no memory."""
    return sys.platform == "linux" or choose(None, 0, os.environ, available())[0] == "miniaudio"


def _unheard(frames: int) -> OutputDevice:
    return OutputDevice(frames, changes=True, kind="miniaudio", installed=("miniaudio",), spawn=SilentDevice)
