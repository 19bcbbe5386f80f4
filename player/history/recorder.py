"""What becomes of a session that is played: its place while it is unfinished, and an entry of what was practised.

The rule: it is noted in time, so that a crash or a power cut loses a quarter of a minute at most. Little counts for
nothing: who stops within ten seconds has not begun, and who stops ten seconds before the end has finished. So has who
stops a background that outlives the session.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from player.errors import DiaryError
from player.history.entries import Bookmark, HistoryEntry
from player.history.requests import as_json, key, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from player.history.diary import Diary
    from player.pipeline import Prepared, SessionRequest
    from player.pipeline.turns import Turn

LEAST_MS: Final = 10_000
"""To be heard, so that anything is noted; and to be left, so that there is something to go on with."""
EVERY_MS: Final = 15_000
"""From one note to the next while a session sounds."""


class HistoryRecorder:
    """The keeper who writes the diary, which is open from the first session on until his context ends.

    Parameters
    ----------
    warn
        Called with a sentence where the diary cannot be written; once, and playing goes on.
    diary
        None is the user's own.
    clock
        Tells the time of the day, in UTC.

    Attributes
    ----------
    kept
        The place at which it can go on, as it was noted last; None if there is none.
    """

    def __init__(
        self,
        warn: Callable[[str], None],
        diary: Diary | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self.kept: Bookmark | None = None
        self._diary = diary
        self._warn = warn
        self._clock = clock
        self._has_warned = False
        self._programme: SessionRequest | None = None
        self._part: int | None = None
        self._turns: Sequence[Turn] = ()
        self._noted_ms = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._diary is not None:
            self._diary.close()

    def follow(self, programme: SessionRequest, part: int | None, turns: Sequence[Turn]) -> None:
        """Be told of the programme that will be played; without it, each session is one by itself."""
        self._programme, self._part, self._turns = programme, part, turns

    def began(self, turn: Turn, ready: Prepared, start_ms: int) -> None:  # noqa: ARG002 (a keeper is told it)
        """Find out early whether the diary can be written."""
        following = next((each for each in self._turns if each.number == turn.number + 1), None)
        self._entry = entry = self._beginning(turn, ready)
        self._here = self._place(turn, entry.title, entry.total_ms)
        self._next = None if following is None else self._place(following, following.title, following.length_ms)
        self._end_ms = entry.total_ms - (turn.request.outlive_ms or 0)
        self._noted_ms = LEAST_MS - EVERY_MS
        self._write(lambda diary: diary.begin())

    def reached(self, at_ms: int, heard_ms: int) -> None:
        """Note it, if it is time again."""
        if heard_ms >= self._noted_ms + EVERY_MS:
            self._note(at_ms, heard_ms, whole=False)

    def ended(self, at_ms: int, heard_ms: int, *, whole: bool) -> None:
        """Note how it ended."""
        if whole or heard_ms >= LEAST_MS:
            self._note(at_ms, heard_ms, whole=whole)

    def _note(self, at_ms: int, heard_ms: int, *, whole: bool) -> None:
        self._noted_ms = heard_ms
        whole = whole or at_ms >= self._end_ms
        entry = replace(self._entry, heard_ms=heard_ms, at_ms=at_ms, whole=whole) if heard_ms >= LEAST_MS else None
        is_over = whole or at_ms > self._end_ms - LEAST_MS
        place = self._next if is_over else replace(self._here, at_ms=at_ms)
        place = place and replace(place, noted=self._clock())
        is_written = self._write(lambda diary: diary.note(entry, self._here.session, place))
        self.kept = place if is_written else None

    def _beginning(self, turn: Turn, ready: Prepared) -> HistoryEntry:
        return HistoryEntry(
            id=os.urandom(8).hex(),
            session=key(turn.request),
            title=ready.session.title,
            asked=as_json(turn.request),
            programme=key_of(turn.programme) if turn.programme else "",
            began=self._clock(),
            heard_ms=0,
            at_ms=0,
            total_ms=ready.timeline.total_ms,
            whole=False,
        )

    def _place(self, turn: Turn, title: str, total_ms: int) -> Bookmark:
        """Its beginning, in the programme that is followed or by itself."""
        session, at = key(turn.request), self._clock()
        if not turn.programme or self._programme is None:
            return Bookmark(session, title, as_json(turn.request), 0, total_ms, at)
        asked = as_json(self._programme)
        return Bookmark(key(self._programme), title, asked, 0, total_ms, at, self._part, turn.number, session)

    def _write(self, write: Callable[[Diary], None]) -> bool:
        from player.history.diary import Diary  # noqa: PLC0415 (see the package's rule)

        self._diary = self._diary or Diary(self._warn)
        try:
            write(self._diary)
        except DiaryError as error:
            if not self._has_warned:
                self._warn(f"this session is not remembered: {error}")
            self._has_warned = True
            return False
        return True
