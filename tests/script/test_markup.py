"""Signs of markup in a text: a voice gets the words, and the text as it is where no word would be left."""

from __future__ import annotations

import pytest

from player.script.markup import without


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Breathe in.", "Breathe in."),
        ("*Let* go &amp; rest → now.", "Let go & rest now."),
        ("A <b>soft</b> sound", "A soft sound"),
        ("→ ★", "→ ★"),
    ],
)
def test_a_voice_gets_the_words(text: str, read: str) -> None:
    assert without(text) == read
