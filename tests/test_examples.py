"""Every mapping that an author may write has an example for messages, and the example is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player.script.programme import Programme
from player.script.session import Session
from player.script.yaml.binding import Binder
from player.script.yaml.nodes import Mapping
from player.script.yaml.reader import read
from player.script.yaml.type_shapes import Either, ListShape, Record, Shape, TableShape, fields_of
from player.techniques import TECHNIQUES

if TYPE_CHECKING:
    from collections.abc import Iterator


def records(shape: Shape) -> Iterator[type]:
    """The dataclasses of a shape and of all fields in it."""
    if isinstance(shape, Either):
        for option in shape.options:
            yield from records(option)
    elif isinstance(shape, ListShape):
        yield from records(shape.item)
    elif isinstance(shape, TableShape):
        yield from records(shape.value)
    elif isinstance(shape, Record):
        yield shape.type
        for field in fields_of(shape.type):
            yield from records(field.shape)


WHOLE = {Session, Programme, *TECHNIQUES.values()}
"""No other value can stand in the place of these."""
INNER = sorted({each for whole in WHOLE for each in records(Record(whole))} - WHOLE, key=lambda each: each.__name__)


@pytest.mark.parametrize("record", INNER, ids=lambda record: record.__name__)
def test_a_mapping_has_an_example_that_is_right(record: type) -> None:
    example: str = record.example  # type: ignore[attr-defined]  # which is what is tested
    node = read(example, "example")
    assert isinstance(node, Mapping)
    if not example.startswith("{"):
        ((_, node),) = node.pairs
    binder = Binder(TECHNIQUES, None)
    made = binder.value(node, Record(record), "it", "")
    assert (binder.problems, type(made)) == ([], record)
