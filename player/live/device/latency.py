"""How much sound the system is to hold, from the tape to the ear.

The rule: as little as can be, because a change of volume or place is heard that much later; and enough for a busy
machine. Whoever hears gaps may ask for more (``PLAYER_LATENCY``).

PulseAudio and PipeWire are told by ``PULSE_LATENCY_MSEC``. Measured for minutes at a load of 12 (two processors, four
busy loops and other work), from laying the tape over to hearing it, the lowest, middle and highest of 46 times:
miniaudio with 120 ms in periods of 20: 97, 109, 118 ms; simpleaudio with 100 ms: 76, 97, 120 ms; not one gap.

What makes that possible is that the loudspeaker's process has a session of its own, as sound servers have: Linux shares
its processors out among sessions (autogroup). In one case of a thousand it waited for its turn for 12 ms; within a
session with four busy loops for 90 ms, and there even with a nice value of -11, which an ordinary user may not have,
for 53 ms.

simpleaudio must have 100 or a multiple: ALSA's way to PulseAudio has a ring of the 100 ms that simpleaudio asks for; of
others, such as 120, it loses its place in that ring, and plays gaps. miniaudio must have less than 64 KiB (341 ms): it
fills the server's buffer once at the beginning, by one block of that size at most, and the server waits for a full one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.errors import DeviceError, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTING: Final = "PLAYER_LATENCY"
"""The environment variable for another one, in ms."""
_SHORTEST: Final = 60
_LONGEST: Final = 320
_USUAL: Final = {"simpleaudio": 100, "miniaudio": 120}
_WHOLE: Final = {"simpleaudio": 100, "miniaudio": 20}
"""It must be a multiple of this."""


def latency_ms(kind: str, environ: Mapping[str, str]) -> int:
    """What a library is to be told.

    Raises
    ------
    DeviceError
        If the environment asks for what there is not.
    """
    asked = environ.get(SETTING)
    if not asked:
        return _USUAL[kind]
    if not asked.isdecimal() or not _SHORTEST <= int(asked) <= _LONGEST:
        raise DeviceError(f"{SETTING} must be {_SHORTEST} to {_LONGEST} (milliseconds), not {printable(asked)!r}")
    whole = _WHOLE[kind]
    return max(int(asked) // whole, 1) * whole
