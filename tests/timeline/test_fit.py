"""Fitting: whole breaths, flexible pauses, and the length that comes out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.errors import Position, ScriptError, UsageError
from player.techniques.breathing import Breathe
from player.techniques.breaths import Pattern, Ramp
from player.techniques.cue import Elastic, Marker, Part, Slot, Speech, Utterance
from player.techniques.planning import Planner
from player.techniques.speech import PauseStep
from player.timeline import fit
from player.timeline.fit import settle, to_length
from player.timeline.layout import nominal_ms
from player.units import LONGEST_MS

AT = Position("a.yaml", 3, 5)
PLANNER = Planner("en-GB", None, 105, 50)


def breaths(cycles: int, in_: int | Ramp = 4000, out: int = 6000, at_most: int | None = None) -> Part:
    (part,) = Breathe(Pattern(in_=in_, out=out, cycles=cycles, at_most=at_most)).parts(AT, PLANNER)
    return part


def pause(length: int) -> Part:
    (part,) = PauseStep(length, flex=True).parts(AT, PLANNER)
    return part


def fitted(wanted_ms: int, *parts: Part) -> int:
    natural, _ = nominal_ms(settle(parts))
    return nominal_ms(to_length(parts, natural, wanted_ms))[0]


def test_without_a_length_every_stretch_is_as_the_script_says() -> None:
    parts = settle([Marker("m"), breaths(3), pause(5000), Slot(AT, 1000)])
    assert nominal_ms(parts) == (36_000, True)
    assert isinstance(parts[0], Marker)


@settings(deadline=None)
@given(
    wanted=st.integers(60_000, 4_000_000),
    cycles=st.lists(st.integers(1, 60), min_size=1, max_size=4),
    ramp=st.booleans(),
)
def test_whole_breaths_end_within_half_a_cycle(wanted: int, cycles: list[int], ramp: bool) -> None:
    parts = [Slot(AT, 9000), *(breaths(each, Ramp(4000, 5000) if ramp else 4000) for each in cycles)]
    longest = 11_000 if ramp else 10_000
    assert abs(fitted(wanted, *parts) - wanted) <= longest / 2 + len(cycles)


@settings(deadline=None)
@given(wanted=st.integers(200_000, 40_000_000), pauses=st.lists(st.integers(1, 90_000), min_size=1, max_size=4))
def test_with_flexible_pauses_the_length_is_exact(wanted: int, pauses: list[int]) -> None:
    assert fitted(wanted, Slot(AT, 9000), breaths(5), *map(pause, pauses)) == wanted


def test_all_give_way_by_the_same_factor() -> None:
    parts = [breaths(10), breaths(20)]
    slots = [part for part in to_length(parts, 300_000, 600_000) if isinstance(part, Slot)]
    assert len(slots) == 2 * (20 + 40)


def test_a_cap_on_cycles_is_kept_and_the_quiet_takes_the_rest() -> None:
    parts = [breaths(4, at_most=8), pause(10_000)]
    found = [part for part in to_length(parts, 50_000, 600_000) if isinstance(part, Slot)]
    assert len(found) == 2 * 8 + 1
    assert found[-1].length_ms == 520_000


@pytest.mark.parametrize("wanted", [18_999, 24 * 3_600_000 + 1])
def test_a_length_out_of_reach_is_reported_with_what_is_possible(wanted: int) -> None:
    with pytest.raises(UsageError, match=r"must be 0:19 to 2[34]:[0-9:]* for this session"):
        fitted(wanted, Slot(AT, 9000), breaths(5))


def test_the_shortest_and_the_longest_that_are_told_are_possible() -> None:
    parts = (Slot(AT, 2_002_500), breaths(5, at_most=8))
    for wanted in (2_012_500, 2_082_500):
        assert fitted(wanted, *parts) == wanted
    for wanted in (2_012_499, 2_082_501):
        with pytest.raises(UsageError, match="must be 33:33 to 34:42 for this session"):
            fitted(wanted, *parts)


def test_one_more_breath_is_added_where_it_comes_closer() -> None:
    assert fitted(210_000, breaths(10), breaths(10)) == 210_000
    assert fitted(105_001, breaths(10)) == 110_000
    assert fitted(105_000, breaths(10)) == 100_000
    long = breaths(10, 24_000)
    assert fitted(671_000, breaths(4, at_most=4), long, long) == 670_000


def test_what_cannot_give_way_says_so() -> None:
    with pytest.raises(UsageError, match="its length is fixed at 0:09"):
        fitted(10_000, Slot(AT, 9000))


def test_a_script_that_unfolds_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "MOST_SLOTS", 50)
    with pytest.raises(ScriptError, match=r"a\.yaml:3:5: .*repeat less"):
        settle([breaths(20), breaths(20)])


def test_an_elastic_part_knows_its_length_without_being_made() -> None:
    part = breaths(7, Ramp(4000, 5000))
    assert isinstance(part, Elastic)
    for amount in (1, 2, 7, 30):
        assert part.length_ms(amount) == sum(slot.length_ms or 0 for slot in part.slots(amount))


def test_what_a_day_does_not_hold_is_refused_before_it_is_made() -> None:
    def slots(cycles: int) -> list[Slot]:
        raise AssertionError(f"{cycles} cycles were made")

    half = Elastic(Position("a.yaml", 3, 7), 1000, 1, 1000, lambda cycles: cycles * 43_201, slots)
    with pytest.raises(ScriptError) as caught:
        settle([Elastic(AT, 1000, 1, 1000, lambda cycles: cycles * 43_200, slots), half])
    told = "a.yaml:3:7: a session must last at most 24 hours, not 24:00:01; repeat less"
    assert str(caught.value) == told


def test_sentences_count_as_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "MOST_SLOTS", 9)
    said = Slot(AT, 1000, tuple(Speech(Utterance(f"Line {n}.")) for n in range(5)))
    nine = (said, *[Slot(AT, 1000)] * 4)
    assert settle(nine) == nine
    for more in (said, Slot(AT, 1000), Marker("m")):
        with pytest.raises(ScriptError, match=r"^a\.yaml:3:5: the script unfolds to more than 9 parts; repeat less$"):
            settle([*nine, more])


def test_a_day_is_allowed_and_what_has_no_length_yet_adds_none() -> None:
    day = (Slot(AT, LONGEST_MS - 20_000), breaths(2), Slot(AT, None))
    assert len(settle(day)) == 6
    with pytest.raises(ScriptError, match="a session must last at most 24 hours"):
        settle([*day, Slot(AT, 1)])


def test_a_thousand_flexible_pauses_share_a_length_without_each_adding_up_all_others() -> None:
    asked: list[int] = []

    def length_ms(amount: int) -> int:
        asked.append(amount)
        return amount

    part = Elastic(AT, 2000, 1000, LONGEST_MS, length_ms, lambda length: (Slot(AT, length),))
    found = to_length([part] * 1000, 2_000_000, 2_500_001)
    assert [slot.length_ms for slot in found if isinstance(slot, Slot)] == [2501, *[2500] * 999]
    assert len(asked) < 100 * 1000  # 60 of them halve the range in which the factor is; it was a million more
