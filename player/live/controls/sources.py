"""Control sources of the system that also need the playback state: media keys, sleep, and the sound's route.

Each is made by a factory, because some are heavy to load, and each does nothing where its system or its library is
missing. Signals are not among them: they need no playback state.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.controls.inbox import Inbox
    from player.live.observer import PlaybackObserver


def system_controls(inbox: Inbox) -> tuple[Callable[[], PlaybackObserver], ...]:
    """Factories of these observers; each puts controls into ``inbox``, and is begun and ended with every session."""
    everywhere, on_linux = (_sleep,), (_logind, _route, _mpris)
    makers = (*everywhere, *(on_linux if sys.platform == "linux" else ()))
    return tuple(partial(make, inbox) for make in makers)


def _sleep(inbox: Inbox) -> PlaybackObserver:
    from player.live.controls.sleep import SleepDetector  # noqa: PLC0415 (made when needed)

    return SleepDetector(inbox)


def _logind(inbox: Inbox) -> PlaybackObserver:
    from player.live.controls.desktop.logind import Logind  # noqa: PLC0415 (made when needed)

    return Logind(inbox)


def _route(inbox: Inbox) -> PlaybackObserver:
    from player.live.controls.pulse_route import PulseRoute  # noqa: PLC0415 (made when needed)

    return PulseRoute(inbox)


def _mpris(inbox: Inbox) -> PlaybackObserver:
    from player.live.controls.desktop.mpris import Mpris  # noqa: PLC0415 (made when needed)

    return Mpris(inbox)
