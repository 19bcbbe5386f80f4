"""The choice of the shape for a node, and the messages where none fits.

The rule: the choice is made by the outer form of the node (text, list, mapping) and, among mappings, by its keys. The
node's values are read only after the choice, so that messages are about what the author meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from player.script.yaml.nodes import Mapping, Node, Scalar, Sequence
from player.script.yaml.scalar_types import OutOfRangeError, TextType, shown
from player.script.yaml.suggestions import did_you_mean
from player.script.yaml.type_shapes import AnyStep, Either, ListShape, One, Record, Shape, TableShape, fields_of

if TYPE_CHECKING:
    from player.script.yaml.scalar_types import ScalarType


def options(shape: Shape) -> tuple[Shape, ...]:
    """The shapes to choose from."""
    return shape.options if isinstance(shape, Either) else (shape,)


def scalar_types(shape: Shape) -> list[ScalarType]:
    """The types that may read a scalar, in order."""
    return [option.scalar_type for option in options(shape) if isinstance(option, One)]


def wrapper(shape: Shape) -> ListShape | Record | None:
    """What a bare value may stand for: a list of one, or a mapping of one key."""
    found = (option for option in options(shape) if isinstance(option, ListShape | Record) and takes_scalar(option))
    return next(found, None)


def takes_scalar(shape: Shape) -> bool:
    """Whether a bare value may stand there."""
    if isinstance(shape, Either):
        return any(map(takes_scalar, shape.options))
    if isinstance(shape, ListShape):
        return shape.rule.bare and takes_scalar(shape.item)
    return isinstance(shape, One) or (isinstance(shape, Record) and shape.shorthand is not None)


def a_list(node: Sequence, shape: Shape) -> ListShape | None:
    """The list that fits the node's first item."""
    lists = [option for option in options(shape) if isinstance(option, ListShape)]
    fitting = (option for option in lists if node.items and _fits(node.items[0], option.item))
    return next(fitting, lists[0] if lists else None)


def _fits(node: Node, shape: Shape) -> bool:
    if isinstance(shape, Either):
        return any(_fits(node, option) for option in shape.options)
    if isinstance(node, Scalar):
        return takes_scalar(shape)
    return isinstance(shape, ListShape if isinstance(node, Sequence) else (Record, TableShape, AnyStep))


def a_mapping(node: Mapping, shape: Shape) -> Record | TableShape | None:
    """The mapping that knows most of the node's keys."""
    mappings = [option for option in options(shape) if isinstance(option, Record | TableShape)]
    return max(mappings, key=lambda option: _known_keys(node, option), default=None)


def _known_keys(node: Mapping, shape: Record | TableShape) -> int:
    if isinstance(shape, TableShape):
        return 0  # a table takes any key: it gets what no record knows
    known = {each.key for each in fields_of(shape.type)}
    return sum(key.text in known for key, _ in node.pairs)


def inner_keys(shape: Shape) -> set[str]:
    """The keys of a mapping that may stand there."""
    records = [option.type for option in options(shape) if isinstance(option, Record)]
    return {each.key for record in records for each in fields_of(record)}


def misfit(node: Node, shape: Shape) -> str:
    """The fragment for a node that has the wrong form."""
    if isinstance(node, Scalar):
        return f"must be {shape.about}, not {shown(node.text)}"
    met = "a list" if isinstance(node, Sequence) else "a mapping"
    return f"must be {shape.about}, not {met}{_remedy(shape)}"


def _remedy(shape: Shape) -> str:
    if any(isinstance(option, One) and isinstance(option.scalar_type, TextType) for option in options(shape)):
        return "; put a text with a colon, brackets or braces in quotes"
    if any(isinstance(option, ListShape) for option in options(shape)):
        return "; begin each entry with '- '"
    return ""


def is_meant(text: str, types: list[ScalarType], errors: list[ValueError]) -> bool:
    """Whether one of the types was meant though none could read it: a word is misspelt, or a value is out of range."""
    return bool(_suggestion(text, types)) or any(isinstance(error, OutOfRangeError) for error in errors)


def _suggestion(text: str, types: list[ScalarType]) -> str:
    return did_you_mean(text, [word for each in types for word in getattr(each, "words", ())])


def unreadable(text: str, types: list[ScalarType], errors: list[ValueError]) -> str:
    """Why no scalar type could read it: the one reason, or that of the type that was meant, or all that is allowed."""
    suggestion = _suggestion(text, types)
    hint = f"; {suggestion}" if suggestion else ""
    meant = next((error for error in errors if isinstance(error, OutOfRangeError)), None)
    if meant is not None or len(errors) == 1:
        return f"{meant or errors[0]}{hint}"
    allowed = ", or ".join(dict.fromkeys(each.about for each in types))
    return f"must be {allowed}, not {shown(text)}{hint}"
