"""Records a session that is played: a bookmark while it is unfinished, and a history entry.

It writes every 15 seconds, so that a crash or a power cut loses no more than that. A session that is stopped within its
first ten seconds is not recorded; one that is stopped in its last ten seconds leaves no bookmark. One that is stopped
in the background that outlives the session counts as heard to its end.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from player.errors import DiaryError
from player.history.entries import Bookmark, HistoryEntry
from player.history.requests import NUMBER, as_json, key, key_of, of_turn
from player.timeline.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from player.history.diary import Diary
    from player.pipeline import Prepared, SessionRequest
    from player.pipeline.turns import Turn

LEAST_MS: Final = 10_000
"""Less than this heard, and nothing is recorded; less than this left, and there is no bookmark."""
EVERY_MS: Final = 15_000
"""From one write to the next while a session sounds."""


class HistoryRecorder:
    """A progress listener that writes the diary. The diary is open from the first session until the context ends.

    Parameters
    ----------
    warn
        Called with a sentence if the diary cannot be written; once, and playing goes on.
    diary
        None is the user's own.
    clock
        Returns the time, in UTC.

    Attributes
    ----------
    bookmark
        The bookmark that was written last; None if there is none.
    goes_on_ms
        Where playing goes on at that bookmark: at the beginning of the step in which it lies.
    """

    def __init__(
        self,
        warn: Callable[[str], None],
        diary: Diary | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self.bookmark: Bookmark | None = None
        self.goes_on_ms = 0
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
        """Set the programme that will be played; without it, each session is recorded by itself."""
        self._programme, self._part, self._turns = programme, part, turns

    def began(self, turn: Turn, ready: Prepared, start_ms: int) -> None:  # noqa: ARG002 (part of the protocol)
        """Check early whether the diary can be written."""
        following = next((each for each in self._turns if each.number == turn.number + 1), None)
        self._entry = entry = self._new_entry(turn, ready)
        self._here = self._bookmark_at(turn, entry.title, entry.total_ms)
        self._steps = Steps(ready.timeline)
        self._next = None if following is None else self._bookmark_at(following, following.title, following.length_ms)
        self._end_ms = entry.total_ms - (turn.request.outlive_ms or 0)
        self._noted_ms = LEAST_MS - EVERY_MS
        self._write(lambda diary: diary.begin())

    def chose(self, guide: str | None, bed_db: float | None) -> None:
        """Let the bookmark go on with what keys chose; the entry keeps what was asked for."""
        chosen = {name: value for name, value in (("guide", guide), ("bed_db", bed_db)) if value is not None}
        self._here = replace(self._here, asked={**self._here.asked, **chosen})
        self._next = self._next and replace(self._next, asked={**self._next.asked, **chosen})

    def reached(self, at_ms: int, heard_ms: int) -> None:
        """Write the position, if it is time to."""
        if heard_ms >= self._noted_ms + EVERY_MS:
            self._note(at_ms, heard_ms, whole=False)

    def ended(self, at_ms: int, heard_ms: int, *, whole: bool) -> None:
        """Write how the session ended."""
        if whole or heard_ms >= LEAST_MS:
            self._note(at_ms, heard_ms, whole=whole)

    def _note(self, at_ms: int, heard_ms: int, *, whole: bool) -> None:
        self._noted_ms = heard_ms
        whole = whole or at_ms >= self._end_ms
        entry = replace(self._entry, heard_ms=heard_ms, at_ms=at_ms, whole=whole) if heard_ms >= LEAST_MS else None
        is_over = whole or at_ms > self._end_ms - LEAST_MS
        bookmark = self._next if is_over else replace(self._here, at_ms=at_ms)
        bookmark = bookmark and replace(bookmark, noted=self._clock())
        is_written = self._write(lambda diary: diary.note(entry, self._here.session, bookmark))
        self.bookmark = bookmark if is_written else None
        self.goes_on_ms = 0 if is_over else self._steps.at(at_ms).start_ms

    def _new_entry(self, turn: Turn, ready: Prepared) -> HistoryEntry:
        return HistoryEntry(
            id=os.urandom(8).hex(),
            session=key(turn.request),
            title=ready.session.title,
            asked=as_json(turn.request) | ({NUMBER: turn.number} if turn.programme else {}),
            programme=key_of(turn.programme) if turn.programme else "",
            began=self._clock(),
            heard_ms=0,
            at_ms=0,
            total_ms=ready.timeline.total_ms,
            whole=False,
        )

    def _bookmark_at(self, turn: Turn, title: str, total_ms: int) -> Bookmark:
        """A bookmark at the beginning of a session, in the programme or by itself."""
        session, at = key(turn.request), self._clock()
        if not turn.programme or self._programme is None:
            return Bookmark(session, title, as_json(turn.request), 0, total_ms, at)
        asked = as_json(self._programme) | of_turn(turn.request)
        return Bookmark(key(self._programme), title, asked, 0, total_ms, at, self._part, turn.number, session)

    def _write(self, write: Callable[[Diary], None]) -> bool:
        from player.history.diary import Diary  # noqa: PLC0415 (SQLite: 8 ms, needed when the sound is on)

        self._diary = self._diary or Diary(self._warn)
        try:
            write(self._diary)
        except DiaryError as error:
            if not self._has_warned:
                self._warn(f"this session is not remembered: {error}")
            self._has_warned = True
            return False
        return True
