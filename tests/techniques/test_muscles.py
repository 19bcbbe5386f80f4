"""Muscle relaxation: rounds of saying, tensing and letting go, over data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from player.errors import Position
from player.script import library
from player.script.yaml.types import FieldError
from player.techniques.cue import Slot, Speech, Utterance
from player.techniques.muscles import Group, Muscles, group_set
from player.techniques.planning import Planner

AT = Position("a.yaml", 1, 1)
PLANNER = Planner("en-GB", None, 105, 50)
HAND = Group("your hand", "hand", how="make a fist", ease="It is warm.", caution="Gently.")
FOOT = Group("your foot", "foot", how="lift the toes")


def slots(step: Muscles) -> list[Slot]:
    return [part for part in step.parts(AT, PLANNER) if isinstance(part, Slot)]


def words(slot: Slot) -> str:
    return " ".join(cue.said.text for cue in slot.cues if isinstance(cue, Speech))


def test_two_rounds_of_one_group() -> None:
    assert [(words(slot), slot.length_ms) for slot in slots(Muscles((HAND,)))] == [
        ("Notice your hand. Gently. When I say now, make a fist.", 10_000),
        ("Now.", 6000),
        ("Let go. It is warm.", 35_000),
        ("And once more.", 4000),
        ("Now.", 6000),
        ("Let go.", 40_000),
    ]


def test_now_and_let_go_are_heard_on_the_first_moment_of_their_slots() -> None:
    _, now, release = slots(Muscles((HAND,), release=(20_000,)))
    for slot in (now, release):
        assert isinstance(slot.cues[0], Speech)
        assert slot.cues[0].beat_ms == 0


def test_now_is_firmer_and_let_go_longer_than_plain_speech() -> None:
    said, now, release = (slot.cues[0] for slot in slots(Muscles((HAND,), release=(20_000,))))
    assert isinstance(said, Speech)
    assert isinstance(now, Speech)
    assert isinstance(release, Speech)
    assert isinstance(said.said, Utterance)
    assert isinstance(now.said, Utterance)
    assert isinstance(release.said, Utterance)
    assert release.said.rate < said.said.rate < now.said.rate


def test_release_only_never_tenses() -> None:
    found = slots(Muscles((HAND, FOOT), name=8000, tense="none", release=(22_000,)))
    assert [slot.length_ms for slot in found] == [8000, 22_000] * 2
    assert not any("now" in words(slot).lower() for slot in found)


def test_rounds_repeat_the_last_release() -> None:
    releases = [
        s.length_ms for s in slots(Muscles((HAND,), release=(30_000, 40_000), rounds=3)) if s.guide == "release"
    ]
    assert releases == [30_000, 40_000, 40_000]


def test_order_puts_the_named_groups_first() -> None:
    first = slots(Muscles((HAND, FOOT), order=("foot",)))[0]
    assert "your foot" in words(first)


def test_an_unknown_name_in_the_order_is_a_problem() -> None:
    with pytest.raises(FieldError, match="'knee'"):
        Muscles((HAND, FOOT), order=("knee",))


def test_tension_needs_a_how() -> None:
    with pytest.raises(FieldError, match="'your ear'"):
        Muscles((Group("your ear", "ear"),))


@pytest.mark.parametrize("name", library.muscle_sets())
def test_every_bundled_set_reads_and_names_each_group_once(name: str) -> None:
    shorts = [group.short for group in group_set(name).groups]
    assert len(set(shorts)) == len(shorts) >= 4


def test_a_group_that_is_left_out_is_never_mentioned() -> None:
    planner = Planner("en-GB", None, 105, 50, skip=frozenset({"foot"}))
    both = Muscles((HAND, FOOT), release=(20_000,), order=("foot",))
    found = [part for part in both.parts(AT, planner) if isinstance(part, Slot)]
    assert found == slots(Muscles((HAND,), release=(20_000,)))
    assert list(planner.offered) == ["foot", "hand"]


def test_a_group_that_cramps_easily_is_tensed_for_less_and_rests_for_more() -> None:
    found = slots(Muscles((HAND, replace(FOOT, how="lift the toes", tense=4000)), tense=6000, release=(20_000,)))
    assert [slot.length_ms for slot in found] == [10_000, 6000, 20_000, 10_000, 4000, 22_000]
    shorter = slots(Muscles((replace(HAND, tense=4000),), tense=3000, release=(20_000,)))
    assert [slot.length_ms for slot in shorter] == [10_000, 3000, 20_000]
