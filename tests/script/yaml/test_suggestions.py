from __future__ import annotations

import pytest

from player.script.yaml.suggestions import did_you_mean, nearest


@pytest.mark.parametrize(
    ("word", "found"),
    [("titel", "title"), ("TITLE", "title"), ("steps:", "steps"), ("zzz", None), ("", None), ("x" * 100_000, None)],
)
def test_the_nearest_name(word: str, found: str | None) -> None:
    assert nearest(word, ["title", "steps", "summary"]) == found


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("inhale", ["in", "hold", "out"], "in"),
        ("Exhale", ["in", "hold", "out"], "out"),
        ("wait", ["say", "pause"], "pause"),
        ("speed", ["name", "rate"], "rate"),
        ("inhale", ["title", "steps"], None),
    ],
)
def test_a_word_that_means_the_same_is_the_name(word: str, known: list[str], found: str | None) -> None:
    assert nearest(word, known) == found


def test_a_suggestion_is_made_only_where_it_is_likely() -> None:
    assert did_you_mean("sied", ["side", "who"]) == "did you mean 'side'?"
    assert did_you_mean("zzz", ["side", "who"]) == ""
    assert did_you_mean("side", []) == ""
