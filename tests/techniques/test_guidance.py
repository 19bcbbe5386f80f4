"""Guidance that a listener asks for: which breath has which help, and what gives way where there is no room."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import Position
from player.techniques.breathing import Breathe
from player.techniques.breaths import ListedPhase, Pattern, Ramp
from player.techniques.cue import Elastic, Slot, Speech
from player.techniques.guidance import HELPS, GuidanceStage, allotted, stages
from player.techniques.planning import Planner

AT = Position("a.yaml", 1, 1)
BOX = Pattern(in_=4000, hold=4000, out=4000, rest=4000, cycles=6)
STAGES = st.builds(GuidanceStage, st.sampled_from(HELPS), st.none() | st.integers(1, 9))


def elastic(step: Breathe, guide: str = "") -> Elastic:
    (part,) = step.parts(AT, Planner("en-GB", None, 105, 50, guide=stages(guide) if guide else ()))
    assert isinstance(part, Elastic)
    return part


def slots(part: Elastic) -> list[Slot]:
    return [*part.slots(part.amount)]


def kinds(part: Elastic) -> list[str]:
    """What is heard in the first phase of each cycle, without the numbers behind it."""
    heard = [[cue.kind for cue in slot.cues] for slot in slots(part) if slot.opens]
    return ["count" if "count" in each else each[0] if each else "silence" for each in heard]


@pytest.mark.parametrize(
    ("text", "cycles", "runs"),
    [
        ("tones", 5, [("tones", 5)]),
        ("words,tones", 7, [("words", 4), ("tones", 3)]),
        ("count 3, words, tones", 10, [("count", 3), ("words", 4), ("tones", 3)]),
        ("words, tones 2", 6, [("words", 4), ("tones", 2)]),
        ("count 2,words 2", 6, [("count", 2), ("words", 4)]),
        ("count 9, silent", 4, [("count", 4)]),
        ("words,tones,silent", 2, [("words", 1), ("tones", 1)]),
    ],
)
def test_stages_with_a_number_have_it_and_the_others_share_the_rest(
    text: str, cycles: int, runs: list[tuple[str, int]]
) -> None:
    helps = allotted(stages(text), cycles)
    assert helps == [help_ for help_, number in runs for _ in range(number)]


@given(st.lists(STAGES, min_size=1, max_size=5), st.integers(1, 60))
def test_every_cycle_has_one_help_in_the_order_of_the_stages(guide: list[GuidanceStage], cycles: int) -> None:
    helps = allotted(guide, cycles)
    assert len(helps) == cycles
    left = iter([stage.help for stage in guide for _ in range(cycles)])
    assert all(help_ in left for help_ in helps)
    if len({stage.help for stage in guide}) == len(guide) and not any(stage.cycles for stage in guide):
        numbers = Counter(helps).values()
        assert max(numbers) - min(numbers) <= 1 or len(numbers) < len(guide)


@pytest.mark.parametrize("text", ["", "words;tones", "words,,tones", "sing", "count 0", "words tones"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be count, words, tones or silent") as caught:
        stages(text)
    assert len(str(caught.value)) < 150


@given(
    st.lists(st.integers(1, 12).map(lambda half: half * 500), min_size=2, max_size=4),
    st.integers(1, 8),
    st.lists(STAGES, min_size=1, max_size=3).map(tuple),
)
def test_no_guidance_changes_a_time(lengths: list[int], cycles: int, guide: tuple[GuidanceStage, ...]) -> None:
    phases = tuple(ListedPhase(("in", "out")[at % 2], for_=length) for at, length in enumerate(lengths))
    step = Breathe(Pattern(phases=phases, cycles=cycles))
    (asked,) = step.parts(AT, Planner("en-GB", None, 105, 50, guide=guide))
    assert isinstance(asked, Elastic)
    times = [[(slot.length_ms, slot.guide, slot.opens) for slot in slots(part)] for part in (asked, elastic(step))]
    assert times[0] == times[1]
    assert asked.length_ms(cycles) == sum(lengths) * cycles


def test_the_listeners_guidance_comes_before_the_scripts() -> None:
    step = Breathe(BOX, guide=(GuidanceStage("count", 2), GuidanceStage("silent")))
    assert kinds(elastic(step)) == ["count"] * 2 + ["silence"] * 4
    assert kinds(elastic(step, "words,tones")) == ["word"] * 3 + ["tone"] * 3
    assert elastic(step, "words,tones").instead == ()


HALVES = Pattern(in_=5500, out=5500, cycles=4)
QUICK = Pattern(phases=(ListedPhase("in", for_=500), ListedPhase("out", for_=4000)), cycles=2)


@pytest.mark.parametrize(
    ("step", "guide", "heard", "instead"),
    [
        (Breathe(HALVES, guide=(GuidanceStage("words"),)), "count", "word", (("count", "words"),)),
        (Breathe(HALVES), "count", "count", ()),  # its author counts it, too
        (Breathe(BOX, guide=(GuidanceStage("words"),), count="none"), "count", "word", (("count", "words"),)),
        (Breathe(Pattern(in_=4000, out=Ramp(4000, 6000), cycles=3), guide=(GuidanceStage("tones"),)), "count", "word",
         (("count", "words"),)),
        (Breathe(QUICK, guide=(GuidanceStage("tones"),)), "count", "tone", (("count", "tones"),)),
        (Breathe(QUICK, guide=(GuidanceStage("tones"),)), "words", "tone", (("words", "tones"),)),
        (Breathe(QUICK, guide=(GuidanceStage("words"),)), "words", "word", ()),
        (Breathe(QUICK), "silent", "silence", ()),
    ],
)  # fmt: skip
def test_what_the_breaths_have_no_room_for_becomes_less_help(
    step: Breathe, guide: str, heard: str, instead: tuple[tuple[str, str], ...]
) -> None:
    found = elastic(step, guide)
    assert {*kinds(found)} == {heard}
    assert found.instead == instead


def test_what_does_not_fit_when_it_is_spoken_can_have_less_help_step_by_step() -> None:
    found, heard = elastic(Breathe(BOX), "count,tones"), []
    while True:
        heard.append((kinds(found)[0], found.instead))
        if found.less is None:
            break
        found = found.less()
    assert heard == [("count", ()), ("word", (("count", "words"),)), ("tone", (("count", "tones"),))]
    assert elastic(Breathe(BOX)).less is None
    assert not any(isinstance(cue, Speech) for slot in slots(found) for cue in slot.cues)
