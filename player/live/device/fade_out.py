"""Leaving a deck softly: what is heard goes down to silence before the loudspeaker is let go.

The rule: it takes as long as the fade does, and no longer, whatever has become of the device.
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
"""Three seconds; then the device is not going to play the fade at all."""


def fade_out(deck: OutputDevice, sleep: Callable[[float], None], ms: int = FADE_OUT_MS) -> None:
    """Bring what a deck plays down to silence, and return when it is there.

    Raises
    ------
    DeviceError
        If there is no memory even for silence.
    """
    if not deck.has_begun or deck.is_silent or deck.is_over():
        return
    import numpy as np  # noqa: F401, PLC0415 (before the place is chosen, as the device does not wait for it)

    start = deck.cut
    deck.lay(start, faded_out(deck.read(start, ms * FRAMES_PER_MS)))
    deck.finish()
    polls = 0
    while not deck.is_over() and polls < _POLLS:
        sleep(_POLL_S)
        polls += 1
