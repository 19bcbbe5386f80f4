"""Warnings, from slots that are laid out with clips of half a second."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from player.errors import Position
from player.script.session import Session
from player.script.yaml.types import Step
from player.techniques.cue import Marker, Slot, Sounding, Speech, Tone, Utterance
from player.timeline.layout import lay_out
from player.timeline.lint import of_breath, warnings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.techniques.cue import Part

AT, LATER = Position("a.yaml", 3, 5), Position("passages/b.yaml", 9, 5)
SAFE = ("The holds are optional.", "Not while driving.")
SESSION = Session(title="T", steps=(Step(None, AT),), safety=SAFE)


@dataclass(frozen=True)
class Clip:
    length_ms: int = 500
    beat_ms: int = 0
    after_ms: int = 0
    pauses: tuple[tuple[int, int], ...] = ()


def found(*parts: Part, session: Session = SESSION) -> list[str]:
    timeline = lay_out(session, parts, lambda _: Clip())
    return [str(problem) for problem in warnings(session, parts, timeline)]


def say(text: str, seconds: float = 10, at: Position = AT) -> Slot:
    return Slot(at, int(seconds * 1000), (Speech(Utterance(text)),))


def breaths(*phases: tuple[str, float], cycles: int = 1, at: Position = AT, tones: bool = True) -> list[Slot]:
    made = []
    for number, (kind, seconds) in enumerate(phases):
        length = int(seconds * 1000)
        cues = (Sounding(Tone(kind, length), "tone"),) if tones else ()
        made.append(Slot(at, length, cues, guide=kind, opens=number == 0))
    return made * cycles


def box(side: float, cycles: int = 3) -> list[Slot]:
    return breaths(("in", side), ("hold", side), ("out", side), ("rest", side), cycles=cycles)


@pytest.mark.parametrize(
    ("phases", "cycles"),
    [
        ([("in", 4), ("hold", 4), ("out", 4), ("rest", 4)], 19),
        ([("in", 5), ("hold", 5), ("out", 5), ("rest", 5)], 2),
        ([("in", 4), ("hold", 7), ("out", 8)], 8),
        ([("in", 5.5), ("out", 5.5)], 110),
        ([("in", 2), ("out", 3)], 12),
        ([("in", 10), ("out", 10)], 3),
        ([("in", 3), ("in", 1), ("out", 6), ("rest", 2)], 25),
        ([("in", 4), ("out", 4), ("in", 4), ("out", 4)], 9),
        ([("out", 3), ("in", 3)], 3),
        ([("in", 2), ("hold", 2), ("in", 2), ("out", 2)], 8),  # one breath in, with a halt
    ],
)
def test_what_is_taught_everywhere_passes(phases: list[tuple[str, float]], cycles: int) -> None:
    assert found(*breaths(*phases, cycles=cycles)) == []


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        ([("in", 4), ("hold", 7.001), ("out", 4)], "the hold lasts 7.001s, more than 7s; "),
        ([("in", 4), ("out", 4), ("rest", 6.5)], "the hold with empty lungs lasts 6.5s, more than 6s; "),
        ([("in", 4), ("out", 4), ("hold", 6.5)], "the hold with empty lungs lasts 6.5s, more than 6s; "),
        ([("in", 10.5), ("out", 4)], "the breath in lasts 10.5s, more than 10s; "),
        ([("in", 6), ("in", 5), ("out", 8)], "the breath in lasts 11s, more than 10s; "),
        ([("in", 4), ("out", 12)], "the breath out lasts 12s, more than 10s; "),
        ([("in", 1.9), ("out", 6)], "the breath in lasts 1.9s, under the 2s that a calm breath needs; "),
        ([("in", 4), ("hold", 1), ("out", 6)], "the hold lasts 1s, under the 2s that a calm breath needs; "),
        ([("in", 6), ("hold", 5), ("out", 6), ("rest", 4)], "a breath lasts 21s, 2.86 a minute; under 3 a minute "),
        ([("in", 2), ("out", 2.5)], "a breath lasts 4.5s, 13.3 a minute; over 12 a minute "),
        ([("in", 2), ("out", 2), ("in", 4), ("out", 4)], "a breath lasts 4s, 15 a minute; over 12 a minute "),
    ],
)
def test_a_breath_outside_the_limits_is_one_warning(phases: list[tuple[str, float]], words: str) -> None:
    (warning,) = found(*breaths(*phases, cycles=6))
    assert warning.startswith(f"a.yaml:3:5: {words}")


def test_a_ramp_is_reported_by_its_worst_cycle() -> None:
    slots = [slot for out in (8, 9, 10.5, 12) for slot in breaths(("in", 4), ("out", out))]
    (warning,) = found(*slots)
    assert "the breath out lasts 12s" in warning


def test_what_is_too_short_is_reported_by_its_shortest_and_each_phase_by_itself() -> None:
    slots = [slot for length in (1.9, 1.2, 1.5) for slot in breaths(("in", length), ("out", length))]
    assert [warning.partition("; ")[0] for warning in found(*slots)] == [
        "a.yaml:3:5: a breath lasts 2.4s, 25 a minute",
        "a.yaml:3:5: the breath in lasts 1.2s, under the 2s that a calm breath needs",
        "a.yaml:3:5: the breath out lasts 1.2s, under the 2s that a calm breath needs",
    ]


def test_each_cause_and_each_step_is_reported_once() -> None:
    long = breaths(("in", 4), ("hold", 8), ("out", 11), cycles=5)
    elsewhere = [replace(slot, at=LATER) for slot in long]
    told = [warning.partition(" lasts")[0] for warning in found(*long, *elsewhere, *long)]
    assert told == [
        *("a.yaml:3:5: a breath", "a.yaml:3:5: the breath out", "a.yaml:3:5: the hold"),
        *("passages/b.yaml:9:5: a breath", "passages/b.yaml:9:5: the breath out", "passages/b.yaml:9:5: the hold"),
    ]


def test_a_movement_that_is_held_is_no_breath() -> None:
    still = [Slot(AT, 20_000, (Speech(Utterance("Stay.")),), guide="hold"), say("And back.", 4)]
    assert found(*still * 3, session=replace(SESSION, safety=())) == []
    lift = Slot(LATER, 20_000, (Speech(Utterance("Lift.")),), guide="hold")
    assert found(*breaths(("in", 4), ("out", 6)), lift) == []


@pytest.mark.parametrize("kind", ["in", "out"])
def test_half_a_breath_has_the_limits_of_one(kind: str) -> None:
    (warning,) = found(*breaths((kind, 12)))
    assert warning.startswith(f"a.yaml:3:5: the breath {kind} lasts 12s, more than 10s; ")


@pytest.mark.parametrize("unit", [1, 0.75])
def test_four_seven_eight_has_a_limit_at_any_speed(unit: float) -> None:
    pattern = ("in", 4 * unit), ("hold", 7 * unit), ("out", 8 * unit)
    assert found(*breaths(*pattern, cycles=8)) == []
    (warning,) = found(*breaths(*pattern, cycles=9))
    assert warning.startswith("a.yaml:3:5: there are 9 cycles of four-seven-eight, more than 8; four are enough ")


def test_four_seven_eight_is_counted_over_the_whole_session() -> None:
    pattern = ("in", 4), ("hold", 7), ("out", 8)
    (warning,) = found(*breaths(*pattern, cycles=5), say("Again."), *breaths(*pattern, cycles=5, at=LATER))
    assert warning.startswith("passages/b.yaml:9:5: there are 10 cycles")


def test_a_tension_has_a_limit() -> None:
    assert found(replace(say("Now.", 10), guide="tense")) == []
    (warning,) = found(replace(say("Now.", 10.5), guide="tense"))
    assert warning.startswith("a.yaml:3:5: muscles are tensed for 10.5s, more than 10s; ")


def test_groups_that_are_tensed_one_after_the_other_are_not_one_long_tension() -> None:
    tense = replace(say("Now.", 6), guide="tense")
    assert found(tense, say("Let go."), tense) == []


def quiet_after(text: str, *rest: Slot) -> list[str]:
    return found(say(text), *rest)


def test_a_long_silence_is_reported_where_it_becomes_too_long() -> None:
    told = (
        "passages/b.yaml:9:5: there is no word and no guide tone for 49.5s, more than 45s; "
        "announce it just before (such as 'about a minute of quiet'), or put words into it"
    )
    assert quiet_after("Rest.", Slot(AT, 20_000), Slot(LATER, 20_000), say("And on.")) == [told]
    assert quiet_after("Rest.", Slot(AT, 35_500), Slot(LATER, 4500), say("And on.")) == [told]


def test_a_silence_is_announced_by_the_last_sentence_of_a_slot_too() -> None:
    sentences = Speech(Utterance("Rest.")), Speech(Utterance("Quiet now."))
    assert found(Slot(AT, 9000, sentences), Slot(AT, 90_000)) == []


def test_silent_breathing_before_which_nothing_was_said_is_not_announced() -> None:
    guided = breaths(("in", 4), ("out", 6), cycles=2)
    assert len(found(*guided, *breaths(("in", 4), ("out", 6), cycles=6, tones=False))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "I will be quiet now.",
        "A minute for yourself.",
        "Rest for two minutes.",
        "Stay on your own with it.",
        "Silently, go on.",
        "The rest is without words.",
    ],
)
def test_an_announced_silence_passes(text: str) -> None:
    assert quiet_after(text, Slot(AT, 90_000)) == []


@pytest.mark.parametrize("text", ["Rest.", "Watch each inquietude.", "On your way."])
def test_other_words_announce_nothing(text: str) -> None:
    assert len(quiet_after(text, Slot(AT, 90_000))) == 1


def test_a_silence_up_to_45_s_passes_and_the_end_of_the_session_counts() -> None:
    assert quiet_after("Rest.", Slot(AT, 35_500)) == []
    assert len(quiet_after("Rest.", Slot(AT, 35_501))) == 1


def test_a_session_that_begins_with_a_long_silence_is_reported() -> None:
    assert "for 50s" in found(Slot(AT, 50_000), say("Hello."))[0]
    assert [len(found(Slot(AT, length), say("Hello."))) for length in (45_000, 45_001)] == [0, 1]


def test_a_bell_does_not_break_a_silence_but_a_guide_tone_does() -> None:
    bell = Slot(AT, 5000, (Sounding(Tone("bell", 5000), "chime"),))
    assert len(quiet_after("Rest.", Slot(AT, 30_000), bell, Slot(AT, 30_000))) == 1
    assert quiet_after("Rest.", Slot(AT, 30_000), *breaths(("in", 4), ("out", 6)), Slot(AT, 30_000)) == []


def test_the_same_silence_in_a_loop_is_reported_once_with_the_longest() -> None:
    (warning,) = found(say("Rest."), Slot(AT, 40_000), say("Rest."), Slot(AT, 60_000))
    assert "1m9.5s" in warning


def test_breathing_that_goes_on_in_silence_is_announced_before_it_begins() -> None:
    guided = breaths(("in", 4), ("out", 6), cycles=4)
    silent = breaths(("in", 4), ("out", 6), cycles=6, tones=False)
    assert found(say("Later, I will be quiet."), *guided, *silent) == []
    assert len(found(say("Breathe."), *guided, *silent)) == 1
    assert len(found(say("Two minutes of breathing."), *guided, Slot(LATER, 60_000))) == 1


def test_a_line_over_silent_breaths_ends_a_silence_and_can_announce_the_next() -> None:
    def line(text: str) -> list[Slot]:
        first, *others = breaths(("in", 4), ("out", 6), tones=False)
        return [replace(first, cues=(Speech(Utterance(text), gap_ms=250),), room_ms=9500), *others]

    quiet = breaths(("in", 4), ("out", 6), cycles=3, tones=False)
    assert found(say("Breathe."), *quiet, *line("Still here."), *quiet, say("Done.")) == []
    assert len(found(say("Breathe."), *quiet, *line("Still here."), *quiet, *quiet, say("Done."))) == 1
    assert found(say("Breathe."), *quiet, *line("And a quiet while."), *quiet, *quiet, say("Done.")) == []


def test_the_end_of_a_long_line_counts_and_not_that_of_the_tones_in_it() -> None:
    """The tone of the breath out ends at 5s, the line at 9s."""
    line = Speech(Utterance("A."), gap_ms=3000), Speech(Utterance("B."), gap_ms=5000)
    breath = (
        Slot(AT, 4000, (Sounding(Tone("in", 4000), "tone"), *line), guide="in", opens=True, room_ms=9500),
        Slot(AT, 6000, (Sounding(Tone("out", 1000), "tone"),), guide="out"),
    )
    assert found(*breath, Slot(AT, 44_000), say("Done.")) == []
    assert len(found(*breath, Slot(AT, 44_100), say("Done."))) == 1


@pytest.mark.parametrize(
    ("safety", "spoken", "missing"),
    [
        ((), "Sit.", ["can be left out", "not for driving"]),
        (("Not while driving.",), "Leave out the holds.", []),
        (("Holding your breath is optional. Never drive with it.",), "Sit.", []),
        (("You can skip this. Hold on. Stop driving.",), "Sit.", ["can be left out"]),
        (("Breathe without a hold if you like.",), "Sit.", ["not for driving"]),
        (("The threshold is optional.",), "No driving.", ["can be left out"]),
    ],
)
def test_a_session_with_holds_says_how_to_do_without_and_when_not_to(
    safety: Sequence[str], spoken: str, missing: list[str]
) -> None:
    told = found(say(spoken), *box(4), session=replace(SESSION, safety=tuple(safety)))
    assert [any(words in each for each in told) for words in missing] == [True] * len(told)


def test_what_is_not_said_is_told_at_the_first_hold() -> None:
    told = found(*breaths(("in", 4), ("out", 6)), *box(4, cycles=1), session=replace(SESSION, safety=()))
    assert told == [
        "a.yaml:3:5: nothing says that a session with holds is not for driving; say it, or put it into safety",
        (
            "a.yaml:3:5: nothing says that the holds can be left out; say it, or put it into safety "
            "('The holds are optional.')"
        ),
    ]


@pytest.mark.parametrize(
    ("phases", "told"),
    [
        ([("in", 4), ("out", 6), ("rest", 2)], 0),
        ([("in", 4), ("out", 6), ("rest", 4)], 2),
        ([("in", 4), ("hold", 2), ("out", 6)], 2),
    ],
)
def test_a_short_rest_is_no_hold_but_a_long_one_is(phases: list[tuple[str, float]], told: int) -> None:
    slots = breaths(*phases, cycles=3)
    assert len(found(*slots, session=replace(SESSION, safety=()))) == told


def test_a_word_that_is_read_in_two_ways_is_reported_once_a_step() -> None:
    told = found(say("Close your eyes. Come close."), say("Rest closely.", at=LATER), say("Stay close.", at=LATER))
    remedy = "use another word, or say which is right in the head of the script: 'pronounce: {close: cloze}'"
    text = f"a voice may read 'close' as 'cloze' or as 'cloce'; {remedy}"
    assert told == [f"{AT}: {text}", f"{LATER}: {text}"]


def test_of_one_kind_of_misread_text_in_a_step_the_first_is_reported() -> None:
    remedy = "write it in small letters, and give a word weight by its place in the sentence"
    assert found(say("LET GO now."), say("COME ON."), say("GO ON.", at=LATER)) == [
        f"{at}: a voice may spell words in capitals such as {words}; {remedy}"
        for at, words in ((AT, "'LET GO'"), (LATER, "'GO ON'"))
    ]


def test_each_kind_of_misread_text_is_reported_by_itself() -> None:
    assert [warning.rpartition("; ")[0] for warning in found(say("**RELAX**, and live."))] == [
        f"{AT}: '**' is markup, which no voice can say, so it is not spoken",
        f"{AT}: a voice may read 'live' as 'liv' or as 'lyve'",
        f"{AT}: a voice may spell words in capitals such as 'RELAX'",
    ]


@pytest.mark.parametrize("respelling", ["cloze", "close"])
def test_a_word_of_which_the_script_says_how_it_is_read_is_fine(respelling: str) -> None:
    utterance = Utterance("Close your eyes, and live.", respelt=(("close", respelling),))
    (warning,) = found(Slot(AT, 9000, (Speech(utterance),)))
    assert "'live'" in warning


def test_a_language_without_words_is_spared_the_warnings_about_words() -> None:
    foreign = replace(SESSION, language="fi", safety=())
    assert found(say("Live lepo."), Slot(AT, 90_000), *box(4), session=foreign) == []
    assert len(found(say("Lepo."), Slot(AT, 90_000), *box(9), session=foreign)) == 3


def test_markers_and_steps_that_take_no_time_change_nothing() -> None:
    first, *others = breaths(("in", 6), ("in", 5), ("out", 8))
    (warning,) = found(Marker("A"), first, Slot(AT, 0), Marker("B"), *others)
    assert "the breath in lasts 11s" in warning


def test_of_a_breath_alone_nothing_else_is_told() -> None:
    parts: list[Part] = [
        *breaths(("in", 4), ("hold", 8), ("out", 4), cycles=2),
        Marker("A"),
        say("Live close."),
        Slot(AT, 90_000),
    ]
    timeline = lay_out(SESSION, parts, lambda _: Clip())
    assert [str(each) for each in of_breath(parts, timeline)] == [
        "a.yaml:3:5: the hold lasts 8s, more than 7s; a shorter hold, or none, is enough"
    ]
    many = breaths(("in", 4), ("hold", 7), ("out", 8), cycles=9)
    (problem,) = of_breath(many, lay_out(SESSION, many, lambda _: Clip()))
    assert "there are 9 cycles of four-seven-eight" in problem.text
