"""The model as JSON Schema, so that editors complete, explain and underline a script while it is being written.

The rule: everything comes from the shapes of the model, the scalar types of its values and the docstrings of its
dataclasses; which steps there are is handed in. A schema is never stricter than reading is about what an author would
write, but it cannot tell everything: whether speech fits, whether a name is known, whether two keys belong together.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from player import units
from player.script.session import Session
from player.script.yaml.type_shapes import AnyStep, Either, ListShape, One, Record, Shape, TableShape, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from player.script.yaml.scalar_types import ScalarType, Schema
    from player.script.yaml.type_shapes import Field

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_PARAMETER: Final = "parameter"
_STEP: Final = "step"
_PARAMETER_SCHEMA: Final[Schema] = {
    "description": "a parameter: $name as a whole value, ${name} as a part of it",
    "type": "string",
    "pattern": r"^\s*\$[A-Za-z][A-Za-z0-9_-]*\s*$|\$\{[^{}]+\}",
}
_WAYS_OF_WRITING: Final[tuple[Callable[[object], object], ...]] = (
    lambda value: value,
    lambda value: units.format_duration(value) if isinstance(value, int) else value,
    lambda value: f"{value:g} dB" if isinstance(value, float) else value,
)
"""How a value of the program may look in a script: as itself, as a duration, as a level."""


def session_schema(steps: Mapping[str, type]) -> Schema:
    """The schema of a script; ``steps`` are the step keys and the dataclasses of their fields."""
    definitions = _Definitions(steps)
    root = definitions.root(Session)
    return root | {"$defs": definitions.made}


def file_schema(model: type) -> Schema:
    """The schema of a data file that becomes this dataclass; it has no steps and no parameters."""
    definitions = _Definitions(None)
    root = definitions.root(model)
    return root | ({"$defs": definitions.made} if definitions.made else {})


@dataclass
class _Definitions:
    """The schemas that others refer to, each made once.

    ``steps`` is None for files without steps and parameters.
    """

    steps: Mapping[str, type] | None
    made: dict[str, Schema] = field(default_factory=dict)
    names: dict[type, str] = field(default_factory=dict)

    def root(self, model: type) -> Schema:
        """The schema of a whole file."""
        if self.steps is not None:
            self.made[_PARAMETER] = _PARAMETER_SCHEMA
            self.made[_STEP] = {"anyOf": [self._step(key, each) for key, each in self.steps.items()]}
        return {"$schema": DIALECT, "title": model.__name__} | self._object(model)

    def _step(self, key: str, step: type) -> Schema:
        """A step is recognised by its own key, which must stand there even where its value has a default."""
        name = self._name(step)
        self.made[name] = {"title": key} | self._object(step, key)
        return _reference(name)

    def _object(self, model: type, *needed: str) -> Schema:
        fields, told = fields_of(model), _told(model)
        schema: Schema = {"description": _about(model), "type": "object"}
        schema["properties"] = {each.key: self._field(model, each, told.get(each.attribute, "")) for each in fields}
        if required := [each.key for each in fields if each.required or each.key in needed]:
            schema["required"] = required
        return schema | {"additionalProperties": False}

    def _field(self, model: type, each: Field, told: str) -> Schema:
        schema = self._schema(each.shape)
        if told:
            schema = schema | {"description": told}
        default = _written(each.shape, _default(model, each.attribute))
        return schema if default is None else schema | {"default": default}

    def _schema(self, shape: Shape) -> Schema:
        """One of all that may stand there."""
        options = [*self._bare(shape), *self._nested(shape)]
        if self.steps is not None and any(not _takes_any_string(each) for each in self._bare(shape)):
            options.append(_reference(_PARAMETER))
        return _any_of(options)

    def _bare(self, shape: Shape) -> list[Schema]:
        """What a scalar may be: the value, the one item of a list, or what a shorthand makes a mapping of."""
        match shape:
            case One():
                return [{"description": shape.about} | shape.scalar_type.schema()]
            case Either():
                return [each for option in shape.options for each in self._bare(option)]
            case ListShape():
                return self._bare(shape.item) if shape.rule.bare else []
            case Record() if shape.shorthand:
                return self._bare(shape.shorthand.shape)
        return []

    def _nested(self, shape: Shape) -> list[Schema]:
        """What a list or a mapping may be."""
        match shape:
            case Either():
                return [each for option in shape.options for each in self._nested(option)]
            case ListShape():
                least: Schema = {"minItems": shape.rule.least} if shape.rule.least else {}
                return [{"type": "array", "items": self._schema(shape.item)} | least]
            case TableShape():
                names = _any_of(_without_description(each) for each in self._bare(shape.key))
                return [{"type": "object", "propertyNames": names, "additionalProperties": self._schema(shape.value)}]
            case Record():
                return [_reference(self._name(shape.type))]
            case AnyStep():
                return [_reference(_STEP)]
        return []

    def _name(self, model: type) -> str:
        """What the dataclass is called among the definitions, where it is put when it is met for the first time."""
        if model not in self.names:
            taken = model.__name__ in self.names.values()
            self.names[model] = f"{model.__module__}.{model.__name__}" if taken else model.__name__
            self.made[self.names[model]] = self._object(model)
        return self.names[model]


def _reference(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _any_of(schemas: Iterable[Schema]) -> Schema:
    """The one schema, or a choice of several; one that stands there twice counts once."""
    different: list[Schema] = []
    for each in schemas:
        if each not in different:
            different.append(each)
    return dict(different[0]) if len(different) == 1 else {"anyOf": different}


def _without_description(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "description"}


def _takes_any_string(schema: Schema) -> bool:
    types = schema.get("type", ())
    return ("string" in types if isinstance(types, list | tuple) else types == "string") and "pattern" not in schema


def _default(model: type, attribute: str) -> object:
    """The default of a field; None where it has none, or one that is made anew each time."""
    found = next(each.default for each in dataclasses.fields(model) if each.name == attribute)
    return None if found is dataclasses.MISSING else found


def _written(shape: Shape, value: object) -> object:
    """A value of the program as an author would write it; None where there is no simple way."""
    if isinstance(shape, ListShape) and isinstance(value, tuple):
        items = [_written(shape.item, each) for each in value]
        return items if items and None not in items else None
    options = shape.options if isinstance(shape, Either) else (shape,)
    found = (_as_text(option.scalar_type, value) for option in options if isinstance(option, One))
    return next((each for each in found if each is not None), None)


def _as_text(scalar_type: ScalarType, value: object) -> object:
    """The first way of writing it that the scalar type reads back as the same value."""
    for way in _WAYS_OF_WRITING:
        written = way(value)
        try:
            if isinstance(written, str | int) and scalar_type.parse(str(written)) == value:
                return written
        except ValueError:
            continue
    return None


def _about(model: type) -> str:
    """The first paragraph of the docstring, as one line."""
    paragraph = (inspect.getdoc(model) or "").partition("\n\n")[0]
    return _plain(" ".join(paragraph.split()))


_SECTION = re.compile(r"^Attributes\n-+\n(.*?)(?=\n\n\S|\Z)", re.DOTALL | re.MULTILINE)
_ENTRY = re.compile(r"^(\w[\w, ]*)\n((?:[ \t]+\S.*\n?)+)", re.MULTILINE)


def _told(model: type) -> dict[str, str]:
    """What the docstring says about attributes, up to a semicolon: the rest is for programmers."""
    section = _SECTION.search(inspect.getdoc(model) or "")
    entries = _ENTRY.findall(section[1]) if section else []
    told = [(names, _plain(" ".join(text.split()).partition(";")[0])) for names, text in entries]
    return {name.strip(): text for names, text in told for name in names.split(",")}


def _plain(text: str) -> str:
    return text.replace("``", "`")
