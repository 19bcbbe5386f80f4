"""Who else may have a wish while something plays: the desktop's media keys, and the computer itself.

The rule: each is made only when it is asked for, as some are heavy to load, and each is silently absent where its
system or its library is. Signals are not among them: those need no view of what plays.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.controls.inbox import Inbox
    from player.live.observer import PlaybackObserver


def surroundings(inbox: Inbox) -> tuple[Callable[[], PlaybackObserver], ...]:
    """What makes each of them; all put what they want into ``inbox``, and are begun and ended with a session."""
    everywhere, on_linux = (_sleep,), (_logind, _route, _mpris)
    makers = (*everywhere, *(on_linux if sys.platform == "linux" else ()))
    return tuple(partial(make, inbox) for make in makers)


def _sleep(inbox: Inbox) -> PlaybackObserver:
    from player.live.controls.sleep import SleepDetector  # noqa: PLC0415 (the rule above)

    return SleepDetector(inbox)


def _logind(inbox: Inbox) -> PlaybackObserver:
    from player.live.controls.desktop.logind import Logind  # noqa: PLC0415 (the rule above)

    return Logind(inbox)


def _route(inbox: Inbox) -> PlaybackObserver:
    from player.live.controls.pulse_route import PulseRoute  # noqa: PLC0415 (the rule above)

    return PulseRoute(inbox)


def _mpris(inbox: Inbox) -> PlaybackObserver:
    from player.live.controls.desktop.mpris import Mpris  # noqa: PLC0415 (the rule above)

    return Mpris(inbox)
