"""Chapters: sections and the muscle groups in them, without gaps, overlaps or empty ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from player import pipeline
from player.script.session import parse
from player.techniques import TECHNIQUES
from player.techniques.planning import plan
from player.timeline.chapters import Chapter, chapters
from player.timeline.fit import settle
from player.timeline.layout import lay_out
from player.timeline.model import Section
from tests.fakes_mix import timeline
from tests.fakes_picture import Clip, bundled, laid_out

TWO = """\
title: Two
steps:
  - pause: 2s
  - section: Tense and let go
  - muscles: [{name: your hand, short: hand, how: make a fist}, {name: your foot, short: foot, how: lift the toes}]
    release: 20s
  - section: Rest
  - pause: 5s
"""


def test_a_group_is_a_chapter_with_its_sections_title_in_front() -> None:
    found = chapters(laid_out(parse(TWO, "two.yaml", TECHNIQUES)))
    assert found == (
        Chapter("Tense and let go: your hand", 2000, 38_000),
        Chapter("Tense and let go: your foot", 38_000, 74_000),
        Chapter("Rest", 74_000, 79_000),
    )


def test_what_is_left_out_leaves_no_chapter() -> None:
    session = parse(TWO, "two.yaml", TECHNIQUES)
    laid = lay_out(session, settle(plan(session, TECHNIQUES, ("hand",)).parts), lambda _: Clip())
    assert [each.title for each in chapters(laid)] == ["Tense and let go: your foot", "Rest"]


def test_sections_stay_what_they_were() -> None:
    laid = laid_out(parse(TWO, "two.yaml", TECHNIQUES))
    assert laid.sections == (Section("Tense and let go", 2000), Section("Rest", 74_000))


def test_a_section_keeps_what_comes_before_its_first_group() -> None:
    laid = replace(timeline(9000), sections=(Section("A", 0),), groups=(Section("hand", 3000), Section("foot", 5000)))
    assert chapters(laid) == (Chapter("A", 0, 3000), Chapter("A: hand", 3000, 5000), Chapter("A: foot", 5000, 9000))


def test_a_group_without_a_section_stands_for_itself() -> None:
    laid = replace(timeline(9000), sections=(), groups=(Section("your hand", 0),))
    assert chapters(laid) == (Chapter("Your hand", 0, 9000),)


def test_of_two_sections_at_one_moment_the_later_is_a_chapter() -> None:
    laid = replace(
        timeline(9000), sections=(Section("B", 0), Section("A", 0)), groups=(Section("d", 5000), Section("c", 5000))
    )
    assert chapters(laid) == (Chapter("A", 0, 5000), Chapter("A: c", 5000, 9000))


def test_a_session_without_sections_has_no_chapters() -> None:
    assert chapters(replace(timeline(9000), sections=())) == ()


def test_seven_groups_are_seven_chapters_of_the_bundled_session() -> None:
    titles = [each.title for each in chapters(bundled("pmr-7")[1])]
    assert sum(title.startswith("Tense and let go: your ") for title in titles) == 7
    assert pipeline.as_requested(pipeline.SessionRequest("pmr-7")).session.title not in titles


marks = st.lists(st.integers(0, 8999).map(lambda ms: Section("s", ms)), max_size=8)


@given(marks, marks)
def test_chapters_follow_each_other_to_the_end(sections: list[Section], groups: list[Section]) -> None:
    by_time = sorted(sections, key=lambda each: each.start_ms), sorted(groups, key=lambda each: each.start_ms)
    found = chapters(replace(timeline(9000), sections=tuple(by_time[0]), groups=tuple(by_time[1])))
    assert all(each.start_ms < each.end_ms for each in found)
    assert all(one.end_ms == two.start_ms for one, two in pairwise(found))
    starts = [each.start_ms for each in (*sections, *groups)]
    assert (found[0].start_ms, found[-1].end_ms) == (min(starts), 9000) if starts else found == ()
