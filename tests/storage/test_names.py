from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.storage.names import safe_stem, with_tail, words_of

FORBIDDEN = set('"*/:<>?\\|') | {chr(code) for code in (*range(32), 127)}
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³")}


@pytest.mark.parametrize("name", ["pmr-7", "Abend ruhe", "Zoë", "ध्यान", "a.b", "-", ".x", "console", "x" * 200, "5%"])
def test_what_every_system_can_hold_stays(name: str) -> None:
    assert safe_stem(name) == name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("What now?", "What now-6a629f"),
        ("a/b", "a-b-"),
        ("Rest... ", "Rest-"),
        ("con", "_con-"),
        ("Aux.old", "_Aux.old-"),
        ("???", ""),
        ("", ""),
    ],
)
def test_what_some_system_cannot_hold_is_replaced(name: str, safe: str) -> None:
    assert safe_stem(name).startswith(safe)
    assert len(safe_stem(name)) >= 6


def test_names_that_would_become_alike_still_differ() -> None:
    names = ["a:b", "a?b", "a-b", "a::b", "a-b.", "a-b ", "x" * 201, "x" * 202, "x" * 200]
    assert len({safe_stem(name) for name in names}) == len(names)
    assert safe_stem("a:b") == safe_stem("a:b")


def test_all_forms_of_a_letter_are_the_same_name() -> None:
    assert safe_stem("Zoe\N{COMBINING DIAERESIS}") == "Zoë"


@given(st.text(max_size=300))
def test_any_text_becomes_a_name_for_every_system(text: str) -> None:
    name = safe_stem(text)
    assert 0 < len(name.encode()) <= 200
    assert not set(name) & FORBIDDEN
    assert not name.endswith((".", " "))
    assert name.partition(".")[0].rstrip().lower() not in DEVICES


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Settle / in", "settle-in"),
        ("Über_den: Rücken!", "über-den-rücken"),
        ("ध्यान दें", "ध्यान-दें"),
        (
            "e\N{COMBINING ACUTE ACCENT}te\N{COMBINING ACUTE ACCENT}",
            "e\N{COMBINING ACUTE ACCENT}te\N{COMBINING ACUTE ACCENT}",
        ),
        ("Ten words", "ten-w"),
        ("Five words", "five"),
        ("?!", ""),
    ],
)
def test_words_of_a_title_are_its_letters(title: str, words: str) -> None:
    assert words_of(title, len(words) if words else 40) == words


def test_a_tail_stays_whole() -> None:
    assert with_tail("calm", "-01.mp3") == "calm-01.mp3"
    assert with_tail("ü" * 200, "-01.mp3") == "ü" * 124 + "-01.mp3"
