"""Entries of a diary, with what a test does not care about filled in."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from player.history.entries import Bookmark, HistoryEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.storage.entry import JSON

NOON = datetime(2025, 11, 25, 12, 0, tzinfo=timezone.utc)
"""A Tuesday."""
ASKED: Mapping[str, JSON] = {"session": "box-breathing", "values": {"rounds": "3"}, "skip": ["neck"], "rate": 120}


def make_bookmark(
    session: str = "box-breathing", at_ms: int = 200_000, noted: datetime = NOON, number: int = 0
) -> Bookmark:
    return Bookmark(session, "Box breathing", ASKED, at_ms, 420_000, noted, number=number)


def make_entry(
    id_: str = "one",
    session: str = "box-breathing",
    began: datetime = NOON,
    *,
    whole: bool = True,
    programme: str = "",
    heard_ms: int = 420_000,
) -> HistoryEntry:
    return HistoryEntry(
        id_, session, "Box breathing", ASKED, programme, began, heard_ms, heard_ms, total_ms=420_000, whole=whole
    )
