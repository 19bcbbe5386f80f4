"""Resumes a session: where it goes on, and with which options.

Options that are given now replace the recorded ones. If the bookmark's position or session no longer exists, that is a
warning, and playing begins at the beginning.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from player.errors import UsageError
from player.history.entries import Bookmark, HistoryEntry
from player.history.requests import as_request, key, key_of
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from player.history.diary import Diary
    from player.pipeline import SessionRequest
    from player.pipeline.turns import Turn
    from player.timeline.model import Timeline


def beginning_of_step(timeline: Timeline, at_ms: int) -> int:
    """The beginning of the step at a position: as after a pause, never in the middle of a word or a breath."""
    from player.timeline.steps import Steps  # noqa: PLC0415 (imported when needed)

    return Steps(timeline).at(at_ms).entry_ms


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
    from player.script import library  # noqa: PLC0415 (imported when needed)
    from player.script.yaml.scalar_types import shown  # noqa: PLC0415

    if library.programme(called) is None:
        library.find(called)  # raises if the name is wrong
    others = ", ".join(_name(each) for each in diary.bookmarks())
    remembered = f"a place is remembered in {others}" if others else "no place is remembered"
    raise UsageError(f"{shown(called)} was not stopped on its way; {remembered}; leave out --resume to begin it")


def last(diary: Diary) -> Bookmark | HistoryEntry | None:
    """The newest bookmark, or else the newest entry, among sessions that still exist.

    Raises
    ------
    DiaryError
        If the diary cannot be read.
    """
    remembered: tuple[Bookmark | HistoryEntry, ...] = (*diary.bookmarks(), *reversed(diary.entries()))
    return next((each for each in remembered if _can_be_played(each.session)), None)


def _can_be_played(key: str) -> bool:
    """Whether the session still exists; one without a file always does."""
    return not Path(key).is_absolute() or Path(key).is_file()


def _name(bookmark: Bookmark) -> str:
    return f"{Path(bookmark.session).stem} ({timecode(bookmark.at_ms)} of {timecode(bookmark.total_ms)})"


class ResumedPlayback:
    """Playback that begins with a bookmark or an entry.

    Parameters
    ----------
    remembered
        Playback goes on at a bookmark, and begins an entry from its start. None plays what is asked for.
    warn
        Called with a sentence if the bookmark's position or session no longer exists.
    """

    def __init__(self, remembered: Bookmark | HistoryEntry | None, warn: Callable[[str], None]) -> None:
        self._remembered = remembered
        self._bookmark = remembered if isinstance(remembered, Bookmark) else None
        self._warn = warn

    @property
    def start_ms(self) -> int:
        """The bookmark's position, or 0."""
        return self._bookmark.at_ms if self._bookmark else 0

    def asked(self, given: SessionRequest, part: int | None) -> tuple[SessionRequest, int | None]:
        """The request and the part to play."""
        if self._remembered is None:
            return given, part
        return as_request(self._remembered.asked, given), part or (self._bookmark.part if self._bookmark else None)

    def turns(self, planned: Sequence[Turn]) -> Sequence[Turn]:
        """The sessions of a programme from the bookmark on."""
        if self._bookmark is None or not self._bookmark.number:
            return planned
        at = next((at for at, turn in enumerate(planned) if self._is_at(self._bookmark, turn)), None)
        if at is None:
            self._bookmark = None
            self._warn("the session in which you stopped is not there any more, so it begins at the beginning")
        return planned[at or 0 :]

    def settle(self, timeline: Timeline, start_ms: int) -> int:
        """Where the first session begins: at the beginning of a step, and never behind the end."""
        if self._bookmark is None:
            return 0
        if start_ms < timeline.total_ms:
            return beginning_of_step(timeline, start_ms)
        end = timecode(timeline.total_ms)
        self._warn(f"you stopped at {timecode(start_ms)}, and it ends at {end} now, so it begins at the beginning")
        return 0

    def _is_at(self, bookmark: Bookmark, turn: Turn) -> bool:
        return (turn.number, key(turn.request)) == (bookmark.number, bookmark.turn)
