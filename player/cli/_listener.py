"""Adapts a session to its listener: the short introduction for whoever has heard it, and the order of the night.

What the listener asks for comes first. Only what is played is adapted: an export, `show` and `check` are for anybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from player.cli._options import print_warning
from player.errors import DiaryError
from player.history.requests import key

if TYPE_CHECKING:
    from player.pipeline import RequestedSession

NIGHT_BEGINS: Final = timedelta(hours=12)
"""A night belongs to the evening on which it began: what is played again at three at night has the same order."""


def adapted(requested: RequestedSession) -> RequestedSession:
    """The session with the version of the introduction and the seed that nobody asked for otherwise."""
    intro, seed = requested.request.intro, requested.request.seed
    if intro is None and requested.has_intro:
        intro = "short" if _is_known(key(requested.request)) else "full"
    if seed is None and requested.is_shuffled:
        seed = night(datetime.now())  # noqa: DTZ005 (the night of whoever listens)
    return requested.told_as(intro, seed)


def night(now: datetime) -> int:
    """The date of the night as a number, such as 20261231."""
    return int(f"{now - NIGHT_BEGINS:%Y%m%d}")


def _is_known(session: str) -> bool:
    from player.history.diary import Diary  # noqa: PLC0415 (SQLite: 8 ms, only where there is a short introduction)

    with Diary(print_warning) as diary:
        try:
            return diary.knows(session)
        except DiaryError:  # whoever records the session says so; nobody misses a condition
            return False
