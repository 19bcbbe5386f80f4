"""Resumes a session: where it goes on, and with which options.

Options that are given now replace the recorded ones. Whoever goes on hears the version of the introduction and the
order of lines that were begun; whoever hears a session again hears what fits today. If the bookmark's position or
session no longer exists, that is a warning, and playing begins at the beginning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from player.history.entries import Bookmark
from player.history.requests import TURN, as_request, key, understood
from player.timeline.steps import Steps
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from player.history.entries import HistoryEntry
    from player.pipeline import SessionRequest
    from player.pipeline.turns import Turn
    from player.timeline.model import Timeline


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
        self._given: SessionRequest | None = None
        self._warn = warn

    @property
    def start_ms(self) -> int:
        """The bookmark's position, or 0."""
        return self._bookmark.at_ms if self._bookmark else 0

    def asked(self, given: SessionRequest, part: int | None) -> tuple[SessionRequest, int | None]:
        """The request and the part to play."""
        self._given = given
        if self._remembered is None:
            return given, part
        asked = self._remembered.asked
        if self._bookmark is None:
            asked = {name: value for name, value in asked.items() if name not in {"intro", "seed"}}
        return as_request(asked, given), part or (self._bookmark.part if self._bookmark else None)

    def turns(self, planned: Sequence[Turn]) -> Sequence[Turn]:
        """The sessions of a programme from the bookmark on."""
        if self._bookmark is None or not self._bookmark.number:
            return planned
        at = next((at for at, turn in enumerate(planned) if self._is_at(self._bookmark, turn)), None)
        if at is None:
            self._bookmark = None
            self._warn("the session in which you stopped is not there any more, so it begins at the beginning")
            return planned
        return [self._as_begun(planned[at], self._bookmark), *planned[at + 1 :]]

    def _as_begun(self, turn: Turn, bookmark: Bookmark) -> Turn:
        """The session of a programme as it was begun, but for what is asked for now."""
        if self._given is None:
            return turn
        begun = understood(bookmark.asked.get(TURN), type(self._given))  # an older version noted nothing of it
        if not begun:
            return turn
        seed = begun.get("seed") if self._given.seed is None else self._given.seed
        return turn.told_as(self._given.intro or begun.get("intro"), seed)

    def resume_at(self, timeline: Timeline, start_ms: int) -> int:
        """Where the first session begins: as after a pause, at the beginning of a step, and never behind the end."""
        if self._bookmark is None:
            return 0
        if start_ms < timeline.total_ms:
            return Steps(timeline).at(start_ms).start_ms
        end = timecode(timeline.total_ms)
        self._warn(f"you stopped at {timecode(start_ms)}, and it ends at {end} now, so it begins at the beginning")
        return 0

    def _is_at(self, bookmark: Bookmark, turn: Turn) -> bool:
        return (turn.number, key(turn.request)) == (bookmark.number, bookmark.turn)
