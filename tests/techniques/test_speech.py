"""Sentences are spoken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import Position
from player.techniques.cue import Slot, Speech
from player.techniques.planning import Planner
from player.techniques.sentences import sentences
from player.techniques.speech import SENTENCE_GAP_MS, PauseStep, Say

AT = Position("a.yaml", 1, 1)
PLANNER = Planner("en-GB", "v", 105, 50)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.", ("One.",)),
        ("One. Two!  Three?\nFour… Five", ("One.", "Two!", "Three?", "Four…", "Five")),
        ("Ask Dr. Weil, e.g. Today.", ("Ask Dr. Weil, e.g. Today.",)),
        ("It costs 3.5 seconds. 4 are left.", ("It costs 3.5 seconds.", "4 are left.")),
        ("Say “let go.” Then wait.", ("Say “let go.”", "Then wait.")),
        ("Wait ... and breathe.", ("Wait ... and breathe.",)),
        ("Über. Ärger.", ("Über.", "Ärger.")),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, expected: tuple[str, ...]) -> None:
    assert sentences(text, "en") == expected


@given(st.text(min_size=1))
def test_no_word_is_lost_or_added(text: str) -> None:
    assert "".join("".join(sentences(text, "en")).split()) == "".join(text.split())


def test_say_is_one_slot_with_a_cue_a_sentence() -> None:
    (slot,) = Say("One. Two.", for_=9000).parts(AT, PLANNER)
    assert isinstance(slot, Slot)
    assert slot.length_ms == 9000
    assert [(c.said.text, c.gap_ms) for c in slot.cues if isinstance(c, Speech)] == [
        ("One.", 0),
        ("Two.", SENTENCE_GAP_MS),
    ]


def test_a_pause_is_an_empty_slot() -> None:
    assert list(PauseStep(8000).parts(AT, PLANNER)) == [Slot(AT, 8000)]


def test_pace_changes_the_rate_within_what_an_utterance_may_have() -> None:
    assert PLANNER.utterance("a", pace=1.2).rate == 126
    assert Planner("en", None, 290, 50).utterance("a", pace=1.5).rate == 300
