"""The values in a diary: bookmarks and history entries.

They are frozen. Times are in UTC. The diary does not look into ``asked``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from player.storage.entry import JSON


@dataclass(frozen=True)
class Bookmark:
    """Where a session or a programme was stopped. Each has at most one.

    Attributes
    ----------
    session
        The key of the session or programme: a bundled one's name, or the absolute path of the user's own.
    title
        The title of the session that was heard.
    asked
        The request, as JSON.
    at_ms, total_ms
        The position in the session that was heard, and its length.
    noted
        When it was stopped.
    part
        The part of a programme, if only that part was asked for.
    number, turn
        The session of a programme that was heard: its number, counted from 1, and its key. 0 and empty for a session
        by itself.
    """

    session: str
    title: str
    asked: Mapping[str, JSON]
    at_ms: int
    total_ms: int
    noted: datetime
    part: int | None = None
    number: int = 0
    turn: str = ""


@dataclass(frozen=True)
class HistoryEntry:
    """A session that was heard, whole or not.

    Attributes
    ----------
    id
        Unique; writing an entry replaces the one with the same id.
    session, title, asked
        As in `Bookmark`.
    programme
        The key of the programme in which it was heard; empty for a session by itself.
    began
        When its first sound was heard.
    heard_ms
        How long it sounded, without pauses.
    at_ms, total_ms
        The position at which it ended, and its length.
    whole
        Whether it was heard to its end.
    """

    id: str
    session: str
    title: str
    asked: Mapping[str, JSON]
    programme: str
    began: datetime
    heard_ms: int
    at_ms: int
    total_ms: int
    whole: bool


@dataclass(frozen=True)
class ForgottenCounts:
    """How many entries and bookmarks were deleted."""

    entries: int
    bookmarks: int
