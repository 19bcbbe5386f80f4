"""The words that the program fills into texts."""

from __future__ import annotations

import pytest

from player.script import library, regions
from player.script.languages import words_for
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
    english = words_for("en")
    assert english is not None
    assert minutes_in_words(english.minutes, length_ms) == words


def test_every_name_has_words_in_english_and_none_in_a_language_without_a_table() -> None:
    assert tuple(given_words("en-GB", MINUTE)) == GIVEN
    assert given_words("xx", MINUTE) == {}


@pytest.mark.parametrize(
    ("code", "spoken", "shown"),
    [
        ("US", ("nine one one", "the crisis line, nine eight eight"), ("911", "the Suicide and Crisis Lifeline, 988")),
        ("GB", ("nine nine nine", "the Samaritans, one one six, one two three"), ("999", "the Samaritans, 116 123")),
        ("AU", ("zero zero zero", "Lifeline, one three, one one, one four"), ("000", "Lifeline, 13 11 14")),
        ("BE", ("one one two", "a crisis line"), ("112", "a crisis line")),
    ],
)
def test_numbers_are_digits_in_speech_and_figures_on_the_screen(
    code: str, spoken: tuple[str, str], shown: tuple[str, str]
) -> None:
    voice = given_words("en-US", MINUTE, regions.of(code))
    screen = given_words("en-US", MINUTE, regions.of(code), in_figures=True)
    assert (voice["emergency"], voice["crisis_line"]) == spoken
    assert (screen["emergency"], screen["crisis_line"]) == shown


def test_without_a_country_the_words_are_general_in_both() -> None:
    general = ("your local emergency number", "a crisis line")
    for in_figures in (True, False):
        words = given_words("en", MINUTE, in_figures=in_figures)
        assert (words["emergency"], words["crisis_line"]) == general


@pytest.mark.parametrize("code", library.regions())
def test_no_figure_is_left_for_a_voice_to_read(code: str) -> None:
    words = given_words("en", MINUTE, regions.of(code))
    assert not any(char.isdigit() for text in words.values() for char in text)
