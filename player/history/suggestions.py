"""What to practise now: what was stopped, the next part of a programme, or what suits the time of day.

A function of what the diary holds, of the clock, and of the listener's language; nothing is read but scripts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from player import pipeline
from player.errors import PlayerError
from player.history.bookmarks import can_be_played
from player.history.requests import NUMBER
from player.pipeline.day_times import DayTime, day_time, suiting, suits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from player.history.entries import Bookmark, HistoryEntry
    from player.pipeline.turns import ProgrammePart

_DAY_BEGINS: Final = timedelta(hours=5)
"""After midnight. Before that it is still the day before."""
_NIGHT_BEGINS: Final = timedelta(hours=6)
"""Before midnight. Last night is from then on."""
_FOLLOWED_FOR: Final = timedelta(days=14)
"""A programme that was left for longer is not brought up again."""


@dataclass(frozen=True)
class Suggestion:
    """A session or a programme to play.

    Attributes
    ----------
    session
        What ``play`` calls it.
    bookmark
        Where it goes on; None to begin it.
    part, heard
        The part of a programme to begin, and what was heard of it last.
    day_time
        The time of day that it suits.
    """

    session: str
    bookmark: Bookmark | None = None
    part: ProgrammePart | None = None
    heard: HistoryEntry | None = None
    day_time: DayTime | None = None


def suggestions(
    bookmarks: Sequence[Bookmark], entries: Sequence[HistoryEntry], now: datetime, language: str
) -> tuple[Suggestion, ...]:
    """What suits now, the first choice first; never empty.

    A programme's next part is the first choice from the day after the last one, and the last choice until then.

    Parameters
    ----------
    bookmarks
        The newest first.
    entries
        The newest last.
    now
        In the listener's time zone.
    language
        The tag of the listener's language.
    """
    here = day_time(now)
    stopped = next((Suggestion(each.session, each) for each in bookmarks if _goes_on(each, now, here)), None)
    following = _following(bookmarks, entries, now, here)
    heard_today = {each.session for each in entries if _day(each.began, now) == _day(now, now)}
    of_now = sorted(suiting(here, language), key=lambda name: name in heard_today)
    is_next = (
        following is not None and following.heard is not None and _day(following.heard.began, now) < _day(now, now)
    )
    first, last = (following, None) if is_next else (None, following)
    found = (stopped, first, *(Suggestion(name, day_time=here) for name in of_now), last)
    once: dict[str, Suggestion] = {}
    for each in filter(None, found):
        once.setdefault(each.session, each)
    return tuple(once.values())


def _day(at: datetime, now: datetime) -> date:
    return (at.astimezone(now.tzinfo) - _DAY_BEGINS).date()


def _goes_on(bookmark: Bookmark, now: datetime, here: DayTime) -> bool:
    """Whether it was stopped today or last night, suits now, and is still there."""
    is_near = (bookmark.noted.astimezone(now.tzinfo) + _NIGHT_BEGINS).date() >= _day(now, now)
    return is_near and suits(bookmark.turn or bookmark.session, here) and can_be_played(bookmark.session)


def _following(
    bookmarks: Sequence[Bookmark], entries: Sequence[HistoryEntry], now: datetime, here: DayTime
) -> Suggestion | None:
    """How the programme goes on of which something was heard last: where it was stopped, or with its next part."""
    last = next((each for each in reversed(entries) if each.programme and each.whole), None)
    if last is None or now - last.began > _FOLLOWED_FOR or not can_be_played(last.programme):
        return None
    stopped = next((each for each in bookmarks if each.session == last.programme), None)
    if stopped:
        return Suggestion(last.programme, stopped, heard=last) if suits(stopped.turn, here) else None
    part = _part_after(last.programme, last.asked)
    suited = part and all(suits(turn.name, here) for turn in part.turns)
    return Suggestion(last.programme, part=part, heard=last) if suited else None


def _part_after(programme: str, heard: Mapping[str, object]) -> ProgrammePart | None:
    """The part with the session after the one that was heard; None at the end, or where nothing tells which it was."""
    number = heard.get(NUMBER)
    try:
        plan = pipeline.programmes.planned(pipeline.SessionRequest(programme))
    except PlayerError:
        return None
    if plan is None or not isinstance(number, int) or not 0 < number < plan.count:
        return None
    following = plan.turns[number]  # they are counted from 1
    return next(part for part in plan.parts if part.number == following.part)
