"""How breaths are guided, and one guidance that follows another at the beginning of a breath."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.script.session import parse
from player.techniques import TECHNIQUES
from player.techniques.cue import Tone, Utterance
from player.techniques.guidance import HELPS, stages
from player.techniques.planning import plan
from player.timeline.fit import settle
from player.timeline.guiding import breaths, help_at, next_breath, spliced
from player.timeline.layout import lay_out
from player.timeline.model import Cue, Span, Stretch
from tests.fakes_mix import timeline

if TYPE_CHECKING:
    from player.timeline.model import Timeline

SCRIPT = """\
title: Breaths
background: rain
steps:
  - pause: 2s
  - breathe: {in: 4s, out: 4s, cycles: 8}
    guide: [count 2, words 2, tones 2, silent]
    coach: {after: 4, say: Tones.}
  - say: Now again.
    for: 4s
  - breathe: {in: 4s, out: 4s, cycles: 4}
    guide: count
  - chime: end
"""
STARTS = [2000 + 8000 * at for at in range(8)] + [70_000 + 8000 * at for at in range(4)]


@dataclass(frozen=True)
class Clip:
    """A word of 600 ms with its beat at 150."""

    length_ms: int = 600
    beat_ms: int = 150
    after_ms: int = 0
    pauses: tuple[tuple[int, int], ...] = ()


@cache
def laid_out(guide: str = "", script: str = SCRIPT) -> Timeline:
    session = parse(script, "breaths.yaml", TECHNIQUES)
    parts = settle(plan(session, guide=stages(guide) if guide else ()).parts)
    return lay_out(session, parts, lambda _: Clip())


def test_every_cycle_is_a_breath_and_nothing_else_is() -> None:
    assert breaths(laid_out()) == STARTS == breaths(laid_out("silent"))


@pytest.mark.parametrize(
    ("at_ms", "help_"),
    [
        (0, "count"), (2000, "count"), (17_999, "count"), (18_000, "words"), (33_999, "words"),
        (34_000, "tones"),  # the coach's line is over this one
        (42_000, "tones"), (50_000, "silent"), (67_000, "silent"), (70_000, "count"), (108_000, "count"),
    ],
)  # fmt: skip
def test_the_help_of_a_breath_is_told_by_what_is_heard_in_it(at_ms: int, help_: str) -> None:
    assert help_at(laid_out(), at_ms) == help_


@pytest.mark.parametrize(
    ("guide", "coach", "at_ms", "help_"),
    [
        ("[count 1, words 1, silent]", "", 0, "count"),  # before the first breath it is the first that counts
        ("words", "coach: {after: 1, say: Halfway.}", 10_000, "words"),  # not the tones under the line
        ("count", "coach: {after: 3, say: The last one.}", 26_000, "count"),  # no breath follows that one
        ("silent", "coach: {every: 1, say: Halfway.}", 2000, "silent"),
    ],
)
def test_a_breath_under_a_line_is_guided_as_the_nearest_without(guide: str, coach: str, at_ms: int, help_: str) -> None:
    steps = f"  - breathe: {{in: 4s, out: 4s, cycles: 4}}\n    guide: {guide}\n    {coach}\n"
    assert help_at(laid_out(script=f"title: B\nsteps:\n  - pause: 2s\n{steps}"), at_ms) == help_


def by_hand(*cues: Cue, speech: tuple[tuple[int, int], ...] = ()) -> Timeline:
    """Three breaths of four seconds."""
    slots = tuple(Stretch(at, 4000, "in", opens=True) for at in (0, 4000, 8000))
    return replace(timeline(12_000, cues=cues, speech=speech), slots=slots)


def test_breaths_that_are_all_under_a_line_are_guided_by_tones() -> None:
    lines = (Cue(at, at + 900, at, 4000, "speech", Utterance("Fine."), "Fine.") for at in (0, 4000, 8000))
    assert help_at(by_hand(*lines), 5000) == "tones"


@pytest.mark.parametrize(("from_ms", "next_ms"), [(3850, 4000), (3851, 8000), (4000, 8000), (7999, 8000), (8000, 8000)])
def test_a_breath_whose_sound_has_begun_is_too_late(from_ms: int, next_ms: int) -> None:
    tone = Cue(4000, 8000, 4000, 4000, "tone", Tone("in", 4000))
    word = Cue(3850, 4400, 4000, 4000, "word", Utterance("In"), "In", 4000)
    for cues in ((tone, word), (word, tone)):
        assert next_breath(by_hand(*cues), from_ms) == next_ms


def test_what_touches_the_change_of_guidance_leaves_nothing_there() -> None:
    spoken, silent = by_hand(speech=((0, 1000), (4000, 5000), (6000, 8000))), by_hand()
    assert spliced(spoken, silent, 4000).speech == (Span(0, 1000),)
    assert spliced(spoken, silent, 5000).speech == (Span(0, 1000), Span(4000, 5000))
    assert spliced(silent, spoken, 8000).speech == ()
    assert spliced(spoken, spoken, 4000).speech == spoken.speech


def test_where_nothing_is_breathed_there_is_no_help_and_no_breath() -> None:
    session = parse("title: Sit\nsteps:\n  - pause: 9s\n", "sit.yaml", TECHNIQUES)
    still = lay_out(session, settle(plan(session).parts), lambda _: Clip())
    assert (help_at(still, 0), next_breath(still, 0)) == (None, None)


@given(st.sampled_from(HELPS), st.integers(0, 110_000))
def test_the_next_breath_begins_with_its_first_sound(guide: str, from_ms: int) -> None:
    lead_ms = 150 if guide in {"count", "words"} else 0
    starts = [start for start in STARTS if start - (lead_ms if start != 34_000 else 0) >= from_ms]
    assert next_breath(laid_out(guide), from_ms) == (starts[0] if starts else None)


@given(st.sampled_from(["", *HELPS]), st.sampled_from(["", *HELPS]), st.sampled_from(STARTS))
def test_up_to_a_breath_it_is_the_one_and_from_there_on_the_other(one: str, other: str, at_ms: int) -> None:
    before, after = laid_out(one), laid_out(other)
    both = spliced(before, after, at_ms)
    assert both.total_ms == before.total_ms == after.total_ms
    assert (both.slots, both.sections, both.beds) == (before.slots, before.sections, before.beds)
    for cue in both.cues:
        assert cue in (before if cue.slot_start_ms < at_ms else after).cues
    assert len(both.cues) == sum(cue.slot_start_ms < at_ms for cue in before.cues) + sum(
        cue.slot_start_ms >= at_ms for cue in after.cues
    )
    for cue in both.cues:
        assert cue.is_tone or any(s.start_ms <= cue.start_ms and cue.end_ms <= s.end_ms for s in both.speech)
    assert all(a.end_ms < b.start_ms for a, b in zip(both.speech, both.speech[1:], strict=False))
    assert spliced(before, before, at_ms) == before
