"""Who is there while a command plays: whoever sits at the terminal, the desktop, the system, and the diary.

The rule: asked before anything plays, so it loads nothing; what is heavy is made when the first sound is on its way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from player.cli._terminal import stage
from player.live.controls.inbox import Inbox
from player.live.controls.signals import signals
from player.live.controls.sources import surroundings
from player.live.participants import Participants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from player.live.participants import ProgressListener


def company(
    *,
    plain: bool = False,
    quiet: bool,
    notes: Callable[[], Iterable[str]] = tuple,
    keeper: ProgressListener | None = None,
) -> Participants:
    """Everybody who is there on this machine.

    Parameters
    ----------
    plain, quiet, notes
        As for `player.cli._terminal.stage`.
    keeper
        Who remembers how far a session was heard.
    """
    inbox = Inbox()
    there = stage(plain=plain, quiet=quiet, notes=notes)
    views = (*there.views, *surroundings(inbox))
    return Participants(inbox, (signals,), there.hand, views, keeper, waits=there.has_keys)
