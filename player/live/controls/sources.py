"""What of the system takes part in playing: media keys, the computer's sleep, what keeps it awake, the sound's route.

Each does nothing where its system or its library is missing. All are loaded when the first sound is on its way.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from player.live.awake.keep_awake import KeepAwake
from player.live.controls.desktop.logind import Logind
from player.live.controls.desktop.mpris import Mpris
from player.live.controls.pulse_route import PulseRoute

if TYPE_CHECKING:
    from player.live.controls.inbox import Inbox
    from player.live.observer import PlaybackObserver
    from player.live.participants import ControlSource


def system_sources() -> tuple[ControlSource, ...]:
    """The control sources that need no playback state."""
    return (PulseRoute,) if sys.platform == "linux" else ()


def keep_awake(*, is_watched: bool) -> KeepAwake:
    """What keeps the machine awake, and its display if a pacer is shown; an observer, and a part of job control."""
    return KeepAwake(is_watched=is_watched)


def desktop_observers(inbox: Inbox) -> tuple[PlaybackObserver, ...]:
    """The observers that put controls into ``inbox``, too."""
    return (Logind(inbox), Mpris(inbox)) if sys.platform == "linux" else ()
