"""What suits a time of day: everything in the table is there, in every language."""

from __future__ import annotations

from datetime import datetime

import pytest

from player.pipeline.day_times import SUITING, DayTime, day_time, suiting, suits
from player.script import library


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        *((each, DayTime.MORNING) for each in (5, 9)),
        *((each, DayTime.DAY) for each in (10, 17)),
        *((each, DayTime.EVENING) for each in (18, 21)),
        *((each, DayTime.BEDTIME) for each in (22, 23, 0)),
        *((each, DayTime.NIGHT) for each in (1, 4)),
    ],
)
def test_the_clock_decides(hour: int, part: DayTime) -> None:
    assert day_time(datetime(2026, 6, 5, hour, 30).astimezone()) is part


def test_every_time_of_day_has_sessions_that_are_there() -> None:
    assert set(SUITING) == set(DayTime)
    for part, names in SUITING.items():
        assert len(set(names)) == len(names) >= 3
        assert set(names) <= set(library.session_names())
        assert suiting(part, library.ORIGINAL) == names


@pytest.mark.parametrize("language", [each for each in library.languages() if each != library.ORIGINAL])
def test_in_another_language_translations_come_first_and_there_is_always_one(language: str) -> None:
    for part, names in SUITING.items():
        found = suiting(part, language)
        assert found[0] in library.session_names(language)
        assert sorted(each.rpartition("/")[2] for each in found) == sorted(names)
        translated = [each.startswith(f"{language}/") for each in found]
        assert translated == sorted(translated, reverse=True)


@pytest.mark.parametrize("session", ["sleep-wind-down", "de/sleep-wind-down", "awake-at-night"])
def test_nobody_goes_on_to_fall_asleep_in_the_morning(session: str) -> None:
    assert [part for part in DayTime if suits(session, part)] == [DayTime.EVENING, DayTime.BEDTIME, DayTime.NIGHT]
    assert all(suits("box-breathing", part) for part in DayTime)
