from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (hints are read when a script is bound)
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, ClassVar

import pytest

from player.errors import Problem, ScriptError
from player.script.yaml.binding import bind
from player.script.yaml.reader import read
from player.script.yaml.types import Count, Duration, FieldError, Flag, Identifier, Name, OneOrMore, Text

if TYPE_CHECKING:
    from player.script.yaml.scalar_types import ScalarType, Schema


def bound(text: str, wanted: type) -> object:
    return bind(read(text, "f"), wanted)


def problems(text: str, wanted: type) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        bound(text, wanted)
    return [str(problem).removeprefix("f:") for problem in caught.value.problems]


@dataclass(frozen=True)
class Group:
    shorthand: ClassVar[str] = "name"

    name: Name
    how: Text | None = None


@dataclass(frozen=True)
class Cold:
    degrees: Count
    snow: Flag = False


@dataclass(frozen=True)
class Warm:
    degrees: Count
    sun: Flag = False


@dataclass(frozen=True)
class Everything:
    """A field of every form that a hint can have."""

    text: str = "x"
    flag: bool = False
    lines: OneOrMore[Text] = ("x",)
    groups: tuple[Group, ...] = ()
    weather: Cold | Warm | None = None
    mixed: Duration | OneOrMore[Group] | Mapping[Identifier, Count] = 0
    lengths: tuple[Duration, ...] | tuple[Group, ...] = ()
    names: Mapping[Identifier, OneOrMore[Count]] = field(default_factory=dict)
    in_: Annotated[Text | Warm, "a remark that means nothing here"] = "x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text: y", Everything(text="y")),
        ("flag: yes", Everything(flag=True)),
        ("lines: one", Everything(lines=("one",))),
        ("lines: [one, two]", Everything(lines=("one", "two"))),
        ("groups: []", Everything(groups=())),
        ("groups: [hand, {name: neck, how: turn}]", Everything(groups=(Group("hand"), Group("neck", "turn")))),
        ("weather: {degrees: 3, snow: yes}", Everything(weather=Cold(3, snow=True))),
        ("weather: {degrees: 3, sun: yes}", Everything(weather=Warm(3, sun=True))),
        ("weather: {degrees: 3}", Everything(weather=Cold(3))),
        ("mixed: 3s", Everything(mixed=3000)),
        ("mixed: hand", Everything(mixed=(Group("hand"),))),
        ("mixed: 25h", Everything(mixed=(Group("25h"),))),
        ("mixed: [hand]", Everything(mixed=(Group("hand"),))),
        ("mixed: {a: 1, b: 2}", Everything(mixed={"a": 1, "b": 2})),
        ("lengths: [3s, 4s]", Everything(lengths=(3000, 4000))),
        ("lengths: [{name: hand}, foot]", Everything(lengths=(Group("hand"), Group("foot")))),
        ("names: {a: 1, b: [2, 3]}", Everything(names={"a": (1,), "b": (2, 3)})),
        ("in: y", Everything(in_="y")),
        ("in: {degrees: 3}", Everything(in_=Warm(3))),
        ("{}", Everything()),
    ],
)
def test_a_node_becomes_what_the_hint_says(text: str, expected: Everything) -> None:
    assert bound(text, Everything) == expected


def test_the_root_may_be_a_list() -> None:
    assert bind(read("- hand\n- name: foot\n", "f"), tuple[Group, ...]) == (Group("hand"), Group("foot"))


KEYS = "text, flag, lines, groups, weather, mixed, lengths, names, in"
WHOLE = "a whole number, 1 to 1000"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lines: []", ["1:8: lines must not be empty"]),
        ("groups: hand", ["1:9: groups must be a list, not 'hand'"]),
        ("weather: {degrees: 3, sun: perhaps}", ["1:28: sun must be true or false, not 'perhaps'"]),
        ("weather: {degrees: 3, sun: yes, snow: yes}", ["1:23: unknown key 'sun' in weather; allowed: degrees, snow"]),
        ("names: {a: [1, 0, x]}", ["1:16: a must be 1 to 1000, not 0", f"1:19: a must be {WHOLE}, not 'x'"]),
        ("[]", [f"1:1: the file must be a mapping with {KEYS}, not a list"]),
        ("x: y", [f"1:1: unknown key 'x' in the file; allowed: {KEYS}"]),
    ],
)
def test_what_a_hint_does_not_allow(text: str, expected: list[str]) -> None:
    assert problems(text, Everything) == expected


def test_without_params_a_dollar_is_a_dollar() -> None:
    assert bound("{name: $5, how: '${x} $$'}", Group) == Group("$5", "${x} $$")


@dataclass(frozen=True)
class Fussy:
    value: Name = "x"
    other_: Name = "x"

    def __post_init__(self) -> None:
        if self.value == "field":
            raise FieldError("other_", "must be given with value")
        if self.value == "whole":
            raise ValueError("must be otherwise")


def test_a_dataclass_may_refuse_a_field_or_the_whole() -> None:
    assert problems("value: field\nother: y", Fussy) == ["2:8: other must be given with value"]
    assert problems("value: field", Fussy) == ["1:1: other must be given with value"]
    assert problems("value: whole", Fussy) == ["1:1: the file must be otherwise"]


@dataclass(frozen=True)
class Linked:
    """Reads the name of another file, which may have problems of its own."""

    about: str = "the name of a file"

    def parse(self, text: str) -> str:
        raise ScriptError([Problem(read("x", text).at, "is wrong")])

    def schema(self) -> Schema:
        return {"type": "string"}


@dataclass(frozen=True)
class Links:
    first: Annotated[str, Linked()]
    second: Annotated[str, Linked()]


def test_the_problems_of_another_file_come_with_those_of_this_one() -> None:
    scalar_type: ScalarType = Linked()
    assert scalar_type.about
    with pytest.raises(ScriptError, match=r"^a.yaml:1:1: is wrong\nb.yaml:1:1: is wrong$"):
        bound("first: a.yaml\nsecond: b.yaml\n", Links)


@dataclass(frozen=True)
class Unfit:
    number: int


def test_a_hint_that_no_script_could_fill_is_a_mistake_of_the_programs() -> None:
    with pytest.raises(TypeError, match="a script cannot fill a field of type <class 'int'>"):
        bound("number: 1", Unfit)


@dataclass(frozen=True)
class Pair:
    shorthand: ClassVar[str] = "name"

    name: Name
    size: Count


@dataclass(frozen=True)
class Pairs:
    pair: Pair


def test_a_bare_value_that_is_not_enough_is_told_what_is_missing_beside_it() -> None:
    assert problems(f"pair: {'x' * 201}\n", Pairs) == [
        "1:7: pair must be at most 200 characters long, not 201",
        "1:7: size is missing in pair",
    ]


@dataclass(frozen=True)
class Counts:
    counts: Mapping[Name, Count]


def test_of_a_long_name_the_beginning_is_told() -> None:
    (told,) = problems(f"counts: {{? {'x' * 150}\n: many}}\n", Counts)
    assert told.startswith(f"2:3: {'x' * 57}... must be a whole number")
