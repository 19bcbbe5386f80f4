"""The course of a voice: the rate and pitch of what is said, from the first speech to the last."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from player.errors import Position
from player.script.voice_settings import PitchCourse, RateCourse, VoiceSettings
from player.techniques.breathing import Breathe
from player.techniques.breaths import Pattern
from player.techniques.cue import BedChange, Marker, Part, Recording, Slot, Sounding, Speech, Tone, Utterance
from player.techniques.guidance import GuidanceStage
from player.techniques.planning import Planner
from player.timeline.course import MOST_STEPS, along
from player.timeline.fit import settle

AT = Position("a.yaml", 3, 5)
SLOWER = VoiceSettings(rate=RateCourse(105, 90), pitch=PitchCourse(50, 44))


def said(length_ms: int | None, rate: int = 105, text: str = "Rest.") -> Slot:
    return Slot(AT, length_ms, (Speech(Utterance(text, rate=rate)),), then_ms=1000)


def spoken(parts: tuple[Part, ...]) -> list[tuple[int, int]]:
    """Rate and pitch of all that is said, in order."""
    cues = (cue for part in parts if isinstance(part, Slot) for cue in part.cues if isinstance(cue, Speech))
    return [(cue.said.rate, cue.said.pitch) for cue in cues if isinstance(cue.said, Utterance)]


@given(
    lengths=st.lists(st.none() | st.integers(1000, 60_000), min_size=2, max_size=40),
    rate=st.tuples(st.integers(60, 300), st.integers(60, 300)).filter(lambda ends: ends[0] != ends[1]),
    pitch=st.tuples(st.integers(0, 100), st.integers(0, 100)),
)
def test_it_leads_from_the_first_speech_to_the_last_in_few_steps_and_one_direction(
    lengths: list[int | None], rate: tuple[int, int], pitch: tuple[int, int]
) -> None:
    quiet = Slot(AT, 7000)
    voice = VoiceSettings(rate=RateCourse(*rate), pitch=PitchCourse(*pitch))
    heard = spoken(along([quiet, *(said(each, rate[0]) for each in lengths), quiet], voice))
    assert (heard[0], heard[-1]) == ((rate[0], pitch[0]), (rate[1], pitch[1]))
    assert len(set(heard)) <= MOST_STEPS
    for ends, values in zip((rate, pitch), zip(*heard, strict=True), strict=True):
        moves = [after - before for before, after in pairwise(values)]
        assert all(move * (ends[1] - ends[0]) >= 0 for move in moves)


def test_it_goes_by_the_clock_and_not_by_the_number_of_lines() -> None:
    parts = [said(1000), said(1000), said(62_000), said(1000), said(1000)]
    assert [rate for rate, _ in spoken(along(parts, SLOWER))] == [105, 105, 105, 90, 90]


def test_a_voice_without_a_course_speaks_as_it_was_planned() -> None:
    parts = (said(1000), Marker("m"), said(None))
    assert along(parts, VoiceSettings(rate=95, pitch=40, level=-6.0)) == parts


def test_all_that_is_said_in_a_breath_has_one_rate() -> None:
    pattern = Breathe(Pattern(in_=4000, hold=4000, out=6000, cycles=12), guide=(GuidanceStage("count"),))
    parts = along(settle(pattern.parts(AT, Planner("en-US", None, 105, 50))), SLOWER)
    starts = [number for number, part in enumerate(parts) if isinstance(part, Slot) and part.opens]
    breaths = [spoken(parts[start:end]) for start, end in pairwise([*starts, len(parts)])]
    assert len(breaths) == 12
    assert {len({*breath}) for breath in breaths} == {1}
    assert breaths[0][0] > breaths[6][0] > breaths[11][0]


def test_a_firm_word_keeps_its_distance_and_no_rate_leaves_its_limits() -> None:
    parts = [said(5000), said(5000, rate=126), said(5000), said(5000, rate=126)]
    assert [rate for rate, _ in spoken(along(parts, SLOWER))] == [105, 121, 94, 108]
    slowest = VoiceSettings(rate=RateCourse(70, 60))
    assert [rate for rate, _ in spoken(along([said(1000, rate=70), said(1000, rate=60)], slowest))] == [70, 60]


def test_what_is_not_spoken_stays_as_it_is() -> None:
    recording = Slot(AT, 9000, (Speech(Recording("mum.wav", "a.yaml")),))
    parts = (said(5000), BedChange(AT, "rain"), recording, Slot(AT, 3000), said(5000))
    assert along(parts, SLOWER)[1:4] == parts[1:4]


def test_one_sentence_alone_has_the_beginning_of_it() -> None:
    assert spoken(along([said(5000)], SLOWER)) == [(105, 50)]
    assert spoken(along([said(1), said(1)], SLOWER)) == [(105, 50), (90, 44)]


def test_where_nothing_is_said_nothing_changes() -> None:
    bell = Slot(AT, 4000, (Sounding(Tone("bell", 4000), "chime"),))
    assert along((Marker("m"), bell), SLOWER) == (Marker("m"), bell)
    assert along((), SLOWER) == ()
