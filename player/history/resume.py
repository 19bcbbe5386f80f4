"""What was remembered, heard again: where a session goes on, and with which of its options.

The rule: what a user gives now wins over what was asked then. A place that is no longer there is told, and playing
begins at the beginning.
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
    """Where the step begins in which a moment lies: as after a pause, never in the middle of a word or a breath."""
    from player.timeline.steps import Steps  # noqa: PLC0415 (see the package's rule)

    return Steps(timeline).at(at_ms).entry_ms


def place_of(called: str, diary: Diary) -> Bookmark:
    """The place at which a session or programme was stopped.

    Raises
    ------
    UsageError
        If there is none, or no such session.
    DiaryError
        If the diary cannot be read.
    """
    if place := diary.place(key_of(called)):
        return place
    from player.script import library  # noqa: PLC0415 (see the package's rule)
    from player.script.yaml.kinds import shown  # noqa: PLC0415

    if library.programme(called) is None:
        library.find(called)  # which tells what is wrong with the name
    others = ", ".join(_name(each) for each in diary.places())
    remembered = f"a place is remembered in {others}" if others else "no place is remembered"
    raise UsageError(f"{shown(called)} was not stopped on its way; {remembered}; leave out --resume to begin it")


def last(diary: Diary) -> Bookmark | HistoryEntry | None:
    """The place that was noted last, or else the session that was practised last; only what is still there.

    Raises
    ------
    DiaryError
        If the diary cannot be read.
    """
    remembered: tuple[Bookmark | HistoryEntry, ...] = (*diary.places(), *reversed(diary.practised()))
    return next((each for each in remembered if _is_there(each.session)), None)


def _is_there(key: str) -> bool:
    """Whether it can be played; what has no file always can."""
    return not Path(key).is_absolute() or Path(key).is_file()


def _name(place: Bookmark) -> str:
    return f"{Path(place.session).stem} ({timecode(place.at_ms)} of {timecode(place.total_ms)})"


class ResumedPlayback:
    """Playing that begins with what was remembered.

    Parameters
    ----------
    remembered
        A place is gone on at; what was practised is heard from its beginning. None is to begin with what is asked for.
    warn
        Called with a sentence where the place is no longer there.
    """

    def __init__(self, remembered: Bookmark | HistoryEntry | None, warn: Callable[[str], None]) -> None:
        self._remembered = remembered
        self._place = remembered if isinstance(remembered, Bookmark) else None
        self._warn = warn

    @property
    def start_ms(self) -> int:
        """Where it is to go on, as far as the diary tells."""
        return self._place.at_ms if self._place else 0

    def asked(self, given: SessionRequest, part: int | None) -> tuple[SessionRequest, int | None]:
        """What is to be heard, and which part of it."""
        if self._remembered is None:
            return given, part
        return as_request(self._remembered.asked, given), part or (self._place.part if self._place else None)

    def turns(self, planned: Sequence[Turn]) -> Sequence[Turn]:
        """From the remembered session of a programme on."""
        if self._place is None or not self._place.number:
            return planned
        at = next((at for at, turn in enumerate(planned) if self._is_here(self._place, turn)), None)
        if at is None:
            self._place = None
            self._warn("the session in which you stopped is not there any more, so it begins at the beginning")
        return planned[at or 0 :]

    def settle(self, timeline: Timeline, start_ms: int) -> int:
        """Where the first session really begins: at the beginning of a step, and never behind the end."""
        if self._place is None:
            return 0
        if start_ms < timeline.total_ms:
            return beginning_of_step(timeline, start_ms)
        end = timecode(timeline.total_ms)
        self._warn(f"you stopped at {timecode(start_ms)}, and it ends at {end} now, so it begins at the beginning")
        return 0

    def _is_here(self, place: Bookmark, turn: Turn) -> bool:
        return (turn.number, key(turn.request)) == (place.number, place.turn)
