"""Patterns as they are typed: what is meant, what is refused, and that the script is one like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player import pipeline
from player.errors import UsageError
from player.script.session import parse
from player.techniques import TECHNIQUES
from player.techniques.breathing import Breathe
from player.techniques.breaths import MOST_FOUR_SEVEN_EIGHT
from player.techniques.guidance import stages
from player.techniques.patterns import LEAD_MS, NAMES, Rhythm, rhythm, script
from player.techniques.planning import plan
from player.timeline import fit
from player.timeline.layout import nominal_ms
from player.units import parse_duration

if TYPE_CHECKING:
    from player.script.session import Session
    from player.techniques.patterns import Help

CHIME_MS = 8000
LENGTHS = st.integers(5, 200).map(lambda tenths: tenths * 100)
OPTIONAL = st.one_of(st.just(0), LENGTHS)
FORMS = st.one_of(
    st.tuples(LENGTHS, LENGTHS),
    st.tuples(LENGTHS, OPTIONAL, LENGTHS),
    st.tuples(LENGTHS, OPTIONAL, LENGTHS, OPTIONAL),
)


def typed(lengths: tuple[int, ...]) -> str:
    return "-".join(f"{length / 1000:g}" for length in lengths)


def session(pattern: str, for_: str | None = None, help_: Help = "voice") -> Session:
    text = script(rhythm(pattern), None if for_ is None else parse_duration(for_), help_)
    return parse(text, "breathe.yaml", TECHNIQUES)


def breathe(found: Session) -> Breathe:
    (step,) = (step.fields for step in found.steps if isinstance(step.fields, Breathe))
    return step


def guide(found: Session) -> list[str]:
    return [stage.help for stage in breathe(found).guide]


@pytest.mark.parametrize(
    ("text", "phases"),
    [
        ("box", {"in": 4000, "hold": 4000, "out": 4000, "rest": 4000}),
        ("BOX ", {"in": 4000, "hold": 4000, "out": 4000, "rest": 4000}),
        ("478", {"in": 4000, "hold": 7000, "out": 8000}),
        ("coherent", {"in": 5500, "out": 5500}),
        ("exhale", {"in": 4000, "out": 6000}),
        ("4-6", {"in": 4000, "out": 6000}),
        ("5.5-5.5", {"in": 5500, "out": 5500}),
        ("4-7-8", {"in": 4000, "hold": 7000, "out": 8000}),
        ("4-0-6-0", {"in": 4000, "out": 6000}),
        ("4-0-6-2", {"in": 4000, "out": 6000, "rest": 2000}),
        ("4–4–4–4", {"in": 4000, "hold": 4000, "out": 4000, "rest": 4000}),  # as web pages write it
        ("0.5-60", {"in": 500, "out": 60_000}),
    ],
)
def test_what_is_typed_is_what_is_meant(text: str, phases: dict[str, int]) -> None:
    assert dict(rhythm(text).phases) == phases


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "boxx",
            "must be box, 478, coherent, exhale or two to four numbers .* not 'boxx'; did you mean 'box'",
        ),
        ("calm-down", "two to four numbers of seconds with dashes, such as 4-4-4-4 .in, hold, out, rest.*'calm-down'$"),
        ("4", "not '4'$"),
        ("4-4-4-4-4", "not '4-4-4-4-4'$"),
        ("4-", "not '4-'$"),
        ("-4-4", "not '-4-4'$"),
        ("4-x", "not '4-x'$"),
        ("4\x1b[31m-4", r"not '4\\x1b\[31m-4'$"),
        ("", "not ''$"),
        ("0-4", "a breath must go in and out, so in must not be 0 in '0-4'"),
        ("0-4-0", "so in and out must not be 0"),
        ("0.2-4", "in must be 0.5s to 1m, not 0.2s"),
        ("4-4-4-61", "rest must be 0.5s to 1m, not 1m1s"),
        ("4.0001-4", "in must be a whole number of milliseconds, not '4.0001'"),
    ],
)
def test_what_is_no_pattern_is_refused_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        rhythm(text)


@given(lengths=FORMS)
def test_a_pattern_is_its_name_again(lengths: tuple[int, ...]) -> None:
    found = rhythm(typed(lengths))
    assert rhythm(found.name) == found


@given(lengths=FORMS, for_ms=st.integers(1, 3_600_000), help_=st.sampled_from(["voice", "tones", "nothing"]))
def test_the_script_breathes_as_near_to_the_time_as_whole_cycles_can(
    lengths: tuple[int, ...], for_ms: int, help_: Help
) -> None:
    found = rhythm(typed(lengths))
    if found.is_four_seven_eight:
        return
    read = parse(script(found, for_ms, help_), "breathe.yaml", TECHNIQUES)
    total_ms, is_exact = nominal_ms(fit.settle(plan(read, TECHNIQUES).parts))
    breathing_ms = total_ms - LEAD_MS - (CHIME_MS if help_ != "nothing" else 0)
    cycle_ms = sum(lengths)
    assert is_exact
    assert breathing_ms % cycle_ms == 0
    assert abs(breathing_ms - for_ms) * 2 <= cycle_ms or breathing_ms == cycle_ms
    assert tuple((phase.kind, phase.first_ms) for phase in breathe(read).breathe.order) == found.phases


@pytest.mark.parametrize(
    ("pattern", "for_", "cycles"),
    [
        ("box", None, 11),
        ("box", "3m", 11),
        ("box", "1s", 1),
        ("coherent", "5m", 27),
        ("478", None, 4),
        ("4-7-8", None, 4),
        ("2-3.5-4", None, 4),
        ("478", "2m32s", 8),
        ("4-7-8-1", None, 9),
    ],
)
def test_three_minutes_are_usual_and_four_rounds_of_478(pattern: str, for_: str | None, cycles: int) -> None:
    assert breathe(session(pattern, for_)).breathe.count() == cycles


@pytest.mark.parametrize("pattern", ["478", "4-7-8", "2-3.5-4"])
def test_478_is_never_for_more_than_eight_rounds(pattern: str) -> None:
    with pytest.raises(UsageError, match=r"8 cycles at most, and for 4 in the first month, .* must be \S+ or less"):
        session(pattern, "10m")
    assert breathe(session(pattern)).breathe.at_most == MOST_FOUR_SEVEN_EIGHT


@pytest.mark.parametrize(
    ("pattern", "help_", "stages"),
    [
        ("box", "voice", ["count", "words", "tones"]),
        ("coherent", "voice", ["words", "tones"]),  # half seconds cannot be counted
        ("1-2", "voice", ["count", "words", "tones"]),
        ("0.5-4", "voice", ["tones"]),  # a word has no room
        ("box", "tones", ["tones"]),
        ("box", "nothing", ["silent"]),
    ],
)
def test_guiding_steps_back_as_far_as_the_pattern_allows(pattern: str, help_: Help, stages: list[str]) -> None:
    assert guide(session(pattern, help_=help_)) == stages


@pytest.mark.parametrize("pattern", [*NAMES, "4-4", "3-1-5-3"])
def test_holds_can_be_left_out_and_every_breath_is_light(pattern: str) -> None:
    found = session(pattern)
    assert "lightly" in found.safety[0]
    holds = any("optional" in line for line in found.safety)
    assert holds == rhythm(pattern).has_holds


def test_silence_has_no_bell() -> None:
    assert "chime" in script(rhythm("box"))
    assert "chime" not in script(rhythm("box"), help_="nothing")


@pytest.mark.parametrize("name", ["rain", "brown-noise", "/sounds/with: colon.ogg", 'quo"te.wav', "日本.flac"])
def test_a_background_stands_in_the_script_as_it_was_named(name: str) -> None:
    read = parse(script(Rhythm((("in", 4000), ("out", 4000))), background=name), "breathe.yaml", TECHNIQUES)
    assert read.background.sound == name


def test_a_script_that_lies_nowhere_is_loaded_as_it_comes() -> None:
    asked = pipeline.SessionRequest("breathe-4-6.yaml", script=script(rhythm("4-6")), background="rain")
    loaded = pipeline.as_requested(asked).session
    assert (loaded.title, loaded.path, loaded.background.sound) == ("Breathing 4-6", "breathe-4-6.yaml", "rain")


@pytest.mark.parametrize(
    ("asked", "for_ms", "written"),
    [
        ("count", None, "guide: [count]"),
        ("count 4, tones", 60_000, "guide: [count 4, tones]"),
        ("words 2, tones 3, silent", 40_000, "guide: [words 2, tones]"),
    ],
)
def test_the_guidance_that_is_asked_for_stands_in_the_script(asked: str, for_ms: int | None, written: str) -> None:
    assert written in script(rhythm("5-5"), for_ms, guide=stages(asked))


def test_a_language_without_words_has_no_typed_patterns() -> None:
    with pytest.raises(UsageError, match="there are no words for the language 'xx' yet; there are de, en"):
        script(rhythm("5-5"), language="xx")
