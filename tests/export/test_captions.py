"""Captions: when they begin and end, what sounds and silences are called, and how long ones are shared out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.export.captions import LINE, Caption, captions, split, spoken, srt, vtt
from player.techniques.cue import Tone, Utterance
from player.timeline.model import Cue, Span, Timeline
from tests.fakes_mix import spoken as said
from tests.fakes_mix import timeline
from tests.fakes_picture import bundled, scripted


def texts(timeline: Timeline, language: str = "en") -> list[tuple[int, int, str]]:
    return [(each.start_ms, each.end_ms, each.text) for each in captions(timeline, language)]


def chime(start_ms: int, end_ms: int, name: str) -> Cue:
    return Cue(start_ms, end_ms, start_ms, end_ms - start_ms, "chime", Tone(name, end_ms - start_ms))


def test_a_caption_lasts_as_long_as_its_sentence_and_a_second_at_least() -> None:
    cues = (said("Sit.", 1000, 1400), said("Let your shoulders drop.", 3000, 5000))
    assert texts(timeline(6000, cues=cues)) == [(1000, 2000, "Sit."), (3000, 5000, "Let your shoulders drop.")]


def test_no_caption_stays_into_the_next() -> None:
    cues = (said("Now.", 1000, 1300), said("Rest.", 1600, 2100))
    assert texts(timeline(2200, cues=cues)) == [(1000, 1600, "Now."), (1600, 2200, "Rest.")]


def test_a_counted_phase_is_one_caption() -> None:
    found = captions(scripted("  - pause: 1s\n  - breathe: {in: 4s, out: 2s, cycles: 1}\n"))
    assert [each.text for each in found] == ["Breathe in, two, three, four", "Breathe out, two"]
    assert found[0].start_ms == 950  # before its second by the beat of the word


@pytest.mark.parametrize(
    ("quiet_ms", "text"),
    [
        (10_000, "[silence, 10 seconds]"),
        (30_000, "[silence, 30 seconds]"),
        (60_000, "[silence, 1 minute]"),
        (121_900, "[silence, 2 minutes 1 second]"),
    ],
)
def test_a_long_silence_has_a_caption(quiet_ms: int, text: str) -> None:
    cues = (said("Rest now.", 0, 2000), said("Come back.", 2000 + quiet_ms, 4000 + quiet_ms))
    assert texts(timeline(5000 + quiet_ms, cues=cues))[1] == (2000, 2000 + quiet_ms, text)


def test_a_short_silence_is_not() -> None:
    cues = (said("Rest now.", 0, 2000), said("Come back.", 11_999, 14_000))
    assert len(texts(timeline(15_000, cues=cues))) == 2


def test_a_short_session_in_which_nothing_is_heard_has_no_captions() -> None:
    quiet = timeline(2000)
    assert captions(quiet) == ()
    assert vtt(quiet) == f"WEBVTT\n\nNOTE {quiet.title}\n"
    assert srt(quiet) == ""


def test_silence_at_both_ends_has_a_caption() -> None:
    found = texts(timeline(40_000, cues=(said("Here.", 15_000, 16_000),)))
    assert [each[2] for each in found] == ["[silence, 15 seconds]", "Here.", "[silence, 24 seconds]"]


def test_a_language_without_words_here_has_a_clock() -> None:
    assert texts(timeline(75_000), "sv-SE") == [(0, 75_000, "[… 1:15]")]


def test_sounds_stand_in_brackets_where_there_is_no_speech() -> None:
    cues = (chime(0, 6000, "bell"), said("Welcome.", 4000, 5000), chime(6000, 9000, "end"))
    assert texts(timeline(9000, cues=cues)) == [(0, 4000, "[chime]"), (4000, 5000, "Welcome."), (6000, 9000, "[chime]")]


def test_a_sound_under_speech_has_no_caption() -> None:
    cues = (said("Breathe in.", 0, 2000), Cue(100, 4000, 0, 4000, "tone", Tone("in", 3900)))
    assert [each[2] for each in texts(timeline(4000, cues=cues))] == ["Breathe in."]


def test_guide_tones_say_what_they_guide() -> None:
    cues = tuple(Cue(at, at + 4000, at, 4000, "tone", Tone(name, 4000)) for at, name in ((0, "in"), (4000, "out")))
    assert [each[2] for each in texts(timeline(8000, cues=cues))] == ["[tone: breathe in]", "[tone: breathe out]"]
    assert [each[2] for each in texts(timeline(8000, cues=cues), "xx")] == ["[♪]", "[♪]"]


def test_a_text_is_one_line_without_control_characters() -> None:
    assert spoken(timeline(2000, cues=(said("one\n two\x1b[2J", 0, 1000),)))[0].text == "one two\\x1b[2J"


def test_a_recording_without_text_is_left_out() -> None:
    cues = (Cue(0, 1000, 0, 1000, "speech", Utterance("x"), ""),)
    assert spoken(timeline(2000, cues=cues)) == ()


def test_a_long_caption_is_shared_out_evenly() -> None:
    words = "For seven minutes, or as long as you chose, you breathe along a box with four equal sides."
    first, second = split([Caption(0, 9000, words)], 2)
    assert f"{first.text} {second.text}" == words
    assert (first.start_ms, first.end_ms, second.end_ms) == (0, second.start_ms, 9000)
    assert abs(len(first.text) - len(second.text)) < 15
    assert 4000 < first.end_ms < 5000


@given(st.text("abc .,'", min_size=1, max_size=400).filter(str.strip), st.integers(1, 3))
def test_pieces_have_room_and_lose_no_word(text: str, lines: int) -> None:
    pieces = list(split([Caption(500, 9500, " ".join(text.split()))], lines))
    assert all(len(piece.text) <= LINE * lines + lines - 1 for piece in pieces)
    assert "".join(piece.text for piece in pieces).replace(" ", "") == "".join(text.split())
    assert (pieces[0].start_ms, pieces[-1].end_ms) == (500, 9500)
    assert all(one.end_ms == two.start_ms for one, two in pairwise(pieces))


@pytest.mark.parametrize("name", ["box-breathing", "pmr-7", "grounding-54321"])
def test_bundled_sessions_have_captions_in_order_that_never_overlap(name: str) -> None:
    session, laid = bundled(name)
    found = captions(laid, session.language)
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(found))
    assert found[-1].end_ms <= laid.total_ms
    starts = {cue.start_ms for cue in laid.cues}
    assert all(each.start_ms in starts for each in found if each.said)


def test_a_piece_that_ends_at_a_comma_ends_when_the_voice_does() -> None:
    words = "Let your shoulders drop a little and be heavy, and let your hands rest wherever they like, as they are."
    pauses = (Span(3000, 3600), Span(5600, 6100))
    pieces = list(split([Caption(0, 7000, words, pauses=pauses)], 1))
    assert [piece.text for piece in pieces][1].endswith("heavy,")
    assert (pieces[1].end_ms, pieces[2].start_ms) == (3000, 3600)
    assert "".join(piece.text for piece in pieces).replace(" ", "") == words.replace(" ", "")
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(pieces))


def test_letters_are_counted_from_one_known_pause_to_the_next() -> None:
    (first, second, third) = split(
        [Caption(0, 9000, "a" * 40 + ", " + "b" * 42 + " " + "c" * 42, pauses=(Span(1000, 5000),))], 1
    )
    assert (first.end_ms, second.start_ms, second.end_ms, third.end_ms) == (1000, 5000, 7000, 9000)
