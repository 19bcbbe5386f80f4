"""The movements of a body: how levels rise and fall between two times."""

from __future__ import annotations

from dataclasses import replace

import pytest

from player.timeline.body import AT_REST, LEFT_OVER, LETTING_GO_MS, TENSING_MS, LevelRamp, moves, runs
from player.timeline.model import Stretch, Timeline
from tests.fakes_mix import timeline


def guided(*slots: tuple[int, str]) -> Timeline:
    """Slots that follow each other: their lengths, and what they guide."""
    stretches, at = [], 0
    for length_ms, guide in slots:
        stretches.append(Stretch(at, length_ms, guide))
        at += length_ms
    return replace(timeline(at), slots=tuple(stretches))


def ramps(*slots: tuple[int, str]) -> list[tuple[int, int, float, float]]:
    found = [move for run in runs(guided(*slots)) for move in moves(run)]
    return [(each.start_ms, each.end_ms, each.before, each.after) for each in found]


@pytest.mark.parametrize(
    ("at_ms", "level"), [(1000, 0.2), (1500, 0.317157), (2000, 0.6), (2500, 0.882843), (3000, 1.0)]
)
def test_a_level_moves_along_a_raised_cosine(at_ms: int, level: float) -> None:
    """A quarter of the way is 0.5 - 0.5 cos(45 degrees) = 0.146 of the distance."""
    ramp = LevelRamp(1000, 3000, 0.2, 1.0)
    assert ramp.level_at(at_ms) == pytest.approx(level, abs=1e-6)
    assert ramp.level((at_ms - 1000) / 2000) == pytest.approx(level, abs=1e-6)


def test_a_ramp_of_no_length_has_its_beginning() -> None:
    assert LevelRamp(1000, 1000, 0.2, 1.0).level_at(1000) == 0.2
    assert LevelRamp(1000, 1001, 0.2, 1.0).level_at(1001) == 1.0


def test_a_run_is_what_follows_without_a_gap_and_is_of_one_body() -> None:
    found = runs(guided((500, ""), (4000, "in"), (0, ""), (6000, "out"), (2000, "tense"), (3000, "release"), (0, "in")))
    assert [(run.body, run.start_ms, run.end_ms, run.length_ms, len(run.slots)) for run in found] == [
        ("breath", 500, 10_500, 10_000, 2),
        ("tension", 10_500, 15_500, 5000, 2),
    ]


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (
            [(4000, "in"), (2000, "hold"), (5000, "out"), (1000, "rest")],
            [(0, 4000, 0, 1), (4000, 6000, 1, 1), (6000, 11_000, 1, 0), (11_000, 12_000, 0, 0)],
        ),
        ([(5000, "out"), (4000, "in")], [(0, 5000, 1, 0), (5000, 9000, 0, 1)]),
        (
            [(3000, "in"), (1000, "in"), (6000, "out")],
            [(0, 3000, 0, 0.75), (3000, 4000, 0.75, 1), (4000, 10_000, 1, 0)],
        ),
        (
            [(4000, "in"), (1000, "in"), (3000, "in")],
            [(0, 4000, 0, 0.5), (4000, 5000, 0.5, 0.625), (5000, 8000, 0.625, 1)],
        ),
        ([(4000, "hold"), (4000, "out")], [(0, 4000, 0, 0), (4000, 8000, 0, 0)]),
    ],
    ids=["box", "out first", "two in", "three in", "hold first"],
)
def test_lungs_fill_and_empty_as_long_as_the_breath_goes_that_way(
    slots: list[tuple[int, str]], expected: list[tuple[int, int, float, float]]
) -> None:
    assert ramps(*slots) == expected


def test_muscles_tense_in_one_go_and_let_most_go_soon() -> None:
    end = 6000 + LETTING_GO_MS
    assert ramps((6000, "tense"), (30_000, "release"), (1000, "tense")) == [
        (0, TENSING_MS, 0, 1),
        (TENSING_MS, 6000, 1, 1),
        (6000, end, 1, LEFT_OVER),
        (end, 36_000, LEFT_OVER, 0),
        (36_000, 36_000 + TENSING_MS, 0, 1),
        (36_000 + TENSING_MS, 37_000, 1, 1),
    ]


def test_slots_shorter_than_the_muscles_need_end_in_time() -> None:
    assert ramps((500, "tense"), (2000, "release")) == [
        (0, 500, 0, 1),
        (500, 500, 1, 1),
        (500, 2500, 1, LEFT_OVER),
        (2500, 2500, LEFT_OVER, 0),
    ]


def test_muscles_that_were_not_tensed_let_go_from_where_they_are() -> None:
    assert ramps((30_000, "release"), (5000, ""), (20_000, "release")) == [
        (0, 30_000, AT_REST, 0),
        (35_000, 55_000, AT_REST, 0),
    ]
