from __future__ import annotations

from dataclasses import replace

import pytest

from player.picture.passage import Block, blocks, figure, passage
from player.techniques.cue import Recording, Utterance
from player.timeline.model import Cue, Span
from tests.fakes_picture import bundled, scripted


def first(_: Span) -> bool:
    return True


BREATHS = "  - breathe: {in: 4s, out: 6s, cycles: 20}\n"


def test_it_begins_with_what_announces_the_guiding_and_ends_with_a_breath() -> None:
    timeline = scripted(f"  - pause: 40s\n  - say: I will count.\n    for: 10s\n{BREATHS}")
    assert passage(timeline, first) == Span(37_000, 100_000)


def test_a_long_speech_before_the_guiding_is_left_out() -> None:
    timeline = scripted(f"  - say: A long welcome.\n    for: 50s\n{BREATHS}")
    assert passage(timeline, first) == Span(47_000, 110_000)


def test_a_muscle_is_named_before_it_is_tensed() -> None:
    _, timeline = bundled("pmr-7")
    span = passage(timeline, first)
    named = [cue for cue in timeline.cues if cue.text.startswith("We'll go to your right arm")]
    assert span.start_ms == named[0].slot_start_ms - 3000
    said = " ".join(block.text for block in blocks(timeline, span))
    assert "Now." in said
    assert "Let go." in said


def test_what_a_session_is_mostly_about_is_looked_at() -> None:
    _, timeline = bundled("pmr-release-only")
    span = passage(timeline, first)
    assert any(slot.guide == "release" and slot.start_ms < span.end_ms for slot in timeline.slots)


def test_the_longest_span_with_room_is_taken_and_the_shortest_if_none_has() -> None:
    timeline = scripted(f"  - pause: 30s\n{BREATHS}")
    wide = passage(timeline, lambda span: span.end_ms - span.start_ms < 50_000)
    assert wide == Span(27_000, 70_000)
    assert passage(timeline, lambda _: False) == Span(27_000, 60_000)


def test_without_guiding_it_begins_with_the_second_chapter() -> None:
    steps = "  - section: One\n  - pause: 1m\n  - section: Two\n" + "  - say: Well.\n    for: 30s\n" * 10
    assert passage(scripted(steps), first) == Span(57_000, 150_000)


@pytest.mark.parametrize("length", ["500ms", "20s", "1m"])
def test_a_short_session_is_looked_at_whole(length: str) -> None:
    timeline = scripted(f"  - pause: {length}\n")
    assert passage(timeline, first) == Span(0, timeline.total_ms)


def test_what_is_said_in_a_slot_is_one_block_without_the_numbers() -> None:
    timeline = scripted("  - pause: 1s\n  - breathe: {in: 4s, out: 4s, cycles: 1}\n")
    said = blocks(timeline, Span(0, 9000))
    assert [(block.start_ms, block.text) for block in said] == [(1000, "Breathe in"), (5000, "Breathe out")]
    assert blocks(timeline, Span(2000, 5000)) == ()
    sentences = scripted("  - say: One thing. Another thing.\n    for: 9s\n")
    assert [block.text for block in blocks(sentences, Span(0, 9000))] == ["One thing. Another thing."]


def counted(text: str, language: str) -> Cue:
    return Cue(0, 400, 0, 1000, "count", Utterance(text, language), text)


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [("two", "en-GB", "2"), ("twelve", "en-US", "12"), ("21", "en", "21"), ("zwei", "tlh", "zwei")],
)
def test_numbers_become_figures_where_the_language_is_known(text: str, language: str, wanted: str) -> None:
    assert figure(counted(text, language)) == wanted


def test_a_recording_is_a_block_by_the_text_that_its_author_gives() -> None:
    timeline = scripted("  - say: Well.\n    for: 5s\n")
    recording = Recording("mine.wav", "t.yaml", "My own words.")
    cues = (replace(timeline.cues[0], sound=recording, text=recording.text),)
    assert blocks(replace(timeline, cues=cues), Span(0, 5000)) == (Block(0, 400, "My own words."),)
    silent = (replace(timeline.cues[0], sound=Recording("mine.wav", "t.yaml"), text=""),)
    assert blocks(replace(timeline, cues=silent), Span(0, 5000)) == ()
