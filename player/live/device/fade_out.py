"""Fading out before an output device is released.

It waits for the fade and no longer, even if the device hangs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.live.device.fades import FADE_OUT_MS, faded_out
from player.units import FRAMES_PER_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.device.device import OutputDevice

_POLL_S: Final = 0.05
_POLLS: Final = 60
"""Three seconds; after that the device will not play the fade at all."""


def fade_out(device: OutputDevice, sleep: Callable[[float], None], ms: int = FADE_OUT_MS) -> None:
    """Fade to silence what a device plays, and return when the fade was heard.

    Raises
    ------
    DeviceError
        If there is no memory even for silence.
    """
    if not device.has_begun or device.is_silent or device.is_over():
        return
    import numpy as np  # noqa: F401, PLC0415 (loaded before `cut` is read, as the device plays on meanwhile)

    start = device.cut
    device.overwrite(start, faded_out(device.read(start, ms * FRAMES_PER_MS)))
    device.finish()
    polls = 0
    while not device.is_over() and polls < _POLLS:
        sleep(_POLL_S)
        polls += 1
