"""Which library plays: the table of both, which are installed, and how long a programme each can play.

This module loads neither library and opens no device.
"""

from __future__ import annotations

import importlib.util
import platform
import sys
from typing import TYPE_CHECKING, Final

from player.errors import DeviceError
from player.live.device.ringbuffer import FRAME_BYTES
from player.live.device.simpleaudio import PADDING
from player.units import FRAMES_PER_MS, RATE, timecode

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADERS: Final = "sudo apt install gcc libasound2-dev && " if sys.platform == "linux" else ""
_HAS_NO_WHEEL: Final = sys.platform == "linux" and platform.machine() != "x86_64"
_COMPILER: Final = "sudo apt install gcc python3-dev && " if _HAS_NO_WHEEL else ""
INSTALL: Final = {
    "simpleaudio": f"{_HEADERS}pip install simpleaudio",
    "miniaudio": f"{_COMPILER}pip install miniaudio",
}
"""The libraries, in the order in which they are tried, and how to install them."""
SETTING: Final = "PLAYER_SPEAKER"
"""The environment variable that names one of them."""
LONGEST_BUFFER: Final = (2**31 - 2**20) // FRAME_BYTES - PADDING if sys.platform == "linux" else 20 * 60 * RATE
"""The most frames that simpleaudio gets. It counts bytes in a C ``int``; from 2 GiB on it plays nothing and reports no
error. That is 3 h 6 min; on systems where played pages cannot be freed the limit is 20 min. Longer programmes go to
miniaudio.
"""


def available() -> tuple[str, ...]:
    """The names of the libraries that are installed."""
    return tuple(name for name in INSTALL if importlib.util.find_spec(name))


def choose(kind: str | None, frames: int, environ: Mapping[str, str], installed: tuple[str, ...]) -> tuple[str, ...]:
    """The libraries to try for a programme of this many frames, in order; never an empty tuple.

    Raises
    ------
    DeviceError
        If the library that ``kind`` or the environment names is not installed, or no installed one can play it.
    """
    wanted = kind or environ.get(SETTING)
    if wanted and wanted not in INSTALL:
        raise DeviceError(f"{SETTING} must be {' or '.join(INSTALL)}, not {wanted!r}")
    found = tuple(name for name in installed if wanted in (None, "", name))
    if not found:
        missing = wanted or "miniaudio"
        raise DeviceError(f"the loudspeaker library {missing} is not installed; install it with: {INSTALL[missing]}")
    if frames <= LONGEST_BUFFER:
        return found
    if "miniaudio" not in installed:
        longest, length = (timecode(each // FRAMES_PER_MS) for each in (LONGEST_BUFFER, frames))
        raise DeviceError(
            f"simpleaudio plays at most {longest} at once, not {length}; install miniaudio for longer sessions with: "
            f"{INSTALL['miniaudio']}"
        )
    return ("miniaudio",)
