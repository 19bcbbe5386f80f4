"""What a diary holds: places, and sessions that were practised.

The rule: frozen values; times of the day are in UTC, and ``asked`` is only ever handed back.
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
    """Where a session or a programme was stopped; there is one at most for each.

    Attributes
    ----------
    session
        What it is remembered by: the name of a bundled session or programme, or the absolute path of an own one.
    title
        Of the session that was heard.
    asked
        All that the user asked for.
    at_ms, total_ms
        The place in the session that was heard, and its length.
    noted
        When it was stopped.
    part
        The part of a programme that alone was asked for, if one was.
    number, turn
        Which session of a programme was heard: its place, counted from 1, and what it is remembered by. In a session
        by itself, 0 and nothing.
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
    """A session that was listened to, whole or not.

    Attributes
    ----------
    id
        Tells it from all others; an entry with the same one is written over.
    session, title, asked
        As in `Bookmark`.
    programme
        What the programme is remembered by in which it was heard; empty for a session by itself.
    began
        When its first sound was heard.
    heard_ms
        How long it really sounded, without pauses.
    at_ms, total_ms
        Where it ended, and its length.
    whole
        It was heard to its end.
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
    """How much was forgotten."""

    practised: int
    places: int
