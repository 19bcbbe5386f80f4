from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.script.languages import words_for
from player.techniques.cue import Utterance
from player.timeline.model import Cue, Stretch
from player.timeline.pacer_index import PacerIndex
from tests.fakes_mix import timeline
from tests.fakes_picture import bundled, scripted

BOX = scripted(
    """\
  - section: Settle
  - say: Sit down. Let your shoulders drop.
    for: 6s
  - pause: 4s
  - section: Breathe
  - breathe: {in: 4s, hold: 2s, out: 5500ms, rest: 1s, cycles: 4}
    guide: [count 1, words 1, tones 1, silent]
  - pause: 2s
"""
)
SCORE = PacerIndex(BOX)
STARTS = {"in": (0, 4000), "hold": (4000, 2000), "out": (6000, 5500), "rest": (11_500, 1000)}
CYCLE_MS, BREATHE_MS = 12_500, 10_000
WORDS = {"in": "Breathe in", "hold": "Hold", "out": "Breathe out", "rest": "Pause"}


@given(st.integers(BREATHE_MS, BREATHE_MS + 4 * CYCLE_MS - 1))
def test_phase_and_count_are_right_at_every_millisecond(at_ms: int) -> None:
    scene = SCORE.at(at_ms)
    into = (at_ms - BREATHE_MS) % CYCLE_MS
    guide, (start, length) = next((g, s) for g, s in STARTS.items() if s[0] <= into < s[0] + s[1])
    assert (scene.phase.guide, scene.phase.word) == (guide, WORDS[guide])
    expected = min((into - start) // 1000 + 1, length // 1000) if length >= 2000 else None
    assert scene.count == expected


def test_every_spoken_count_is_shown_at_its_beat_and_not_before() -> None:
    for name in ("box-breathing", "belly-breathing", "four-seven-eight"):
        _, timeline = bundled(name)
        index = PacerIndex(timeline)
        numbers = [cue for cue in timeline.cues if cue.kind == "count"]
        assert numbers
        for cue in numbers:
            beat = cue.beat_ms or 0
            second = (beat - cue.slot_start_ms) // 1000
            assert index.at(beat).count == second + 1
            assert index.at(beat - 1).count == second


def test_a_count_down_is_shown_as_it_is_spoken_and_goes_on_in_silence() -> None:
    index = PacerIndex(
        scripted(
            "  - pause: 1s\n  - breathe: {in: 3s, out: 3s, cycles: 2}\n    count: down\n    guide: [count 1, silent]\n"
        )
    )
    assert [index.at(second * 1000 + 1500).count for second in range(12)] == [3, 2, 1] * 4


def test_words_of_an_author_hold_where_nobody_speaks() -> None:
    index = PacerIndex(
        scripted(
            """\
  - pause: 1s
  - breathe:
      phases:
        - {kind: in, for: 3s, say: In through the left}
        - {kind: out, for: 3s, say: Out through the right}
        - {kind: in, for: 3s, say: In through the right}
        - {kind: out, for: 3s, say: Out through the left}
      cycles: 2
    guide: [words 1, silent]
"""
        )
    )
    names = ["In through the left", "Out through the right", "In through the right", "Out through the left"]
    assert [index.at(3000 * phase + 1001).phase.word for phase in range(8)] == names * 2


@given(st.data())
def test_size_follows_the_breath(data: st.DataObject) -> None:
    cycle = data.draw(st.integers(0, 3)) * CYCLE_MS + BREATHE_MS
    guide = data.draw(st.sampled_from(list(STARTS)))
    start, length = STARTS[guide]
    one, other = sorted(data.draw(st.integers(0, length - 1)) for _ in range(2))
    before, after = (SCORE.at(cycle + start + at).level for at in (one, other))
    assert {"in": before <= after, "out": before >= after}.get(guide, before == after)
    assert SCORE.at(cycle + start).level == {"in": 0, "hold": 1, "out": 1, "rest": 0}[guide]


def test_a_breath_drawn_in_two_goes_on_growing() -> None:
    _, timeline = bundled("physiological-sigh")
    index = PacerIndex(timeline)
    pairs = [(a, b) for a, b in pairwise(index.phases) if a.guide == b.guide == "in"]
    assert pairs
    first, second = pairs[0]
    levels = [index.at(at).level for at in range(first.start_ms, second.start_ms + second.length_ms, 50)]
    assert levels == sorted(levels)
    assert 0 < index.at(second.start_ms).level < 1


def test_muscles_tighten_and_let_go() -> None:
    _, timeline = bundled("pmr-7")
    index = PacerIndex(timeline)
    tense = next(phase for phase in index.phases if phase.guide == "tense")
    after = next(phase for phase in index.phases if phase.guide == "release")
    assert index.at(tense.start_ms).level == 0
    assert index.at(tense.start_ms + 1000).level == 1
    assert index.at(after.start_ms - 1).level == 1
    assert index.at(after.start_ms + 3000).level < 0.2
    assert [tense.word, after.word] == ["Now", "Let go"]
    assert index.at(tense.start_ms + 2500).count == 3
    assert index.at(after.start_ms + 2500).count is None


def test_sentences_begin_when_they_are_said_and_hold_until_the_next() -> None:
    first, second = (cue for cue in BOX.cues if cue.kind == "speech")
    assert [line.text for line in SCORE.at(0).phase.lines] == ["Sit down.", "Let your shoulders drop."]
    assert [SCORE.at(at).begun for at in (0, second.start_ms - 1, second.start_ms)] == [1, 1, 2]
    assert SCORE.at(first.end_ms - 1).saying < 1
    assert SCORE.at(first.end_ms).saying == 1
    pause = SCORE.at(8000)
    assert (pause.begun, pause.phase.own) == (2, False)
    assert SCORE.at(BREATHE_MS).begun == 0


def test_what_is_to_be_done_stays_while_muscles_are_tense_and_goes_with_them() -> None:
    _, timeline = bundled("pmr-7")
    index = PacerIndex(timeline)
    tense = next(phase for phase in index.phases if phase.guide == "tense")
    after = next(phase for phase in index.phases if phase.guide == "release")
    told, felt = tense.lines[-2:]
    assert "When I say now" in told.text
    assert [index.at(at).begun for at in (tense.start_ms, felt.start_ms)] == [len(tense.lines) - 1, len(tense.lines)]
    assert not any("When I say now" in line.text for line in after.lines)


def test_chapters_and_what_is_left() -> None:
    assert [SCORE.at(at).chapter for at in (0, 9999, BREATHE_MS)] == ["Settle", "Settle", "Breathe"]
    total = BOX.total_ms
    assert [SCORE.at(at).left_s for at in (0, 1, 999, 1000, total - 1, total)] == [62, 62, 62, 61, 1, 0]
    assert [SCORE.at(at).done for at in (0, total)] == [0, 1]


@pytest.mark.parametrize("at_ms", [-500, BOX.total_ms, BOX.total_ms + 500])
def test_what_lies_outside_is_the_first_or_last_scene(at_ms: int) -> None:
    assert SCORE.at(at_ms) == SCORE.at(min(max(0, at_ms), BOX.total_ms))


def test_a_session_without_words_speaks_english() -> None:
    index = PacerIndex(scripted("  - breathe: {in: 4s, out: 4s, cycles: 2}\n    guide: silent\n"))
    assert [index.at(at).phase.word for at in (0, 4000)] == ["Breathe in", "Breathe out"]
    assert index.at(0).chapter == ""


def test_a_line_over_a_breath_is_shown_as_long_as_it_is_said_and_its_phases_go_on() -> None:
    steps = "  - breathe: {in: 2s, hold: 4s, out: 4s, cycles: 3}\n    guide: tones\n"
    timeline = scripted(f"{steps}    coach: {{after: 1, say: Small breaths are enough. Nothing to get right here.}}\n")
    index, said = PacerIndex(timeline), [cue for cue in timeline.cues if cue.text]
    ends_ms = said[-1].end_ms
    assert 12_000 < ends_ms < 16_000, "so that the line goes on into the hold, and not into the breath out"
    assert [line.text for line in index.at(ends_ms - 1).phase.lines] == [cue.text for cue in said]
    assert (index.at(ends_ms - 1).phase.word, index.at(ends_ms - 1).phase.own) == ("Hold", False)
    assert index.at(16_000).phase.lines == ()


@pytest.mark.parametrize(
    ("at_ms", "heard"),
    [
        (0, "0:00 of 1:02"),
        (30_500, "0:30 of 1:02"),
        (61_000, "1:01 of 1:02"),
        (61_001, "1:02 of 1:02"),
        (62_000, "1:02 of 1:02"),
    ],
)
def test_how_much_was_heard_is_told_and_the_last_second_is_the_end(at_ms: int, heard: str) -> None:
    assert SCORE.heard(at_ms) == heard


def by_hand(*slots: tuple[int, str], cues: tuple[Cue, ...] = ()) -> PacerIndex:
    """Slots that follow each other: their lengths, and what they guide; each breath in opens a cycle."""
    starts = [sum(length_ms for length_ms, _ in slots[:number]) for number in range(len(slots) + 1)]
    stretches = (
        Stretch(at, length_ms, guide, guide == "in") for at, (length_ms, guide) in zip(starts, slots, strict=False)
    )
    return PacerIndex(replace(timeline(starts[-1], cues=cues), slots=tuple(stretches)))


@pytest.mark.parametrize(
    ("at_ms", "left_s", "step_left_s"),
    [
        (0, 62, 6),
        (1, 62, 6),
        (4999, 58, 2),
        (5000, 57, 1),
        (5001, 57, 1),
        (5999, 57, 1),
        (6000, 56, 4),
        (10_000, 52, 4),
        (62_000, 0, 0),
    ],
)
def test_seconds_to_the_end_and_to_the_end_of_the_phase_are_rounded_up(
    at_ms: int, left_s: int, step_left_s: int
) -> None:
    scene = SCORE.at(at_ms)
    assert (scene.title, scene.total_ms, scene.left_s, scene.step_left_s) == ("T", 62_000, left_s, step_left_s)


def test_without_a_body_there_is_no_size_no_count_and_no_word() -> None:
    index = by_hand((4000, "in"), (3000, ""), (5000, "in"), (500, "out"))
    assert [index.at(at).level for at in (4000, 5500, 6999, 7000)] == [0, 0, 0, 0]
    assert [(index.at(at).count, index.at(at).phase.word) for at in (5000, 8000)] == [(None, ""), (2, "Breathe in")]
    assert index.at(4000).saying == 1


@pytest.mark.parametrize("last", ["in", "out", "tense", "release"])
def test_the_end_shows_the_last_phase_however_short(last: str) -> None:
    index = by_hand((4000, "hold"), (1, last))
    assert index.phase_number(4000) == index.phase_number(4001) == 1
    assert index.at(4001).phase.guide == last
    assert index.at(4001).level == {"in": 1, "out": 0, "tense": 1, "release": 0}[last]


def test_a_sentence_begins_with_its_first_millisecond_and_is_said_in_eighths() -> None:
    line = Cue(1, 801, 0, 2000, "speech", Utterance("Rest."), "Rest.")
    index = by_hand((2000, ""), cues=(line,))
    assert [index.at(at).begun for at in (-5, 0, 1)] == [0, 0, 1]
    assert [index.at(at).saying for at in (0, 1, 100, 101, 401, 800, 801, 2000)] == [1, 0, 0, 0.125, 0.5, 0.875, 1, 1]
    instant = by_hand((2000, ""), cues=(Cue(5, 5, 0, 2000, "speech", Utterance("."), "."),))
    assert [instant.at(at).saying for at in (5, 6)] == [0, 1]


def test_words_are_shown_without_their_full_stop_and_a_count_down_by_its_last_number() -> None:
    words = Cue(0, 500, 0, 5000, "word", Utterance("MAX."), "MAX.", 0)
    numbers = ("four", 1000), ("three", 2000), ("two", 3000), ("one", 4000)
    counts = (Cue(at, at + 500, 0, 5000, "count", Utterance(text), text, at) for text, at in numbers)
    index = by_hand((5000, "in"), (5000, "out"), cues=(words, *counts))
    assert index.at(0).phase.word == "MAX"
    assert [index.at(at).count for at in (0, 4999, 5000, 9999)] == [5, 1, 5, 1]


def spoken(start_ms: int, end_ms: int, slot_start_ms: int, text: str, language: str = "en-US") -> Cue:
    return Cue(start_ms, end_ms, slot_start_ms, 4000, "speech", Utterance(text, language), text)


def test_a_line_is_shown_until_the_next_one_or_the_next_breath() -> None:
    cues = spoken(0, 900, 0, "One."), spoken(4000, 8000, 4000, "Two.")
    index = by_hand((4000, ""), (4000, ""), (4000, "in"), (4000, ""), cues=cues)
    assert [([line.text for line in each.lines], each.own, each.opens) for each in index.phases] == [
        (["One."], True, False),
        (["Two."], True, False),  # it ends where the breath begins
        ([], False, True),
        ([], False, False),
    ]


@pytest.mark.parametrize(
    ("length_ms", "at_ms", "count"),
    [(1999, 0, None), (2000, 0, 1), (2000, 1999, 2), (5500, 4999, 5), (5500, 5499, 5)],
)
def test_whole_seconds_are_counted_where_there_are_two(length_ms: int, at_ms: int, count: int | None) -> None:
    index = by_hand((length_ms, "in"))
    assert index.at(at_ms).count == count
    assert index.phases[0].counts_down is False


def test_words_are_those_of_the_language_that_is_spoken_most() -> None:
    german = words_for("de")
    assert german is not None
    greeting = spoken(0, 900, 0, "Rest.")
    lines = tuple(spoken(start, start + 900, start, "Ruhe.", "de-DE") for start in (1000, 2000))
    index = by_hand((4000, ""), (4000, "in"), cues=(greeting, *lines))
    assert index.at(4000).phase.word == german.phases["in"] != "Breathe in"


def test_a_word_holds_for_each_tension_where_nobody_speaks() -> None:
    word = Cue(0, 500, 0, 5000, "word", Utterance("Hard."), "Hard.", 0)
    index = by_hand((5000, "tense"), (5000, "release"), (2000, ""), (5000, "tense"), cues=(word,))
    assert [phase.word for phase in index.phases] == ["Hard", "", "", "Hard"]


def test_a_language_without_words_shows_those_of_english() -> None:
    finnish = Utterance("Hengitä.", language="fi")
    cue, slots = Cue(0, 900, 0, 4000, "speech", finnish, finnish.text), (Stretch(0, 4000, "in", opens=True),)
    assert PacerIndex(replace(timeline(4000, cues=(cue,)), slots=slots)).at(0).phase.word == "Breathe in"
