from __future__ import annotations

from typing import Literal

import pytest

from player.script.yaml import fitting
from player.script.yaml.scalar_types import ChoiceType, DurationType, TextType
from player.script.yaml.type_shapes import (
    AnyStep,
    Either,
    Field,
    ListShape,
    One,
    Record,
    TableShape,
    enumerated,
    fields_of,
    shape_of,
)
from player.script.yaml.types import Duration, Identifier, ListRule, Name, OneOrMore, Steps, Text
from tests.fakes_script import Breathe, Named, Pattern, Ramp, Say


@pytest.mark.parametrize(
    ("hint", "shape"),
    [
        (Duration, One(DurationType())),
        (Duration | None, One(DurationType())),
        (Literal["up", "down"], One(ChoiceType(("up", "down")))),
        (Duration | Literal["none"], Either((One(DurationType()), One(ChoiceType(("none",)))))),
        (Duration | (Ramp | None), Either((One(DurationType()), Record(Ramp)))),
        (tuple[Text, ...], ListShape(One(TextType()), ListRule())),
        (OneOrMore[Duration | Ramp], ListShape(Either((One(DurationType()), Record(Ramp))), ListRule(1, bare=True))),
        (Steps, ListShape(AnyStep(), ListRule(1))),
        (dict[str, Text], TableShape(One(TextType()), One(TextType()))),
        (Named, Record(Named)),
    ],
)
def test_a_hint_has_a_shape(hint: object, shape: object) -> None:
    assert shape_of(hint) == shape


@pytest.mark.parametrize("hint", [int, float, list[str], tuple[str, int], object, None, set[str]])
def test_a_hint_that_no_script_could_fill(hint: object) -> None:
    with pytest.raises(TypeError, match="a script cannot fill a field of type"):
        shape_of(hint)


def test_a_field_is_written_without_its_trailing_underscore() -> None:
    assert [(field.key, field.attribute, field.required) for field in fields_of(Pattern)] == [
        ("in", "in_", True),
        ("out", "out", True),
        ("cycles", "cycles", False),
        ("for", "for_", False),
    ]


def test_a_shorthand_is_one_of_the_fields() -> None:
    assert Record(Named).shorthand == Field("name", "name", shape_of(Name), required=True)
    assert Record(Say).shorthand is None


@pytest.mark.parametrize(
    ("hint", "about"),
    [
        (Steps, "a list"),
        (OneOrMore[Text], "text, or a list of such"),
        (Breathe, "a mapping with breathe, guide, count, tense"),
        (dict[Identifier, Text], "a mapping of names and values, such as {name: value}"),
        (Text | Named, "text, or a mapping with name, strength"),
    ],
)
def test_a_shape_says_what_it_takes(hint: object, about: str) -> None:
    assert shape_of(hint).about == about


def test_a_long_list_of_words_is_cut() -> None:
    assert enumerated(list("abcdefghijkl")) == "a, b, c, d, e, f, g, h, i, j, k, l"
    assert enumerated(list("abcdefghijklm")) == "a, b, c, d, e, f, g, h, i, j, k, l, ..."


def test_a_bare_value_may_stand_for_a_list_of_what_has_two_forms() -> None:
    assert fitting.takes_scalar(shape_of(OneOrMore[Duration | Literal["none"]]))
    assert not fitting.takes_scalar(shape_of(OneOrMore[Ramp]))
    assert not fitting.takes_scalar(shape_of(tuple[Duration, ...] | Ramp))
