"""The words of each language."""

from __future__ import annotations

import pytest

from player.script.languages import words_for


@pytest.mark.parametrize("tag", ["en-US", "en", "EN_gb"])
def test_a_country_of_a_language_has_its_words(tag: str) -> None:
    words = words_for(tag)
    assert words is not None
    assert words.english == "English"


def test_what_is_no_language_has_no_words() -> None:
    assert words_for("tlh") is None
    assert words_for("not a language") is None
