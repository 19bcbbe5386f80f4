"""What the diary remembers, as people say it.

The rule: days and times are local ones, and nothing is counted that could urge anybody. Pure: entries in, text out.
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


def stopped(place: Bookmark, now: datetime) -> str:
    """``Box breathing, stopped at 3:20 of 7:00 on Tuesday.``, and the programme where it was in one."""
    programme = _name(place.session) if place.number else ""
    what = _what(place.title, programme)
    return f"{what}, stopped at {timecode(place.at_ms)} of {timecode(place.total_ms)} {day(place.noted, now)}."


def heard(practised: HistoryEntry, now: datetime) -> str:
    """``Box breathing, heard on Tuesday.``."""
    return f"{_what(practised.title, '')}, heard {day(practised.began, now)}."


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
    """When, what, for how long and how far, for a table."""
    lengths = [timecode(each.heard_ms) for each in entries]
    width = max(map(len, lengths), default=0)
    return [
        (_moment(each.began, now), _what(each.title, _name(each.programme)), f"{length:>{width}}", _how_far(each))
        for each, length in zip(entries, lengths, strict=True)
    ]


def this_week(entries: Sequence[HistoryEntry], now: datetime) -> str:
    """The week's total in a line, from its Monday on; nothing where there is none."""
    today = now.astimezone().date()
    monday = today - timedelta(days=today.weekday())
    lengths = [each.heard_ms for each in entries if each.began.astimezone().date() >= monday]
    return f"This week: {_count(len(lengths), 'session')}, {_minutes(sum(lengths))}." if lengths else ""


def forgotten(count: ForgottenCounts) -> str:
    """What was forgotten, in a line."""
    if not count.practised and not count.places:
        return "There was nothing to forget."
    practised, places = _count(count.practised, "session"), _count(count.places, "place")
    return f"Forgotten: {practised} that you practised, and {places} to go on at."


def _what(title: str, programme: str) -> str:
    return printable(f"{title} ({programme})" if programme else title)


def _name(key: str) -> str:
    """A programme by the name of its file."""
    return Path(key).stem if Path(key).is_absolute() else key


def _moment(at: datetime, now: datetime) -> str:
    at = at.astimezone()
    year = f" {at.year}" if at.year != now.astimezone().year else ""
    return f"{at:%a} {at.day:>2} {at:%b}{year} {at:%H:%M}"


def _how_far(entry: HistoryEntry) -> str:
    return "whole" if entry.whole else f"stopped at {timecode(entry.at_ms)} of {timecode(entry.total_ms)}"


def _count(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _minutes(ms: int) -> str:
    return _count(max(1, round(ms / 60_000)), "minute")
