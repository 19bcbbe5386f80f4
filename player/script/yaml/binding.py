"""Nodes to frozen dataclasses, by their type hints.

The rule: every problem has its own position: a wrong value that of the value, an unknown or repeated key that of the
key, a missing key that of the mapping. The siblings of a wrong field are still read. It knows shapes and positions, and
no technique by name: the step types are a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar, cast

from player.errors import Position, Problem, ScriptError
from player.script.yaml import fitting, params, unknown_keys
from player.script.yaml.nodes import Mapping, Node, Scalar, Sequence
from player.script.yaml.scalar_types import shortened, shown
from player.script.yaml.suggestions import nearest
from player.script.yaml.syntax import ONE_DASH, without_colon
from player.script.yaml.type_shapes import (
    AnyStep,
    Field,
    ListShape,
    Record,
    Shape,
    TableShape,
    enumerated,
    fields_of,
    shape_of,
)
from player.script.yaml.types import FieldError, Step

if TYPE_CHECKING:
    from collections import abc

    from player.script.yaml.scalar_types import ScalarType

MOST_STEPS: Final = 5000
"""Steps of a script, the nested ones included."""
MOST_PROBLEMS: Final = 200
"""Nobody reads more of them at once, and each looks for the word that was meant."""

T = TypeVar("T")
Pairs = dict[str, tuple[Scalar, Node]]


class Outcome(Enum):
    """A result in place of a value."""

    WRONG = "a problem was told"
    UNREAD = "something else may still be tried"


WRONG: Final = Outcome.WRONG


def bind(node: Node, wanted: type[T]) -> T:
    """The node as a value of this type; for data files, which have no steps and no parameters.

    Raises
    ------
    ScriptError
        With every problem there is.
    """
    binder = Binder({}, None)
    value = binder.value(node, shape_of(wanted), "the file", "")
    if binder.problems:
        raise ScriptError(binder.problems)
    return cast("T", value)


@dataclass
class Binder:
    """One script being read.

    Attributes
    ----------
    step_types
        Step key to the dataclass of its fields.
    values
        The values of the parameters; None for a parameter that is itself wrong. Without a mapping, a dollar sign is
        only a dollar sign.
    problems
        Those found so far.
    places
        The positions of the values of the present step.
    around
        The fields of the mappings around the present one in its step, the outermost first.
    displaced
        Keys that stand in a mapping and belong beside it.
    """

    step_types: abc.Mapping[str, type]
    values: abc.Mapping[str, str | None] | None
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, Position] = field(default_factory=dict)
    around: list[tuple[Field, ...]] = field(default_factory=list)
    displaced: set[str] = field(default_factory=set)
    steps: int = 0

    def wrong(self, at: Position, text: str) -> Outcome:
        """Add a problem.

        Raises
        ------
        ScriptError
            With all of them, if they are `MOST_PROBLEMS`.
        """
        self.problems.append(Problem(at, text))
        if len(self.problems) >= MOST_PROBLEMS:
            there = f"reading ends here, with {MOST_PROBLEMS} mistakes; mend these, and check again"
            raise ScriptError([*self.problems, Problem(at, there)])
        return WRONG

    def value(self, node: Node, shape: Shape, name: str, path: str) -> object:
        """The node as a value of this shape, or `WRONG`.

        ``name`` is its name in messages, ``path`` its key in `places`.
        """
        self.places[path] = node.at
        if isinstance(node, Scalar):
            return self._scalar(node, shape, name, path)
        if isinstance(node, Sequence):
            return self._list(node, shape, name, path)
        return self._mapping(node, shape, name, path)

    def _scalar(self, node: Scalar, shape: Shape, name: str, path: str) -> object:
        if not node.text.strip():
            return self.wrong(node.at, f"{name} must not be empty")
        if isinstance(shape, AnyStep):
            return self.wrong(node.at, unknown_keys.bare_step(node.text, self.step_types))
        scalar_types, wrapper = fitting.scalar_types(shape), fitting.wrapper(shape)
        if isinstance(wrapper, Record) and unknown_keys.is_glued(
            node.text, [each.key for each in fields_of(wrapper.type)]
        ):
            return self.wrong(node.at, f"a space is missing behind the colon of {shown(node.text)}")
        if not scalar_types and wrapper is None:
            return self.wrong(node.at, f"{name} {fitting.misfit(node, shape)}")
        read = self._read(node, scalar_types, name, last=wrapper is None)
        return self._wrapped(node, wrapper, name, path) if read is Outcome.UNREAD and wrapper else read

    def _read(self, node: Scalar, scalar_types: list[ScalarType], name: str, *, last: bool) -> object:
        """The value by the first scalar type that reads it; `UNREAD` if none does and another way is left."""
        try:
            text, parameter = (node.text, "") if self.values is None else params.fill(node.text, self.values)
        except ValueError as error:
            return self.wrong(node.at, f"{name} {error}")
        if text is None:
            return WRONG
        errors: list[ValueError] = []
        for scalar_type in scalar_types:
            try:
                return scalar_type.parse(text)
            except ScriptError as error:  # the value names another file, which has problems
                self.problems += error.problems
                return WRONG
            except ValueError as error:
                errors.append(error)
        if not last and not fitting.is_meant(text, scalar_types, errors):
            return Outcome.UNREAD
        source = f" (the value of ${parameter})" if parameter else ""
        return self.wrong(node.at, f"{name} {fitting.unreadable(text, scalar_types, errors)}{source}")

    def _wrapped(self, node: Scalar, shape: ListShape | Record, name: str, path: str) -> object:
        """A bare value that stands for a list of one, or for a mapping of one key."""
        if isinstance(shape, ListShape):
            item = self.value(node, shape.item, name, path)
            return WRONG if item is WRONG else (item,)
        key = Scalar(cast("Field", shape.shorthand).key, quoted=False, at=node.at)
        known = len(self.problems)
        found = self.record(Mapping(((key, node),), node.at), shape, name, path)
        for number, each in enumerate(self.problems[known:], known):  # the author wrote no such key
            if each.text.startswith(f"{key.text} "):
                self.problems[number] = replace(each, text=name + each.text.removeprefix(key.text))
        return found

    def _list(self, node: Sequence, shape: Shape, name: str, path: str) -> object:
        list_shape = fitting.a_list(node, shape)
        if list_shape is None:
            return self.wrong(node.at, f"{name} {fitting.misfit(node, shape)}")
        if len(node.items) < list_shape.rule.least:
            few = "not be empty" if list_shape.rule.least == 1 else f"have at least {list_shape.rule.least} entries"
            return self.wrong(node.at, f"{name} must {few}")
        name = "a step" if isinstance(list_shape.item, AnyStep) else name
        items = [self.value(item, list_shape.item, name, f"{path}.{number}") for number, item in enumerate(node.items)]
        return WRONG if WRONG in items else tuple(items)

    def _mapping(self, node: Mapping, shape: Shape, name: str, path: str) -> object:
        if isinstance(shape, AnyStep):
            return self._step(node)
        mapping_shape = fitting.a_mapping(node, shape)
        if mapping_shape is None:
            return self.wrong(node.at, f"{name} {fitting.misfit(node, shape)}")
        return (
            self._table(node, mapping_shape, name, path)
            if isinstance(mapping_shape, TableShape)
            else self.record(node, mapping_shape, name, path)
        )

    def _table(self, node: Mapping, shape: TableShape, name: str, path: str) -> object:
        found: dict[object, object] = {}
        for word, (key, value) in self.pairs(node).items():
            read = self._scalar(key, shape.key, f"the name {shown(word)} in {name}", path)
            if read in found and read is not WRONG:
                text = f"the name {shown(word)} in {name} means the same as one above; leave one of them out"
                self.wrong(key.at, text)
            found[read] = self.value(value, shape.value, shortened(word), _below(path, word))
        return WRONG if WRONG in found or WRONG in found.values() else MappingProxyType(found)

    def pairs(self, node: Mapping) -> Pairs:
        """The pairs of a mapping by their keys; a repeated key is a problem, and its first value counts."""
        found: Pairs = {}
        for key, value in node.pairs:
            if key.text in found:
                first = found[key.text][0].at
                text = f"key {shown(key.text)} stands here a second time; the first is in line {first.line}"
                remedy = "; begin each step with its own '- '" if key.text in self.step_types else ""
                self.wrong(key.at, f"{text}, column {first.column}{remedy}")
            else:
                found[key.text] = (key, value)
        return found

    def record(
        self,
        node: Mapping,
        shape: Record,
        name: str,
        path: str,
        given: abc.Mapping[str, object] = MappingProxyType({}),
    ) -> object:
        """A mapping as a dataclass; ``given`` are fields that are known already, by their names in the program."""
        found, fields = self.pairs(node), fields_of(shape.type)
        guessed = self._unknown(found, fields, name)
        self.around.append(fields)
        arguments = self._arguments(node, found, name, path, fields, given, guessed)
        self.around.pop()
        # Another field may need the misspelt one beside it: then only the misspelling is reported.
        if guessed - {""} or WRONG in arguments.values():
            return WRONG
        return self._make(shape.type, arguments, node, found, name)

    def _arguments(
        self,
        node: Mapping,
        found: Pairs,
        name: str,
        path: str,
        fields: tuple[Field, ...],
        given: abc.Mapping[str, object],
        guessed: abc.Container[str],
    ) -> dict[str, object]:
        """The value of each field by its name in the program; what is left out has its default."""
        arguments: dict[str, object] = dict(given)
        for each in fields:
            if each.attribute in given:
                continue
            if each.key in found and each.key in guessed:  # empty, as what belongs into it stands beside it
                arguments[each.attribute] = WRONG
            elif each.key in found:
                _, value = found[each.key]
                arguments[each.attribute] = self.value(value, each.shape, each.key, _below(path, each.key))
            elif each.required:
                arguments[each.attribute] = WRONG
                if each.key not in guessed:
                    self.wrong(node.at, f"{each.key} is missing{_inside(name)}")
        return arguments

    def _unknown(self, found: Pairs, fields: tuple[Field, ...], name: str) -> set[str]:
        """Add problems for unknown keys; returns the keys that they seem to mean, which then are not missing."""
        known = [each.key for each in fields]
        guessed: set[str] = set()
        for word, (key, value) in found.items():
            if word in known:
                continue
            guess = unknown_keys.before_colon(word, value, known)
            if guess:
                self.wrong(key.at, f"a space is missing behind the colon of {shown(word)}")
            elif guess := unknown_keys.before_blank(word, known):
                self.wrong(key.at, without_colon(word))
            elif word.startswith("-"):
                self.wrong(key.at, ONE_DASH)
            else:
                guess, remedy = unknown_keys.meant(word, name, fields, found, self.around, self.step_types)
                self.wrong(key.at, f"unknown key {shown(word)}{_inside(name)}; {remedy}")
                if any(word == each.key for outer in self.around for each in outer):
                    self.displaced.add(word)
            guessed.add(guess or "")
        return guessed

    def _make(self, made: type, arguments: dict[str, object], node: Mapping, found: Pairs, name: str) -> object:
        try:
            return made(**arguments)
        except FieldError as error:
            key = error.field.removesuffix("_")
            return self.wrong(found[key][1].at if key in found else node.at, f"{key} {error}")
        except ValueError as error:
            return self.wrong(node.at, f"{name or 'the script'} {error}")

    def _step(self, node: Mapping) -> object:
        """A step: the one key that says what it is, and its options."""
        self.steps += 1
        if self.steps == MOST_STEPS + 1:
            self.wrong(node.at, f"the script has more than {MOST_STEPS} steps; use repeat, or split it")
        if self.steps > MOST_STEPS:
            return WRONG
        key = self._step_key(node)
        if key is None:
            return WRONG
        outer, self.places, self.around = (self.places, self.around), {}, []
        fields = self.record(node, Record(self.step_types[key]), key, "")
        places, (self.places, self.around) = self.places, outer
        return WRONG if fields is WRONG else Step(fields, node.at, MappingProxyType(places))

    def _step_key(self, node: Mapping) -> str | None:
        words = list(dict.fromkeys(key.text for key, _ in node.pairs))
        keys = [word for word in words if word in self.step_types]
        if not keys:
            self._no_step_key(node, words)
            return None
        # An option may be named like another step: then it is the step that has all the others as its options.
        whole = [key for key in keys if {*keys} <= {each.key for each in fields_of(self.step_types[key])}]
        if len(whole) == 1:
            return whole[0]
        second = next(key for key, _ in node.pairs if key.text == keys[1])
        said = " and ".join(map(repr, keys))
        self.wrong(second.at, f"a step must be one thing, but this one has {said}; begin each with its own '- '")
        return None

    def _no_step_key(self, node: Mapping, words: list[str]) -> None:
        for key, value in node.pairs:
            if unknown_keys.before_colon(key.text, value, self.step_types):
                self.wrong(key.at, f"a space is missing behind the colon of {shown(key.text)}")
                return
            if unknown_keys.before_blank(key.text, self.step_types):
                self.wrong(key.at, unknown_keys.bare_step(key.text, self.step_types))
                return
            guess = None if unknown_keys.is_of_a_step(key.text, self.step_types) else nearest(key.text, self.step_types)
            if guess:
                self.wrong(key.at, f"unknown step {shown(key.text)}; did you mean {guess!r}?")
                return
        has = enumerated([repr(word) for word in words]) or "nothing"
        text = f"a step must have one of {', '.join(self.step_types)}, but this one has {has}"
        is_option = bool(words) and all(unknown_keys.is_of_a_step(word, self.step_types) for word in words)
        self.wrong(node.at, text + ("; if it belongs to the step above, leave out its '- '" if is_option else ""))


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _inside(name: str) -> str:
    return f" in {name}" if name else ""
