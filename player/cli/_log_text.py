"""The text of ``log``.

Days and times are local. Nothing is counted that could put pressure on the listener, such as days in a row. Pure
functions: entries in, text out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from player.errors import printable
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.history.entries import Bookmark, ForgottenCounts, HistoryEntry

_A_WEEK = 7


def stopped(bookmark: Bookmark, now: datetime) -> str:
    """``Box breathing, stopped at 3:20 of 7:00 on Tuesday.``, with the programme's name if it was in one."""
    programme = _name(bookmark.session) if bookmark.number else ""
    what = _what(bookmark.title, programme)
    return f"{what}, stopped at {timecode(bookmark.at_ms)} of {timecode(bookmark.total_ms)} {day(bookmark.noted, now)}."


def goes_on(bookmark: Bookmark, now: datetime) -> str:
    """``Box breathing, stopped at 3:20 of 7:00 on Tuesday, goes on.``, or that it is the next of its programme."""
    if bookmark.at_ms:
        return f"{stopped(bookmark, now).removesuffix('.')}, goes on."
    return f"{_what(bookmark.title, _name(bookmark.session))} is next."


def heard(entry: HistoryEntry, now: datetime) -> str:
    """``Box breathing, heard on Tuesday.``."""
    return f"{_what(entry.title, '')}, heard {day(entry.began, now)}."


def day(at: datetime, now: datetime) -> str:
    """``today``, ``yesterday``, ``on Tuesday``, ``on 3 November``, ``on 3 November 2024``."""
    at, now = at.astimezone(), now.astimezone()
    ago = (now.date() - at.date()).days
    if ago in _NEAR:
        return _NEAR[ago]
    if 0 < ago < _A_WEEK:
        return f"on {at:%A}"
    return f"on {at.day} {at:%B}" + (f" {at.year}" if at.year != now.year else "")


_NEAR = {0: "today", 1: "yesterday"}


def rows(entries: Sequence[HistoryEntry], now: datetime) -> list[tuple[str, str, str, str]]:
    """The table's rows: when it began, the title, how long it was heard, and how far."""
    lengths = [timecode(each.heard_ms) for each in entries]
    width = max(map(len, lengths), default=0)
    return [
        (_time_of_day(each.began, now), _what(each.title, _name(each.programme)), f"{length:>{width}}", _how_far(each))
        for each, length in zip(entries, lengths, strict=True)
    ]


def this_week(entries: Sequence[HistoryEntry], now: datetime) -> str:
    """The total since Monday, in a line; empty if nothing was heard."""
    today = now.astimezone().date()
    monday = today - timedelta(days=today.weekday())
    lengths = [each.heard_ms for each in entries if each.began.astimezone().date() >= monday]
    return f"This week: {_count(len(lengths), 'session')}, {_minutes(sum(lengths))}." if lengths else ""


def forgotten(count: ForgottenCounts) -> str:
    """How much was forgotten, in a line."""
    if not count.entries and not count.bookmarks:
        return "There was nothing to forget."
    entries, bookmarks = _count(count.entries, "session"), _count(count.bookmarks, "place")
    return f"Forgotten: {entries} that you practised, and {bookmarks} to go on at."


def _what(title: str, programme: str) -> str:
    return printable(f"{title} ({programme})" if programme else title)


def _name(key: str) -> str:
    """A programme's name: of a script of the user's own, the name of its file."""
    return Path(key).stem if Path(key).is_absolute() else key


def _time_of_day(at: datetime, now: datetime) -> str:
    at = at.astimezone()
    year = f" {at.year}" if at.year != now.astimezone().year else ""
    return f"{at:%a} {at.day:>2} {at:%b}{year} {at:%H:%M}"


def _how_far(entry: HistoryEntry) -> str:
    return "whole" if entry.whole else f"stopped at {timecode(entry.at_ms)} of {timecode(entry.total_ms)}"


def _count(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _minutes(ms: int) -> str:
    return _count(max(1, round(ms / 60_000)), "minute")
