"""Opening the first output device beforehand, where it can wait for its sound; others are opened when needed.

A device takes as long to open as Python takes to load the rest, so nothing heavy is loaded here before that.
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
    """Opens output devices; the end of its context releases a device that was not taken.

    Parameters
    ----------
    silent
        Open no device: time passes, and nothing is heard.
    open_device
        Opens a device for a number of frames; None means this machine's.
    """

    def __init__(self, *, silent: bool = False, open_device: Callable[[int], OutputDevice] | None = None) -> None:
        self.open: Callable[[int], OutputDevice] = open_device or (
            _open_silent if silent else partial(OutputDevice, changes=True)
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

    def open_for(self, total_ms: int, start_ms: int) -> None:
        """Open a device for a session of this length from ``start_ms`` on, unless an open one can play it.

        Raises
        ------
        UsageError
            If it would begin after its end.
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

    def take(self, total_ms: int, start_ms: int) -> OutputDevice:
        """The device that was opened beforehand, or a new one."""
        self.open_for(total_ms, start_ms)
        device, self._waiting = self._waiting, None
        return device or self.open((total_ms - start_ms) * FRAMES_PER_MS)


def _can_wait() -> bool:
    """Whether a device can be opened before the length is known.

    miniaudio needs no length, and on Linux an empty ring takes no memory.
    """
    return sys.platform == "linux" or choose(None, 0, os.environ, available())[0] == "miniaudio"


def _open_silent(frames: int) -> OutputDevice:
    return OutputDevice(frames, changes=True, kind="miniaudio", installed=("miniaudio",), spawn=SilentDevice)
