"""The timeline, with clips that are nothing but made-up numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import Position, ScriptError
from player.script.session import Background, Session
from player.script.voice_settings import LevelCourse, VoiceSettings
from player.script.yaml.types import Step
from player.techniques.cue import BedChange, Marker, Part, Recording, Slot, Sounding, Speech, Tone, Utterance
from player.techniques.planning import Planner
from player.techniques.speech import PauseStep
from player.timeline.layout import joined, lay_out, nominal_ms, utterances
from player.timeline.model import BedState, Span, Timeline, VoiceLevel

AT = Position("a.yaml", 3, 5)


@dataclass(frozen=True)
class Clip:
    length_ms: int
    beat_ms: int = 0
    after_ms: int = 0
    pauses: tuple[tuple[int, int], ...] = ()


def say(text: str, **options: object) -> Speech:
    return Speech(Utterance(text), **options)  # type: ignore[arg-type]


def session(sound: str | None = "rain") -> Session:
    return Session(title="T", steps=(Step(None, AT),), background=Background(sound=sound))


def laid(*parts: Part, length: int = 500, beat: int = 0, sound: str | None = "rain") -> Timeline:
    return lay_out(session(sound), parts, lambda _: Clip(length, beat))


def problems(*parts: Part, length: int = 500, beat: int = 0) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        laid(*parts, length=length, beat=beat)
    return [str(problem) for problem in caught.value.problems]


def test_speech_lives_in_its_slot_and_silence_fills_the_rest() -> None:
    timeline = laid(Slot(AT, 12_000, (say("a"),)), Slot(AT, 3000, (say("b"),)))
    assert [(cue.start_ms, cue.end_ms, cue.slot_ms) for cue in timeline.cues] == [
        (0, 500, 12_000),
        (12_000, 12_500, 3000),
    ]
    assert timeline.total_ms == 15_000


def test_what_a_person_speaks_has_another_remedy_and_says_what_it_is_about() -> None:
    words = say("in", kind="word", beat_ms=0), say("two", kind="count", beat_ms=1000), say("three", beat_ms=2000)
    parts = Slot(AT, 1000, (say("Sit."), say("Rest.", gap_ms=100))), Slot(AT, 3000, words)
    with pytest.raises(ScriptError) as caught:
        lay_out(session(), parts, lambda _: Clip(1100), own={Utterance("in"), Utterance("two"), Utterance("Rest.")})
    told = {problem.text: problem.about for problem in caught.value.problems}
    assert told == {
        "'Sit. Rest.' takes 2.3s, but its slot is 1s; make the slot 3s or longer, or speak it again, faster": (
            *(Utterance("Sit."), Utterance("Rest.")),
        ),
        "'in' takes 1.1s, but 'two' begins 1s after its start; make the phase longer, or speak it again, faster": (
            *(Utterance("in"), Utterance("two")),
        ),
        "'two' takes 1.1s, but 'three' begins 1s after its start; speak it again, faster, or choose guide: words": (
            Utterance("two"),
            Utterance("three"),
        ),
        "'three' goes on for 0.1s after its phase of 3s; make its slot longer, use fewer words, or a faster rate": (
            Utterance("three"),
        ),
    }


def test_without_a_length_the_slot_is_the_speech_and_then() -> None:
    assert laid(Slot(AT, None, (say("a"),), then_ms=1000)).total_ms == 1500


def test_sentences_follow_each_other_after_their_gap() -> None:
    timeline = laid(Slot(AT, 5000, (say("a"), say("b", gap_ms=1200))))
    assert [cue.start_ms for cue in timeline.cues] == [0, 1700]


def test_a_later_line_waits_for_its_time_and_for_the_line_before_it() -> None:
    said = say("a"), say("b", gap_ms=200, from_ms=3000), say("c", gap_ms=200), say("d", gap_ms=200, from_ms=3000)
    timeline = laid(Slot(AT, 1000), Slot(AT, 9000, said))
    assert [cue.start_ms for cue in timeline.cues] == [1000, 4000, 4700, 5400]


def test_a_later_line_must_be_over_when_its_slot_is() -> None:
    (problem,) = problems(Slot(AT, 6000, (say("Now.", beat_ms=0), say("Feel it.", from_ms=5800))))
    assert problem == (
        "a.yaml:3:5: 'Now. Feel it.' takes 6.3s, but its slot is 6s; "
        "make the slot 7s or longer, use fewer words, or a faster rate"
    )


def test_a_word_is_placed_by_its_beat() -> None:
    timeline = laid(Slot(AT, 1000), Slot(AT, 4000, (say("in", beat_ms=0), say("two", beat_ms=1000))), beat=129)
    assert [(cue.start_ms, cue.beat_ms) for cue in timeline.cues] == [(871, 1000), (1871, 2000)]


def test_speech_longer_than_its_slot_is_a_problem_with_room_and_remedies() -> None:
    (problem,) = problems(Slot(AT, 2000, (say("Let your hands rest."),)), length=2600)
    assert problem == (
        "a.yaml:3:5: 'Let your hands rest.' takes 2.6s, but its slot is 2s; "
        "make the slot 3s or longer, use fewer words, or a faster rate"
    )
    assert "make the slot 4s or longer" in problems(Slot(AT, 2000, (say("Rest."),)), length=3003)[0]


def test_a_count_longer_than_its_beat_is_a_problem() -> None:
    (problem,) = problems(
        Slot(AT, 1000), Slot(AT, 3000, (say("six", kind="count", beat_ms=0), say("seven", beat_ms=1000))), length=1100
    )
    assert problem == (
        "a.yaml:3:5: 'six' takes 1.1s, but 'seven' begins 1s after its start; choose a faster rate, or guide: words"
    )


def test_a_word_before_the_start_of_the_session_is_a_problem() -> None:
    (problem,) = problems(Slot(AT, 4000, (say("in", beat_ms=0),)), beat=40)
    assert problem == "a.yaml:3:5: 'in' begins 0.04s before the session does; put a pause: 1s before it"


def test_a_word_that_begins_before_the_slot_before_it_is_over_is_a_problem_of_that_slot() -> None:
    """Its beat is on the slot's start, and it sounds a little earlier."""
    slots = Slot(AT, 1000, (say("Sit down."),)), Slot(Position("a.yaml", 9, 1), 4000, (say("in", beat_ms=0),))
    with pytest.raises(ScriptError) as caught:
        lay_out(session(), slots, lambda said: Clip(1000, 100 if said.text == "in" else 0))
    assert [str(problem) for problem in caught.value.problems] == [
        (
            "a.yaml:3:5: 'Sit down.' takes 1s, but 'in' begins 0.9s after its start; "
            "make its slot longer, use fewer words, or a faster rate"
        )
    ]


def test_all_problems_come_at_once_and_none_twice() -> None:
    slot = Slot(AT, 100, (say("long"),))
    other = Slot(Position("a.yaml", 9, 1), 100, (say("longer"),))
    assert len(problems(slot, Slot(AT, 9000), slot, Slot(AT, 9000), other)) == 2


@pytest.mark.parametrize(("length", "lasts"), [(0, "0:00"), (86_400_001, "24:00:00")])
def test_a_session_of_no_length_or_more_than_a_day_is_a_problem(length: int, lasts: str) -> None:
    assert problems(Slot(AT, length)) == [
        f"a.yaml:3:5: a session must last more than nothing and at most 24 hours, not {lasts}"
    ]
    assert laid(Slot(AT, 86_400_000)).total_ms == 86_400_000


def test_a_timeline_has_the_title_and_the_fades_of_its_session() -> None:
    faded = replace(session(), background=Background("rain", fade_in=1500, fade_out=7000))
    timeline = lay_out(faded, [Slot(AT, 1)], lambda _: Clip(500))
    assert (timeline.title, timeline.fade_in_ms, timeline.fade_out_ms) == ("T", 1500, 7000)


def test_each_cue_is_as_long_as_its_clip_and_has_its_pauses() -> None:
    clips = {"a": Clip(700, after_ms=300, pauses=((100, 250), (400, 450))), "b": Clip(900)}
    slot = Slot(AT, 5000, (say("a"), say("b", gap_ms=200), say("a", from_ms=3000)))
    timeline = lay_out(session(), [Slot(AT, 1000), slot], lambda said: clips[said.text])
    assert [(cue.start_ms, cue.end_ms, cue.pauses) for cue in timeline.cues] == [
        (1000, 1700, (Span(1100, 1250), Span(1400, 1450))),
        (2200, 3100, ()),  # after its gap, and the silence of the slow rate
        (4000, 4700, (Span(4100, 4250), Span(4400, 4450))),
    ]
    run_on = lay_out(session(), [Slot(AT, 5000, (say("a"), say("b")))], lambda said: clips[said.text])
    assert [cue.start_ms for cue in run_on.cues] == [0, 700], "a slow rate makes gaps longer, and no new ones"


def test_a_stretch_without_a_length_is_not_left_out() -> None:
    parts = PauseStep(5000, flex=True).parts(AT, Planner("en-GB", None, 105, 50))
    with pytest.raises(ValueError, match=r"^the stretch at a\.yaml:3:5 has no length yet; settle it first$"):
        laid(Slot(AT, 1000), *parts)


def test_spans_that_touch_are_one() -> None:
    spans = [Span(5000, 6000), Span(0, 3000), Span(3000, 4000), Span(500, 1000), Span(5500, 5600)]
    assert joined(spans) == (Span(0, 4000), Span(5000, 6000))


def test_counted_blocks_are_one_span_under_which_the_bed_is_down() -> None:
    phase = Slot(AT, 4000, (say("in", beat_ms=0),), ducked=True)
    timeline = laid(Slot(AT, 2000), phase, phase, Slot(AT, 5000), Slot(AT, 5000, (say("a"),)), beat=50)
    assert timeline.speech == (Span(1950, 10_000), Span(15_000, 15_500))


def test_a_bed_change_keeps_what_it_does_not_name() -> None:
    timeline = laid(Slot(AT, 1000), BedChange(AT, in_pauses_db=-30.0, over_ms=2000), BedChange(AT, "none"))
    assert timeline.beds == (
        BedState(0, 0, "rain", -20.0, -16.0),
        BedState(1000, 2000, "rain", -20.0, -30.0),
        BedState(1000, 4000, None, -20.0, -30.0),
    )


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (BedChange(AT, "sea"), BedState(1000, 4000, "sea", -20.0, -16.0)),
        (BedChange(AT, under_voice_db=-25.0), BedState(1000, 4000, "rain", -25.0, -16.0)),
        (BedChange(AT, over_ms=0), BedState(1000, 0, "rain", -20.0, -16.0)),
    ],
)
def test_a_bed_change_sets_what_it_names(change: BedChange, state: BedState) -> None:
    assert laid(Slot(AT, 1000), change, Slot(AT, 1000)).beds == (BedState(0, 0, "rain", -20.0, -16.0), state)


def test_without_clips_a_length_is_estimated_by_the_words_and_told_as_such() -> None:
    """A word at 105 a minute takes 571 ms; a recording is taken to be spoken at 105."""
    slow = Slot(AT, None, (Speech(Utterance("One two three.", rate=90)),), then_ms=1000)
    usual = Slot(AT, None, (say("One two three."), Sounding(Tone("bell", 9000), "chime")), then_ms=500)
    recorded = Slot(AT, None, (Speech(Recording("mum.wav", "a.yaml", "One two.")),))
    assert nominal_ms([slow]) == (2000 + 1000, False)
    assert nominal_ms([Slot(AT, None, (Speech(Utterance("one " * 100, rate=60)),))]) == (100_000, False)
    assert nominal_ms([usual, Marker("m"), recorded, Slot(AT, 7000)]) == (1714 + 500 + 1142 + 7000, False)
    assert nominal_ms([Slot(AT, 7000, (say("One."),), then_ms=500)]) == (7000, True)


def test_a_recording_longer_than_its_slot_is_named_by_its_file() -> None:
    (problem,) = problems(Slot(AT, 2000, (Speech(Recording("mum.wav", "a.yaml", "Rest.")),)), length=2001)
    assert problem == (
        "a.yaml:3:5: 'mum.wav' takes 2.001s, but its slot is 2s; make the slot 3s or longer, or shorten the recording"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a" * 40, "a" * 40),
        ("a" * 41, "a" * 39 + "…"),
        ("a" * 36 + " bc defgh", "a" * 36 + " bc…"),
        ("a" * 38 + " bcdefgh", "a" * 38 + "…"),
    ],
)
def test_a_long_text_is_told_by_its_beginning(text: str, shown: str) -> None:
    (problem,) = problems(Slot(AT, 100, (say(text),)))
    assert problem.startswith(f"a.yaml:3:5: '{shown}' takes 0.5s, but its slot is 0.1s; ")


def test_the_level_of_the_voice_leads_from_the_first_speech_to_the_last() -> None:
    sinking = replace(session(), voice=VoiceSettings(level=LevelCourse(-1.0, -6.0)))
    bell = Slot(AT, 4000, (Sounding(Tone("bell", 4000), "chime"),))
    parts = (bell, Slot(AT, 3000, (say("a"),)), Slot(AT, 3000, (say("b"), say("c", from_ms=2000))), bell)
    assert lay_out(sinking, parts, lambda _: Clip(500)).voice_level == VoiceLevel(4000, 9000, -1.0, -6.0)
    assert lay_out(sinking, parts[:2], lambda _: Clip(500)).voice_level == VoiceLevel(4000, 4000, -1.0, -1.0)
    assert lay_out(sinking, [bell], lambda _: Clip(500)).voice_level == VoiceLevel(0, 0, -1.0, -1.0)
    for ends in ((0.0, -6.0), (-6.0, 0.0)):
        voice = VoiceSettings(level=LevelCourse(*ends))
        assert lay_out(replace(session(), voice=voice), parts, lambda _: Clip(500)).voice_level == VoiceLevel(
            4000, 9000, *ends
        )
    assert lay_out(session(), parts, lambda _: Clip(500)).voice_level is None


def test_tones_are_cues_without_words() -> None:
    tone = Tone("in", 4000)
    later = Sounding(Tone("bell", 500), "chime", at_ms=1500)
    first, second = laid(Slot(AT, 3000), Slot(AT, 4000, (Sounding(tone, "tone"), later))).cues
    assert (first.start_ms, first.end_ms, first.sound, first.text) == (3000, 7000, tone, "")
    assert (second.start_ms, second.end_ms, second.kind) == (4500, 5000, "chime")


def test_utterances_are_distinct_and_in_the_order_they_are_heard() -> None:
    parts: list[Part] = [Slot(AT, 1, (say("b"), say("a"))), Marker("m"), Slot(AT, 1, (say("b"),))]
    assert [each.text for each in utterances(parts)] == ["b", "a"]


SLOTS = st.builds(
    lambda length, then, texts: Slot(AT, length, tuple(say(t) for t in texts), then_ms=then),
    st.none() | st.integers(2000, 60_000),
    st.integers(0, 3000),
    st.lists(st.sampled_from("abc"), max_size=3),
)
PARTS = st.lists(SLOTS | st.builds(Marker, st.just("s")), min_size=1, max_size=20)


@given(PARTS, st.integers(1, 5000))
def test_a_pause_shifts_everything_behind_it_by_exactly_its_length(parts: list[Part], pause: int) -> None:
    first, second = laid(Slot(AT, 1), *parts), laid(Slot(AT, 1 + pause), *parts)
    assert second.total_ms - first.total_ms == pause
    assert [cue.start_ms - pause for cue in second.cues] == [cue.start_ms for cue in first.cues]
    assert [s.start_ms - pause for s in second.sections] == [s.start_ms for s in first.sections]


@given(PARTS)
def test_slots_follow_each_other_and_add_up(parts: list[Part]) -> None:
    timeline = laid(Slot(AT, 1), *parts)
    at = 0
    for slot in timeline.slots:
        assert slot.start_ms == at
        at += slot.length_ms
    assert at == timeline.total_ms
    for before, after in zip(timeline.cues, timeline.cues[1:], strict=False):
        assert before.end_ms <= after.start_ms


def breath(*texts: str, room: int = 9500) -> tuple[Slot, ...]:
    """A breath of ten seconds with a line over it, and then one in words."""
    line = tuple(say(text, gap_ms=1200 if number else 250) for number, text in enumerate(texts))
    tone = Sounding(Tone("in", 4000), "tone"), Sounding(Tone("out", 6000), "tone")
    said = say("Breathe in", kind="word", beat_ms=0)
    return (
        Slot(AT, 4000, (tone[0], *line), guide="in", opens=True, room_ms=room),
        Slot(AT, 6000, (tone[1],), guide="out"),
        Slot(AT, 4000, (said,), guide="in", opens=True),
    )


def test_a_line_over_a_breath_goes_on_over_its_phases_and_moves_nothing() -> None:
    timeline = laid(*breath("Halfway.", "Fine."), length=3000)
    spoken = [(cue.start_ms, cue.end_ms, cue.slot_ms) for cue in timeline.cues if not cue.is_tone]
    assert spoken == [(250, 3250, 9500), (4450, 7450, 9500), (10_000, 13_000, 4000)]
    assert [cue.start_ms for cue in timeline.cues if cue.is_tone] == [0, 4000]
    assert [(slot.start_ms, slot.length_ms) for slot in timeline.slots] == [(0, 4000), (4000, 6000), (10_000, 4000)]


def test_a_line_longer_than_its_breath_is_a_problem_with_its_room() -> None:
    (problem,) = problems(*breath("Halfway there, and well.")[:2], length=9400)
    assert problem == (
        "a.yaml:3:5: 'Halfway there, and well.' takes 9.65s, but there is 9.5s until the next breath; "
        "use fewer words, or a faster rate"
    )
    with pytest.raises(ScriptError) as caught:
        lay_out(session(), breath("Halfway.")[:2], lambda _: Clip(9400), own={Utterance("Halfway.")})
    assert caught.value.problems[0].text.endswith("until the next breath; speak it again, faster")
