"""Sentences are spoken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import Position
from player.techniques.cue import Slot, Speech, Utterance
from player.techniques.planning import Planner
from player.techniques.sentences import MOST_SYLLABLES, sentences
from player.techniques.speech import SENTENCE_GAP_MS, PauseStep, SaidText, Say

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
    (slot,) = Say(SaidText("One. Two."), for_=9000).parts(AT, PLANNER)
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


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "On Jan. 5 we walk up Mt. Everest, see Fig. 3, with Sgt. Pepper.", 1),
        ("es", "¿Está cómoda? ¿Respira bien?", 2),
        ("zh", "深呼吸。放松肩膀。", 2),
        ("hi", "गहरी साँस लें। फिर छोड़ें।", 2),
        ("ur", "سانس لیں۔ چھوڑیں؟", 2),
        ("en", "breathe in slowly. now breathe out.", 2),
        ("en", "Breathe in\n\nand out\n\nand rest", 3),
        ("en", "Breathe in,\nslowly.", 1),
        ("en", "Breathe in\nBreathe out", 2),
        ("en", "Come along with me. May you be safe.", 2),
        ("it", "Può essere di no. Poi riposa.", 2),
        ("en", "It costs 5.5 p.m. and so on.", 1),
    ],
)
def test_sentences_end_where_their_language_ends_them(language: str, text: str, expected: int) -> None:
    assert len(sentences(text, language)) == expected


@pytest.mark.parametrize(("language", "unit"), [("ko", "어깨를 내려놓고 "), ("zh", "放松肩膀")])
def test_what_an_engine_would_leave_out_is_another_sentence(language: str, unit: str) -> None:
    said = sentences(unit * 60, language)
    assert max(map(len, said)) <= MOST_SYLLABLES
    assert "".join(said).replace(" ", "") == (unit * 60).replace(" ", "")


def test_a_text_may_have_a_language_and_a_voice_of_its_own() -> None:
    (slot,) = Say(SaidText("Respirez.", language="fr")).parts(AT, PLANNER)
    (other,) = Say(SaidText("Hello.", voice="w")).parts(AT, PLANNER)
    assert isinstance(slot, Slot)
    assert isinstance(other, Slot)
    said = [cue.said for each in (slot, other) for cue in each.cues if isinstance(cue, Speech)]
    assert [(each.language, each.voice) for each in said if isinstance(each, Utterance)] == [
        ("fr", None),  # the session's voice does not speak French
        ("en-GB", "w"),
    ]
