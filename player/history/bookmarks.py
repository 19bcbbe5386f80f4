"""Which bookmark or entry can be played: that of a session, or the last one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from player.errors import UsageError
from player.history.requests import key_of
from player.script import library
from player.script.yaml.scalar_types import shown
from player.units import timecode

if TYPE_CHECKING:
    from player.history.diary import Diary
    from player.history.entries import Bookmark, HistoryEntry


def bookmark_of(called: str, diary: Diary) -> Bookmark:
    """The bookmark of a session or programme.

    Raises
    ------
    UsageError
        If it has none, or does not exist.
    DiaryError
        If the diary cannot be read.
    """
    if bookmark := diary.bookmark(key_of(called)):
        return bookmark
    if library.programme(called) is None:
        library.find(called)  # raises if the name is wrong
    others = ", ".join(_name(each) for each in diary.bookmarks())
    remembered = f"a place is remembered in {others}" if others else "no place is remembered"
    raise UsageError(f"{shown(called)} has no place to go on from; {remembered}; leave out --resume to begin it")


def last(diary: Diary) -> Bookmark | HistoryEntry | None:
    """The newest bookmark, or else the newest entry, among sessions that still exist.

    Raises
    ------
    DiaryError
        If the diary cannot be read.
    """
    remembered: tuple[Bookmark | HistoryEntry, ...] = (*diary.bookmarks(), *reversed(diary.entries()))
    return next((each for each in remembered if can_be_played(each.session)), None)


def can_be_played(key: str) -> bool:
    """Whether the session still exists; one without a file always does."""
    return not Path(key).is_absolute() or Path(key).is_file()


def _name(bookmark: Bookmark) -> str:
    return f"{Path(bookmark.session).stem} ({timecode(bookmark.at_ms)} of {timecode(bookmark.total_ms)})"
