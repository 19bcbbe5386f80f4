"""Whether a program records sound on Linux: what PulseAudio or PipeWire know, or ALSA where neither runs."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from player.live.controls import pulse_library
from player.reminders.politeness import Signs

if TYPE_CHECKING:
    from collections.abc import Callable

_NOT_A_MONITOR: Final = 0xFFFF_FFFF
"""PulseAudio's number of what is not there: such a source records no output, but the room."""


def microphone(root: Path = Path("/"), recorders: Callable[[], bool] | None = None) -> Signs:
    """Whether a microphone is in use."""
    with contextlib.suppress(Exception):  # no pulsectl, or no server answers; the library has many errors for that
        return Signs(hears=(recorders or _recorders)())
    return Signs(hears=_is_captured(root))


def _recorders() -> bool:
    with pulse_library.load().Pulse("player", connect=False) as pulse:
        pulse.connect()  # a time limit here is always used up, so the limit is that of the thread (`SignReader`)
        return records(pulse)


def records(pulse: Any) -> bool:  # noqa: ANN401 (the library has no types)
    """Whether anything records from a microphone, and not from a monitor of what is played; who pauses does not."""
    microphones = {each.index for each in pulse.source_list() if each.monitor_of_sink == _NOT_A_MONITOR}
    return any(each.source in microphones and not each.corked for each in pulse.source_output_list())


def _is_captured(root: Path) -> bool:
    """Whether ALSA runs a capture device."""
    return any(
        "state: RUNNING" in each.read_text(errors="replace")
        for each in root.glob("proc/asound/card*/pcm*c/sub*/status")
    )
