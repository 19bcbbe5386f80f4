"""The voice of a session at another rate, which keeps its course in percent and within what a voice can."""

from __future__ import annotations

import pytest

from player.script.voice_settings import RateCourse, VoiceSettings


@pytest.mark.parametrize(
    ("rate", "asked", "found"),
    [
        (105, 90, 90),
        (RateCourse(100, 80), 150, RateCourse(150, 120)),
        (RateCourse(100, 70), 70, RateCourse(70, 60)),
        (RateCourse(100, 200), 200, RateCourse(200, 300)),
    ],
)
def test_a_course_begins_at_the_rate_and_keeps_its_percent(
    rate: int | RateCourse, asked: int, found: int | RateCourse
) -> None:
    assert VoiceSettings(rate=rate).at_rate(asked).rate == found
