from __future__ import annotations

import dataclasses
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player import units
from player.errors import Position
from player.script.yaml import scalar_types, types
from player.script.yaml.scalar_types import (
    ChoiceType,
    DurationType,
    LevelType,
    OutOfRangeError,
    ScalarType,
    TextType,
    WholeType,
)

ALIASES = {
    "Text": types.Text,
    "Name": types.Name,
    "Said": types.Said,
    "Identifier": types.Identifier,
    "Language": types.Language,
    "Duration": types.Duration,
    "Level": types.Level,
    "Count": types.Count,
    "WordsAMinute": types.WordsAMinute,
    "Percent": types.Percent,
    "Flag": types.Flag,
    "Sound": types.Sound,
}


def scalar_type_of(alias: str) -> ScalarType:
    scalar_type: ScalarType = get_args(ALIASES[alias])[1]
    return scalar_type


@pytest.mark.parametrize(
    ("alias", "text", "value"),
    [
        ("Text", " Breathe in. ", "Breathe in."),
        ("Text", "One\nTwo", "One\nTwo"),
        ("Text", "e\u0301", "\u00e9"),
        ("Text", "~", "~"),
        ("Text", "👨‍👩‍👧", "👨‍👩‍👧"),
        ("Name", "Box breathing\n", "Box breathing"),
        ("Identifier", "box-breathing_2", "box-breathing_2"),
        ("Language", "en-GB", "en-GB"),
        ("Language", "de", "de"),
        ("Language", "zh-Hant-TW", "zh-Hant-TW"),
        ("Duration", "1:30", 90_000),
        ("Duration", "2m30s", 150_000),
        ("Level", "-20 dB", -20.0),
        ("Level", "0 dB", 0.0),
        ("Count", "012", 12),
        ("Count", "1000", 1000),
        ("WordsAMinute", "60", 60),
        ("WordsAMinute", "300", 300),
        ("Percent", "50", 50),
        ("Percent", "50 %", 50),
        ("Percent", "100%", 100),
        ("Flag", "no", False),
        ("Flag", "Yes", True),
        ("Flag", "TRUE", True),
        ("Sound", "ocean", "ocean"),
        ("Sound", "None", None),
    ],
)
def test_what_a_scalar_type_reads(alias: str, text: str, value: object) -> None:
    assert scalar_type_of(alias).parse(text) == value


@pytest.mark.parametrize(
    ("alias", "text", "fragment"),
    [
        ("Text", "  ", "must not be empty"),
        ("Text", "x" * 2001, "must be at most 2000 characters long, not 2001"),
        ("Text", "a\x1b[2Jb", "must not contain the control character '\\x1b'"),
        ("Text", "a\ud800", "must not contain the control character '\\ud800'"),
        ("Text", "a\u202eb", "must not contain the control character '\\u202e'"),
        ("Text", "\u2066a\u2069", "must not contain the control character '\\u2066'"),
        ("Name", "Box\nbreathing", "must be on one line"),
        ("Name", "x" * 201, "must be at most 200 characters long, not 201"),
        ("Identifier", "4side", "must be a name of letters, digits, - and _ that begins with a letter, not '4side'"),
        ("Identifier", "é", "must be a name of letters, digits, - and _ that begins with a letter, not 'é'"),
        ("Language", "english", "must be a language such as en-GB, not 'english'"),
        ("Language", "en_GB", "must be a language such as en-GB, not 'en_GB'"),
        ("Duration", "no", "must be a duration such as 4s, 500ms, 2m30s or 0:30, not 'no'"),
        ("Duration", "-4s", "must be a duration such as 4s, 500ms, 2m30s or 0:30, not '-4s'; it must not be negative"),
        ("Duration", "25h", "must be at most 24 hours, not '25h'"),
        ("Level", "-20", "must be a level such as -20 dB, not '-20'"),
        ("Level", "-80 dB", "must be -60 dB to 0 dB, not -80 dB"),
        ("Level", "3 dB", "must be -60 dB to 0 dB, not 3 dB"),
        ("Count", "0", "must be 1 to 1000, not 0"),
        ("Count", "1e3", "must be a whole number, 1 to 1000, not '1e3'"),
        ("Count", "1.5", "must be a whole number, 1 to 1000, not '1.5'"),
        ("Count", "\u0663", "must be a whole number, 1 to 1000, not '\u0663'"),
        ("WordsAMinute", "1000", "must be 60 to 300 words a minute, not 1000"),
        ("WordsAMinute", "fast", "must be a whole number, 60 to 300 words a minute, not 'fast'"),
        ("Percent", "101", "must be 0 to 100, not 101"),
        ("Percent", "-1", "must be a percentage, 0 to 100, not '-1'"),
        ("Flag", "off", "must be true or false, not 'off'"),
        ("Sound", "", "must not be empty"),
    ],
)
def test_what_a_scalar_type_refuses(alias: str, text: str, fragment: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(fragment)}$"):
        scalar_type_of(alias).parse(text)


@pytest.mark.parametrize(
    ("scalar_type", "text", "fragment"),
    [
        (types.duration(minimum_ms=3000, maximum_ms=6000), "12s", "must be 3s to 6s, not 12s"),
        (types.duration(maximum_ms=60_000), "2m", "must be at most 1m, not 2m"),
        (types.duration(minimum_ms=500), "0s", "must be at least 0.5s, not 0s"),
        (LevelType(-30.0, -6.5), "-3 dB", "must be -30 dB to -6.5 dB, not -3 dB"),
        (WholeType(1, 3), "4", "must be 1 to 3, not 4"),
        (TextType(longest=3), "four", "must be at most 3 characters long, not 4"),
    ],
)
def test_beyond_its_limits_a_value_is_out_of_range(scalar_type: ScalarType, text: str, fragment: str) -> None:
    with pytest.raises(OutOfRangeError, match=f"^{re.escape(fragment)}$"):
        scalar_type.parse(text)


def _refusal(alias: str, text: str) -> str:
    try:
        scalar_type_of(alias).parse(text)
    except ValueError as error:
        return str(error)
    return ""


@given(st.sampled_from(sorted(ALIASES)), st.text())
def test_a_scalar_type_gives_a_value_or_a_fragment_of_one_line(alias: str, text: str) -> None:
    refusal = _refusal(alias, text)
    assert refusal == "" or (refusal.startswith("must ") and len(refusal.splitlines()) == 1)


@pytest.mark.parametrize("alias", sorted(ALIASES))
@pytest.mark.parametrize("text", ["9" * 5000, "x" * 100_000, "\x00" * 1000])
def test_long_values_make_short_messages(alias: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"^must .{1,360}$"):
        scalar_type_of(alias).parse(text)


@given(st.integers(0, units.LONGEST_MS), st.integers(0, units.LONGEST_MS), st.integers(0, units.LONGEST_MS))
def test_both_limits_of_a_duration_are_in_its_range(low: int, high: int, ms: int) -> None:
    scalar_type = DurationType(min(low, high), max(low, high))
    if scalar_type.minimum_ms <= ms <= scalar_type.maximum_ms:
        assert scalar_type.parse(units.format_duration(ms)) == ms
    else:
        with pytest.raises(OutOfRangeError):
            scalar_type.parse(units.format_duration(ms))


def test_a_choice_lists_its_words() -> None:
    assert ChoiceType(("up", "down", "none")).about == "up, down or none"
    assert ChoiceType(("off",)).about == "off"


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_every_scalar_type_says_what_it_takes(alias: str) -> None:
    scalar_type = scalar_type_of(alias)
    assert scalar_type.about
    assert scalar_type.schema().keys() & {"type", "anyOf", "enum"}
    assert hash(scalar_type) == hash(dataclasses.replace(scalar_type))  # type: ignore[type-var]


def test_a_list_of_one_or_more_keeps_the_scalar_type_of_its_items() -> None:
    inner, mark = get_args(types.OneOrMore[types.Text])
    assert get_args(inner) == (types.Text, ...)
    assert mark == types.ListRule(least=1, bare=True)


def test_shown_cuts_what_is_long() -> None:
    assert scalar_types.shown("it's") == '"it\'s"'
    assert scalar_types.shown("x" * 61) == repr("x" * 57 + "...")


def test_a_step_tells_where_its_values_are() -> None:
    at, value = Position("f", 1, 1), Position("f", 1, 9)
    step = types.Step(object(), at, {"for": value})
    assert (step.where("for"), step.where("for_"), step.where("then")) == (value, value, at)


@pytest.mark.parametrize(
    "text", ["…", "\ufffd", "-", "?!.,", "🌙", "\u200d\u200d", "\u0301", "***", "# #", '""', "♪", "()", "_"]
)
def test_a_text_that_nobody_can_say_is_not_for_a_voice(text: str) -> None:
    with pytest.raises(ValueError, match=r"must have a word or a number, not .*; silence is '- pause: 3s'"):
        scalar_type_of("Said").parse(text)
    assert scalar_type_of("Text").parse(text) == text


@pytest.mark.parametrize("text", ["a", "0", "½", "冥想", "ध्यान", "Rest … 🌙", "+", "%", "&", "€"])
def test_a_text_with_anything_to_say_is(text: str) -> None:
    assert scalar_type_of("Said").parse(text) == text
