"""The text of ``log``."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from player.cli import _log_text
from player.history.entries import ForgottenCounts
from tests.fakes_diary import NOON, make_bookmark, make_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)

pytestmark = pytest.mark.skipif(
    not hasattr(time, "tzset"), reason="needs a time zone of its own: run it on Linux or macOS"
)


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(0), "today"),
        (timedelta(hours=12, minutes=59), "today"),
        (timedelta(hours=13, minutes=1), "yesterday"),  # noon is one o'clock here
        (DAY, "yesterday"),
        (2 * DAY, "on Sunday"),
        (6 * DAY, "on Wednesday"),
        (7 * DAY, "on 18 November"),
        (400 * DAY, "on 21 October 2024"),
        (-DAY, "on 26 November"),  # the clock was set back
    ],
)
def test_a_day_is_named_as_people_name_it(ago: timedelta, words: str) -> None:
    assert _log_text.day(NOON - ago, NOON) == words


def test_a_bookmark_is_a_sentence() -> None:
    now = NOON + 3 * DAY
    assert _log_text.stopped(make_bookmark(), now) == "Box breathing, stopped at 3:20 of 7:00 on Tuesday."
    in_one = replace(make_bookmark("evening"), number=2)
    assert _log_text.stopped(in_one, now) == "Box breathing (evening), stopped at 3:20 of 7:00 on Tuesday."
    own = replace(make_bookmark("/home/me/calm days.yaml"), number=1)
    assert _log_text.stopped(own, now).startswith("Box breathing (calm days), stopped")
    assert _log_text.heard(make_entry(), now) == "Box breathing, heard on Tuesday."


def test_a_title_never_steers_the_terminal() -> None:
    assert "\x1b" not in _log_text.stopped(replace(make_bookmark(), title="a\x1b[2J"), NOON)
    assert "\x1b" not in _log_text.rows([replace(make_entry(), title="a\x1b[2J")], NOON)[0][1]


def test_rows_tell_when_what_how_long_and_how_far() -> None:
    entries = [
        make_entry("1", began=NOON - 365 * DAY),
        make_entry("2", began=NOON - 20 * DAY, whole=False, heard_ms=61_000, programme="evening"),
        make_entry("3", began=NOON, heard_ms=3_661_000),
    ]
    assert _log_text.rows(entries, NOON) == [
        ("Mon 25 Nov 2024 13:00", "Box breathing", "   7:00", "whole"),
        ("Wed  5 Nov 13:00", "Box breathing (evening)", "   1:01", "stopped at 1:01 of 7:00"),
        ("Tue 25 Nov 13:00", "Box breathing", "1:01:01", "whole"),
    ]


def test_a_week_begins_on_its_monday_where_the_listener_is() -> None:
    monday = datetime.fromisoformat("2025-11-24T00:00:00+01:00")
    before, since = make_entry("1", began=monday - timedelta(minutes=1)), make_entry("2", began=monday)
    assert _log_text.this_week([before, since], NOON) == "This week: 1 session, 7 minutes."
    assert _log_text.this_week([since, since, replace(since, heard_ms=10_000)], NOON) == (
        "This week: 3 sessions, 14 minutes."
    )
    assert _log_text.this_week([replace(since, heard_ms=10_000)], NOON) == "This week: 1 session, 1 minute."


def test_a_week_without_entries_is_not_mentioned() -> None:
    assert _log_text.this_week([make_entry(began=NOON - 7 * DAY)], NOON) == ""
    assert _log_text.this_week([], NOON) == ""


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (ForgottenCounts(0, 0), "There was nothing to forget."),
        (ForgottenCounts(1, 0), "Forgotten: 1 session that you practised, and 0 places to go on at."),
        (ForgottenCounts(12, 1), "Forgotten: 12 sessions that you practised, and 1 place to go on at."),
    ],
)
def test_what_was_forgotten_is_counted(count: ForgottenCounts, words: str) -> None:
    assert _log_text.forgotten(count) == words
