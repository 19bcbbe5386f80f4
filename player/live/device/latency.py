"""How much sound the system holds between the ring and the ear.

It is as little as possible, because a change of volume or position is heard that much later; and enough for a busy
machine: where more work waits for a core than `BUSY` when the device is opened, it is three times as much. At loads of
11 to 14 on two cores, of work in many system sessions, simpleaudio with 100 ms had one gap of 40 to 60 ms in a minute
or two, and with 300 ms none. A listener who hears gaps can set more (``PLAYER_LATENCY``).

PulseAudio and PipeWire get it by ``PULSE_LATENCY_MSEC``. Measured for minutes at a load of 12 (two processors, four
busy loops and other work), from overwriting the ring to hearing it, the lowest, middle and highest of 46 times:
miniaudio with 120 ms in periods of 20: 97, 109, 118 ms; simpleaudio with 100 ms: 76, 97, 120 ms; not one gap.

This is possible because the device's process has a session of its own, as sound servers have: Linux divides its
processors among sessions (autogroup). In one case of a thousand the process waited 12 ms for a processor; inside a
session with four busy loops it waited 90 ms, and there 53 ms even with a nice value of -11, which an ordinary user may
not set.

simpleaudio needs 100 or a multiple of it: ALSA's PulseAudio plugin has a ring of the 100 ms that simpleaudio asks for;
with other values, such as 120, it loses its place in that ring and plays gaps. miniaudio needs less than 64 KiB
(341 ms): it fills the server's buffer once at the beginning, with one block of that size at most, and the server waits
until the buffer is full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.errors import UsageError, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTING: Final = "PLAYER_LATENCY"
"""The environment variable that sets another latency, in ms."""
_SHORTEST: Final = 60
_LONGEST: Final = 320
_USUAL: Final = {"simpleaudio": 100, "miniaudio": 120}
_BUSY: Final = {"simpleaudio": 300, "miniaudio": 320}
BUSY: Final = 3.0
"""Programs that run or wait, for each core; measured at 2 (four busy loops, two cores) without a gap, see above."""
_WHOLE: Final = {"simpleaudio": 100, "miniaudio": 20}
"""The latency must be a multiple of this."""


def latency_ms(kind: str, environ: Mapping[str, str], load: float = 0.0) -> int:
    """The latency for a library; ``load`` is that of each core.

    Raises
    ------
    UsageError
        If the environment asks for a value out of range.
    """
    asked = environ.get(SETTING)
    if not asked:
        return (_BUSY if load > BUSY else _USUAL)[kind]
    if not asked.isdecimal() or not _SHORTEST <= int(asked) <= _LONGEST:
        allowed = f"{_SHORTEST} to {_LONGEST} (milliseconds)"
        raise UsageError(f"the variable {SETTING} must be {allowed}, not {printable(asked)!r}; unset it for the usual")
    whole = _WHOLE[kind]
    return max(int(asked) // whole, 1) * whole


def told(kind: str, environ: Mapping[str, str]) -> str:
    """The latency that the variable asks for and a library holds, and why it is another where it is.

    Raises
    ------
    UsageError
        As `latency_ms`.
    """
    held, asked = latency_ms(kind, environ), environ[SETTING]
    if held == int(asked):
        return f"{held} ms, as the variable {SETTING} says"
    return f"{held} ms ({SETTING} says {int(asked)}, and {kind} takes multiples of {_WHOLE[kind]})"
