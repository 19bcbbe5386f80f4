"""The schema, held against what the program itself reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from player.errors import ScriptError
from player.script.session import parse
from player.script.yaml import schema as schemas
from player.script.yaml.schema import file_schema, session_schema
from player.script.yaml.types import Duration, Name
from tests import as_editors_read
from tests.fakes_script import STEP_TYPES

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

SCHEMA = session_schema(STEP_TYPES)
VALIDATOR = Draft202012Validator(SCHEMA)

HEAD = "title: T\n"
STEPS = "steps:\n  - say: Sit.\n"


def script(*steps: str, head: str = HEAD) -> str:
    return head + "steps:\n" + "".join(f"  - {step}\n" for step in steps)


def mistake(text: str) -> ValidationError | None:
    return best_match(VALIDATOR.iter_errors(as_editors_read.load(text)))


def test_it_is_a_schema_of_its_dialect() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize(
    "text",
    [
        script("say: Sit.\n    for: 4"),
        script("say: 5\n    for: 0:30\n    then: 500ms\n    loud: -3 dB"),
        script("say: true"),
        script("pause: 2m 30s\n    flex: yes"),
        script("breathe: {in: 4s, out: {from: 4s, to: 6s}, cycles: 9}\n    guide: words\n    tense: none"),
        script("breathe: {in: 4, out: 6.5, for: 12:05}\n    guide: [words, tones]\n    count: down"),
        script("repeat: {times: 3, steps: [{say: a}, {repeat: {times: 2, steps: [{pause: 1s}]}}]}"),
        script("chime: bell\n    say: named like another step"),
        script("chime: {name: bell, strength: 50%}"),
        script("bed: off", "bed: rain"),
        script("include: other\n    params: {side: 4s, n: 3}"),
        script("groups: [arm, {name: leg, strength: 20}, 4s]", "groups: all"),
        script("pause: $long\n    flex: $flex", "say: ${n} breaths\n    for: ${n}s", head=HEAD + "params: {n: 3}\n"),
        HEAD + "safety: One line.\nbackground: rain\nvoice: {rate: 90, pitch: 40%}\nlanguage: de-AT\n" + STEPS,
        HEAD + "safety: [One., Two.]\nbackground: {sound: none, fade_in: 2s, in_pauses: -10.5dB}\n" + STEPS,
        HEAD + "language: $tongue\nparams: {tongue: en}\n" + STEPS,
        HEAD + "technique: muscle\nparams: {a: 4s, b: {default: 3, min: 1, max: 9, about: how many}}\n" + STEPS,
    ],
)
def test_what_may_be_written_is_valid(text: str) -> None:
    assert mistake(text) is None


WRONG = {
    "no title": STEPS,
    "no steps": HEAD,
    "an empty list of steps": HEAD + "steps: []\n",
    "an unknown key": HEAD + "titel: T\n" + STEPS,
    "a key without a value": HEAD + "summary:\n" + STEPS,
    "a list in place of a text": "title: [T]\n" + STEPS,
    "a text in place of steps": HEAD + "steps: say\n",
    "a step that is only a text": script("Sit down."),
    "a step without its key": script("for: 4s"),
    "an unknown step": script("sai: Sit."),
    "an unknown option": script("say: Sit.\n    four: 4s"),
    "an option of another step": script("say: Sit.\n    flex: true"),
    "two steps in one": script("say: Sit.\n    pause: 4s"),
    "a step of the wrong type": script("say: {text: Sit.}"),
    "a duration that is a word": script("pause: soon"),
    "a duration below the least": script("pause: 0.5"),
    "a negative duration": script("pause: -4s"),
    "a number that is too large": HEAD + "voice: {rate: 1000}\n" + STEPS,
    "a number with a part": script("repeat: {times: 2.5, steps: [{pause: 1s}]}"),
    "a word for a number": script("repeat: {times: twice, steps: [{pause: 1s}]}"),
    "a level without its unit": HEAD + "background: {under_voice: -20}\n" + STEPS,
    "a word that is none of the choices": script("breathe: {in: 4s, out: 4s, cycles: 1}\n    count: sideways"),
    "a missing key inside": script("breathe: {in: 4s, cycles: 1}"),
    "an unknown key inside": script("breathe: {in: 4s, out: 4s, hld: 4s, cycles: 1}"),
    "a bare mapping for a list": script("breathe: {in: 4s, out: 4s, cycles: 1}\n    guide: {words: 2}"),
    "an empty list where one is needed": script("breathe: {in: 4s, out: 4s, cycles: 1}\n    guide: []"),
    "a parameter with a wrong name": HEAD + "params: {4th: 2s}\n" + STEPS,
    "an unknown key of a parameter": HEAD + "params: {a: {default: 2s, maximum: 4s}}\n" + STEPS,
    "an unknown technique": HEAD + "technique: magic\n" + STEPS,
    "a wrong step in a repeat": script("repeat: {times: 2, steps: [{sai: a}]}"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_invalid_for_the_schema_and_for_the_program(what: str) -> None:
    assert mistake(WRONG[what])
    with pytest.raises(ScriptError):
        parse(WRONG[what], "a.yaml", STEP_TYPES)


def properties(name: str) -> dict[str, Any]:
    return SCHEMA["$defs"][name]["properties"]  # type: ignore[index, no-any-return]


def test_defaults_stand_there_as_an_author_would_write_them() -> None:
    root: Any = SCHEMA["properties"]
    assert root["technique"]["default"] == "guide"
    assert properties("Background")["fade_in"]["default"] == "4s"
    assert properties("Background")["under_voice"]["default"] == "-20 dB"
    assert properties("VoiceSettings")["rate"]["default"] == 105
    assert properties("Pause")["flex"]["default"] is False
    assert properties("Breathe")["tense"]["default"] == "6s"
    assert properties("Breathe")["guide"]["default"] == ["words"]
    assert "default" not in properties("Say")["for"]


def test_descriptions_come_from_the_docstrings_and_the_scalar_types() -> None:
    root: Any = SCHEMA["properties"]
    assert SCHEMA["description"] == "A script that can be played."
    assert root["safety"]["description"] == "Lines that are shown before the first sound."
    assert root["title"]["description"] == "a short text on one line"
    assert SCHEMA["$defs"]["Background"]["description"].startswith("The bed at the start")  # type: ignore[index]


def test_what_is_the_programs_own_is_not_in_it() -> None:
    assert not {"values", "path", "places"} & {*SCHEMA["properties"]}  # type: ignore[misc]


@dataclass(frozen=True)
class Leaf:
    """A leaf."""

    name: Name
    falls: Duration = 90_000


@dataclass(frozen=True)
class Tree:
    """A tree, with ``leaves``."""

    leaves: tuple[Leaf, ...]


def test_a_data_file_has_neither_steps_nor_parameters() -> None:
    schema = file_schema(Tree)
    assert schema["description"] == "A tree, with `leaves`."
    assert [*schema["$defs"]] == ["Leaf"]  # type: ignore[misc]
    validator = Draft202012Validator(schema)
    assert validator.is_valid(as_editors_read.load("leaves: [{name: a, falls: 2m}, {name: b}]"))
    assert not validator.is_valid(as_editors_read.load("leaves: [{name: a, falls: $long}]"))
    assert schema["$defs"]["Leaf"]["properties"]["falls"]["default"] == "1m30s"  # type: ignore[index]


def test_a_step_has_its_own_key_even_where_its_value_has_a_default() -> None:
    @dataclass(frozen=True)
    class Bell:
        """A bell."""

        bell: Name = "small"
        rings: Duration = 1000

    validator = Draft202012Validator(session_schema({"bell": Bell}))
    assert validator.is_valid(as_editors_read.load(script("bell: large")))
    assert not validator.is_valid(as_editors_read.load(script("rings: 4s")))


def test_two_dataclasses_of_the_same_name_are_two_definitions() -> None:
    first, second = (type("Leaf", (Leaf,), {"__module__": name}) for name in ("oaks", "beeches"))
    annotated = {"__annotations__": {"a": first, "b": second}, "__doc__": "A wood."}
    model: type = dataclass(frozen=True)(type("Wood", (), annotated))
    assert sorted(file_schema(model)["$defs"]) == ["Leaf", "beeches.Leaf"]  # type: ignore[call-overload]


def test_what_may_stand_there_in_two_ways_that_are_written_alike_is_told_once() -> None:
    assert schemas._any_of([{"type": "string"}, {"type": "null"}, {"type": "string"}]) == {
        "anyOf": [{"type": "string"}, {"type": "null"}]
    }
    assert schemas._any_of([{"type": "string"}, {"type": "string"}]) == {"type": "string"}
