"""Muscle relaxation: rounds of saying, tensing and letting go, over data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from player import pipeline
from player.errors import Position, ScriptError
from player.script import library
from player.script.session import parse
from player.script.yaml.types import FieldError
from player.techniques import TECHNIQUES
from player.techniques.cue import Slot, Speech, Utterance
from player.techniques.muscles import FIRM_PACE, Group, Muscles, group_set
from player.techniques.planning import Planner, plan

if TYPE_CHECKING:
    from pathlib import Path

AT = Position("a.yaml", 1, 1)
PLANNER = Planner("en-GB", None, 105, 50)
WORDS = PLANNER.words(AT).muscles
HAND = Group("your hand", "hand", how="make a fist", ease=("It is warm.",), caution="Gently.")
FOOT = Group("your foot", "foot", how="lift the toes")


def slots(step: Muscles) -> list[Slot]:
    return [part for part in step.parts(AT, PLANNER) if isinstance(part, Slot)]


def words(slot: Slot) -> str:
    return " ".join(cue.said.text for cue in slot.cues if isinstance(cue, Speech))


def test_two_rounds_of_one_group() -> None:
    assert [(words(slot), slot.length_ms) for slot in slots(Muscles((HAND,)))] == [
        ("We'll go to your hand. Gently. When I say now, make a fist.", 20_000),
        ("Now.", 6000),
        ("Let go. It is warm.", 35_000),
        ("When I say now, do that again, half as firmly.", 7000),
        ("Now.", 6000),
        ("Let go, and breathe out.", 40_000),
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


def test_now_is_firm_while_it_is_new_and_softer_from_then_on() -> None:
    step = Muscles(tuple(replace(FOOT, short=str(number)) for number in range(5)), release=(20_000,))
    paces = [said.rate for slot in slots(step) if slot.guide == "tense" for said in utterances_of(slot)]
    assert paces[:3] == [round(PLANNER.rate * FIRM_PACE)] * 3
    assert paces[3:] == [PLANNER.rate] * 2


def utterances_of(slot: Slot) -> list[Utterance]:
    return [cue.said for cue in slot.cues if isinstance(cue, Speech) and isinstance(cue.said, Utterance)]


def test_release_only_never_tenses_and_never_says_let_go() -> None:
    careful = replace(HAND, feel=("Feel it.",))
    found = slots(Muscles((careful, FOOT), name=(8000,), tense="none", release=(22_000,)))
    assert [(words(slot), slot.length_ms) for slot in found] == [
        ("Notice your hand.", 8000),
        ("It is warm.", 22_000),
        ("Now your foot.", 8000),
        ("", 22_000),
    ]


def test_a_place_is_announced_in_several_ways_and_the_cue_is_always_the_same() -> None:
    step = Muscles(tuple(replace(FOOT, short=str(number)) for number in range(7)), release=(20_000,))
    said = [words(slot) for slot in slots(step) if not slot.guide]
    assert said[0] == "We'll go to your foot. When I say now, lift the toes."
    assert all(each.endswith(" When I say now, lift the toes.") for each in said)
    assert len(set(said)) == len(WORDS.attend)


@pytest.mark.parametrize("name", [name for name in library.session_names() if name.startswith("pmr-")])
def test_a_listener_is_told_to_wait_for_now_and_hears_let_go_first(name: str) -> None:
    """Second rounds included: other words than those that were promised would leave one waiting."""
    requested = pipeline.as_requested(pipeline.SessionRequest(name))
    parts = [part for part in plan(requested.session, TECHNIQUES).parts if isinstance(part, Slot)]
    for before, tension, release in zip(parts, parts[1:], parts[2:], strict=False):
        if tension.guide == "tense":
            assert "When I say now, " in words(before)
            assert words(tension).startswith("Now.")
            assert words(release).startswith("Let go")


def test_the_guiding_words_are_taken_in_turn_and_come_round_again() -> None:
    step = Muscles(tuple(replace(FOOT, short=str(number)) for number in range(6)), release=(20_000, 20_000))
    found = [words(slot) for slot in slots(step)]
    again, let_go = len(WORDS.again), len(WORDS.let_go)
    assert found[3::6] == [WORDS.again[number % again] for number in range(6)]
    assert found[2::3] == [WORDS.let_go[number % let_go] for number in range(12)]


def test_a_turn_counts_only_what_is_there() -> None:
    """The second time of a group that has only one round, or is left out, is nobody's turn."""
    groups = replace(HAND, short="a", rounds=1), replace(FOOT, short="b"), replace(FOOT, short="c")
    planner = replace(PLANNER, skip=frozenset({"b"}))
    found = [words(part) for part in Muscles(groups).parts(AT, planner) if isinstance(part, Slot)]
    assert [each for each in found if each in WORDS.again] == [WORDS.again[0]]
    assert [each.split(".")[0] + "." for each in found if each.startswith(WORDS.let_go)] == list(WORDS.let_go[:3])


def test_what_there_is_to_feel_is_said_into_the_tension() -> None:
    step = Muscles((replace(HAND, feel=("It is tight.", "Lighter now.")),), release=(20_000, 20_000, 20_000))
    tensed = [slot for slot in slots(step) if slot.guide == "tense"]
    assert [words(slot) for slot in tensed] == ["Now. It is tight.", "Now. Lighter now.", "Now."]
    assert isinstance(feel := tensed[0].cues[1], Speech)
    assert (feel.from_ms, feel.beat_ms, feel.kind) == (1500, None, "speech")


def test_ease_is_said_at_the_release_and_later_in_it_and_in_the_second_round() -> None:
    step = Muscles((replace(HAND, ease=("One.", "Two. And.", "Three.")),), rounds=3)
    released = [slot for slot in slots(step) if slot.guide == "release"]
    assert [words(slot).partition(". ")[2] for slot in released] == ["One. Two. And.", "Three.", ""]
    speech = [cue for cue in released[0].cues if isinstance(cue, Speech)]
    assert [cue.from_ms for cue in speech] == [0, 0, 13_000, 0]


def test_a_release_has_no_fourth_line() -> None:
    with pytest.raises(FieldError, match="at most three lines"):
        replace(HAND, ease=("One.", "Two.", "Three.", "Four."))


def test_a_group_may_have_sentences_of_its_own() -> None:
    own = replace(FOOT, attend="Now the foot.", again="Again, as light as a leaf.")
    found = [words(slot) for slot in slots(Muscles((own,), release=(20_000, 20_000)))]
    assert found[0] == "Now the foot. When I say now, lift the toes."
    assert found[3] == "Again, as light as a leaf."


def test_a_caution_has_a_time_of_its_own_and_the_last_time_of_a_name_goes_on() -> None:
    groups = FOOT, replace(HAND, short="a"), replace(FOOT, short="b"), replace(HAND, short="c")
    found = slots(Muscles(groups, name=(12_000, 9000), caution=6000, release=(20_000,)))
    assert [slot.length_ms for slot in found[::3]] == [12_000, 15_000, 9000, 15_000]


def test_a_group_has_no_more_rounds_than_it_needs_and_no_more_than_are_asked_for() -> None:
    def rounds(most: int, asked: int) -> int:
        found = slots(Muscles((replace(FOOT, rounds=most),), rounds=asked))
        return sum(slot.guide == "tense" for slot in found)

    assert [rounds(1, 2), rounds(3, 2), rounds(2, 2)] == [1, 2, 2]


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
    assert [slot.length_ms for slot in found] == [20_000, 6000, 20_000, 10_000, 4000, 22_000]
    shorter = slots(Muscles((replace(HAND, tense=4000),), tense=3000, release=(20_000,)))
    assert [slot.length_ms for slot in shorter] == [20_000, 3000, 20_000]


def test_a_set_of_ones_own_with_a_mistake_is_told_in_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path))
    path = tmp_path / "muscles" / "mine.yaml"
    path.parent.mkdir()
    path.write_text("title: Mine\ngroups: 3\n", encoding="utf-8")
    with pytest.raises(ScriptError) as caught:
        parse("title: T\nsteps:\n- muscles: mine\n", "f", TECHNIQUES)
    assert [(each.at.path, each.at.line) for each in caught.value.problems] == [(str(path), 2)]


def test_a_second_round_without_tension_is_led_to_as_something_that_arrives() -> None:
    found = [words(slot) for slot in slots(Muscles((HAND,), tense="none", rounds=2))]
    arrive = [each.format(name="your hand", at="your hand") for each in WORDS.arrive]
    assert [arrive.index(each) for each in found if each in arrive] == [0, 1]
