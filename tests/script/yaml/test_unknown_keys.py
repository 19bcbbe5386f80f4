from __future__ import annotations

import pytest

from player.errors import Position
from player.script.yaml import unknown_keys
from player.script.yaml.nodes import Scalar
from player.script.yaml.type_shapes import fields_of
from player.script.yaml.unknown_keys import bare_step, before_colon, meant
from tests.fakes_script import STEP_TYPES, Breathe, Pattern

AT = Position("f", 1, 1)


def found(*words: str) -> dict[str, tuple[Scalar, Scalar]]:
    return {word: (Scalar(word, quoted=False, at=AT), Scalar("4s", quoted=False, at=AT)) for word in words}


@pytest.mark.parametrize(
    ("word", "others", "said"),
    [
        ("cyles", (), ("cycles", "did you mean 'cycles'?")),
        ("cyles", ("cycles",), (None, "allowed: in, out, cycles, for")),
        ("guide", (), (None, "it belongs beside breathe, not into it")),
        ("to", (), (None, "it belongs into in")),
        ("zzz", (), (None, "allowed: in, out, cycles, for")),
    ],
)
def test_an_unknown_key_is_taken_for_what_it_most_likely_is(
    word: str, others: tuple[str, ...], said: tuple[str | None, str]
) -> None:
    assert meant(word, "breathe", fields_of(Pattern), found(word, *others), [fields_of(Breathe)], STEP_TYPES) == said


def test_only_at_the_top_of_a_script_a_key_may_be_meant_for_a_step() -> None:
    assert (
        meant("flex", "", fields_of(Pattern), found("flex"), [], STEP_TYPES)[1]
        == "it belongs to a step, in the list below steps"
    )
    assert meant("flex", "breathe", fields_of(Pattern), found("flex"), [], STEP_TYPES)[1].startswith("allowed: ")


@pytest.mark.parametrize(("text", "is_meant"), [("", True), ("x", False)])
def test_a_key_with_blanks_and_nothing_behind_it_is_the_rest_of_a_text(text: str, is_meant: bool) -> None:
    pairs = {"and rest.": (Scalar("and rest.", quoted=False, at=AT), Scalar(text, quoted=False, at=AT))}
    remedy = meant("and rest.", "breathe", fields_of(Pattern), pairs, [], STEP_TYPES)[1]
    assert (remedy == "put a text with a comma in quotes") is is_meant


def test_a_colon_without_its_space() -> None:
    nothing = Scalar("", quoted=False, at=AT)
    assert before_colon("in:4s", nothing, ["in"]) == "in"
    assert before_colon("in:4s", nothing, ["out"]) is None
    assert before_colon("in:4s", Scalar("", quoted=True, at=AT), ["in"]) is None
    assert bare_step("say:Sit.", STEP_TYPES).startswith(
        "a step must have a colon and a space behind its key, such as 'say: ...'"
    )
    assert bare_step("Sit.", STEP_TYPES).startswith("a step must be a key and its value")


def test_too_many_keys_for_a_message_are_cut_with_a_pointer_to_all_of_them() -> None:
    assert unknown_keys._all_of(["k" * 26] * 14) == ", ".join(["k" * 26] * 14)  # 390 characters
    told = unknown_keys._all_of(["k" * 26] * 15)
    assert told == ", ".join(["k" * 26] * 12) + ", ... (scripts/README.md has all of them)"
