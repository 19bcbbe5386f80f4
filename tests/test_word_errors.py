"""The comparison of a text with what a recogniser wrote: what is the same to an ear, and what is a word wrong."""

from __future__ import annotations

import pytest

from tests.bench.word_errors import wrong_words


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Breathe in, and hold.", "breathe in and hold"),
        ("eight", "8"),
        ("You don't have to.", "You do not have to."),
        ("It\u2019s here, and you\u2019re here.", "it is here and you are here"),
        ("Let's rest.", "Let us rest."),
        ("a hand's width", "a hands width"),
        ("It takes four and a half minutes.", "It takes 4.5 minutes."),
        ("from nought to a hundred", "from nought to 100"),
        ("the second of twenty-one", "the 2nd of 21"),
        ("1,250", "one thousand two hundred fifty"),
        ("a sensible neighbour", "a sensible neighbor"),
        ("the fingertips", "the finger tips"),
        ("your eye lids", "your eyelids"),
        ("Move on to your thighs.", "Move onto your thighs."),
        ("left out, your back too", "left out, you're back too"),
        ("where is there only air?", "where is their only heir"),
        ("the sole of the heel", "the soul of the heal"),
    ],
)
def test_what_sounds_the_same_is_no_error(said: str, heard: str) -> None:
    assert wrong_words(said, heard) == []


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("three", "free", [("three", "free")]),
        ("breathe out", "three mouth", [("breathe", "three"), ("out", "mouth")]),
        ("five", "5 5", [("", "five")]),
        ("rest on in quiet", "rest on quiet", [("in", "")]),
        ("let the lids close", "let the lids clothes", [("close", "clothes")]),
        ("One is enough.", "", [("one", ""), ("is", ""), ("enough", "")]),
        ("not a word more", "a word or more", [("not", ""), ("", "or")]),
    ],
)
def test_the_fewest_words_are_wrong(said: str, heard: str, wrong: list[tuple[str, str]]) -> None:
    found = [tuple(each) for each in wrong_words(said, heard)]
    assert sorted(found) == sorted(wrong)
