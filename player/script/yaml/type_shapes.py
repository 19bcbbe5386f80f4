"""Type shapes: the shape that a node must have to become a value of a type hint.

The rule: a shape has everything about a field that reading, messages and a schema need; it is made once for a type. A
hint that no script could fill is a mistake in the program: a ``TypeError``.
"""

from __future__ import annotations

import dataclasses
import types
from collections import abc
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal, Union, cast, get_args, get_origin, get_type_hints

from player.script.yaml.scalar_types import ChoiceType, FlagType, ScalarType, TextType, shortened
from player.script.yaml.types import ListRule, Step


@dataclass(frozen=True)
class One:
    """A scalar that a scalar type reads."""

    scalar_type: ScalarType

    @property
    def about(self) -> str:
        """What is allowed."""
        return self.scalar_type.about


@dataclass(frozen=True)
class ListShape:
    """A list."""

    item: Shape
    rule: ListRule

    @property
    def about(self) -> str:
        """What is allowed."""
        return f"{self.item.about}, or a list of such" if self.rule.bare else "a list"


@dataclass(frozen=True)
class Record:
    """A mapping that becomes a dataclass."""

    type: type

    @property
    def about(self) -> str:
        """What is allowed."""
        example = getattr(self.type, "example", "")
        keys = enumerated([field.key for field in fields_of(self.type)])
        return f"a mapping with {keys}{', such as ' if example else ''}{example}"

    @property
    def shorthand(self) -> Field | None:
        """The field that a bare value stands for."""
        key = getattr(self.type, "shorthand", None)
        return next((field for field in fields_of(self.type) if field.key == key), None)


@dataclass(frozen=True)
class TableShape:
    """A mapping of names that the author chooses."""

    key: Shape
    value: Shape

    @property
    def about(self) -> str:
        """What is allowed."""
        return "a mapping of names and values, such as {name: value}"


@dataclass(frozen=True)
class AnyStep:
    """A mapping with one of the step keys, which are known only when a script is read."""

    @property
    def about(self) -> str:
        """What is allowed."""
        return "a key and its value, such as 'say: text'"


@dataclass(frozen=True)
class Either:
    """One of several shapes."""

    options: tuple[Shape, ...]

    @property
    def about(self) -> str:
        """What is allowed."""
        return ", or ".join(dict.fromkeys(option.about for option in self.options))


Shape = One | ListShape | Record | TableShape | AnyStep | Either


@dataclass(frozen=True)
class Field:
    """A field of a dataclass: its key in a script, its name in the program, and what may stand there."""

    key: str
    attribute: str
    shape: Shape
    required: bool


def enumerated(words: abc.Sequence[str]) -> str:
    """The words with commas between; a long list is cut, and so is a long word, which may be an author's."""
    told = map(shortened, words[:12])
    return ", ".join(told if len(words) <= 12 else [*told, "..."])


@cache
def fields_of(record: type) -> tuple[Field, ...]:
    """The fields of a dataclass that an author may write."""
    hints = get_type_hints(record, include_extras=True)
    return tuple(
        Field(field.name.removesuffix("_"), field.name, shape_of(hints[field.name]), _required(field))
        for field in dataclasses.fields(record)
        if field.metadata.get("written", True)
    )


def _required(field: dataclasses.Field[object]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def shape_of(hint: object) -> Shape:
    """The shape of a type hint.

    Raises
    ------
    TypeError
        If no script could fill it.
    """
    origin = get_origin(hint)
    if origin is Annotated:
        return _annotated(hint)
    if origin is Literal:
        return One(ChoiceType(tuple(map(str, get_args(hint)))))
    if origin in (Union, types.UnionType):
        return _either(get_args(hint))
    if origin is tuple and get_args(hint)[1:] == (...,):
        return ListShape(shape_of(get_args(hint)[0]), ListRule())
    if origin in (dict, abc.Mapping):
        return TableShape(*map(shape_of, get_args(hint)))
    return _plain(hint)


def _annotated(hint: object) -> Shape:
    inner, *marks = get_args(hint)
    for mark in marks:
        if isinstance(mark, ListRule):
            return ListShape(shape_of(get_args(inner)[0]), mark)
        if hasattr(mark, "parse"):
            return One(cast("ScalarType", mark))
    return shape_of(inner)


def _either(hints: tuple[object, ...]) -> Shape:
    """None is what a field is when it is left out; it cannot be written."""
    shapes = [shape_of(hint) for hint in hints if hint is not type(None)]
    options = tuple(flat for shape in shapes for flat in (shape.options if isinstance(shape, Either) else (shape,)))
    return options[0] if len(options) == 1 else Either(options)


def _plain(hint: object) -> Shape:
    if hint is str:
        return One(TextType())
    if hint is bool:
        return One(FlagType())
    if hint is Step:
        return AnyStep()
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return Record(hint)
    raise TypeError(f"a script cannot fill a field of type {hint!r}; use the types of player.script.yaml.types")
