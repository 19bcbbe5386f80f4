"""Where a text is divided: only by its signs, and in a time that grows with its length."""

from __future__ import annotations

import time

import pytest

from player.techniques.sentences import MOST_SYLLABLES, sentences


@pytest.mark.parametrize(
    ("text", "language", "divided"),
    [
        ("Stop! Now breathe.", "en", ["Stop!", "Now breathe."]),
        ("Really!? Yes.", "en", ["Really!?", "Yes."]),
        ("Wait!. Then go.", "en", ["Wait!.", "Then go."]),
        ("Let go… and rest.", "en", ["Let go… and rest."]),
        ('Wait..." and rest.', "en", ['Wait..." and rest.']),
        ("Let go. — ", "en", ["Let go.—"]),
        ("Xin chào. Thở đi.", "xx", ["Xin chào.", "Thở đi."]),
        ("吸" * (MOST_SYLLABLES + 1), "zh", ["吸" * MOST_SYLLABLES, "吸"]),
        ("", "en", []),
    ],
)
def test_a_text_is_divided_after_its_sentences(text: str, language: str, divided: list[str]) -> None:
    assert list(sentences(text, language)) == divided


@pytest.mark.parametrize(
    "text", ["!" * 1999, "…?" * 999, "a" + " " * 1990 + "b", ". " * 999, "!" * 999 + " A" + "?" * 999]
)
def test_the_longest_text_of_signs_alone_is_divided_in_a_moment(text: str) -> None:
    start = time.process_time()
    sentences(text, "en")
    assert time.process_time() - start < 1.0  # 2000 exclamation marks took 88 s, and take 0.02 s
