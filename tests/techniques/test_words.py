"""The words that the program fills into texts."""

from __future__ import annotations

import pytest

from player.techniques.words import GIVEN, given_words, minutes_in_words

MINUTE = 60_000


@pytest.mark.parametrize(
    ("length_ms", "words"),
    [
        (1, "half a minute"),
        (44_999, "half a minute"),
        (45_000, "a minute"),
        (60_000, "a minute"),
        (90_000, "a minute and a half"),
        (2 * MINUTE, "two minutes"),
        (6 * MINUTE + 44_999, "six and a half minutes"),
        (6 * MINUTE + 45_000, "seven minutes"),
        (7 * MINUTE + 14_999, "seven minutes"),
        (9 * MINUTE + 30_000, "nine and a half minutes"),
        (9 * MINUTE + 45_000, "ten minutes"),
        (10 * MINUTE + 29_999, "ten minutes"),
        (10 * MINUTE + 30_000, "eleven minutes"),
        (20 * MINUTE, "twenty minutes"),
        (22 * MINUTE, "twenty-two minutes"),
        (60 * MINUTE, "sixty minutes"),
        (99 * MINUTE, "ninety-nine minutes"),
        (100 * MINUTE, "100 minutes"),
    ],
)
def test_a_length_is_said_as_people_say_it(length_ms: int, words: str) -> None:
    assert minutes_in_words(length_ms) == words


def test_every_name_has_words_in_english_and_none_in_a_language_without_a_table() -> None:
    assert tuple(given_words("en-GB", MINUTE)) == GIVEN
    assert given_words("xx", MINUTE) == {}
