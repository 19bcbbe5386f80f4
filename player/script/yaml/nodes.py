"""The nodes of a YAML text, with positions.

The rule: a scalar is text, and stays text until the field that it belongs to reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from player.errors import Position


@dataclass(frozen=True)
class Scalar:
    """A single value: its text (NFC), whether it was in quotes or a block, and where it begins."""

    text: str
    quoted: bool
    at: Position

    @property
    def empty(self) -> bool:
        """Nothing stands behind the key."""
        return not self.text and not self.quoted


@dataclass(frozen=True)
class Mapping:
    """Keys and their values in the order of the file; a key may stand there twice."""

    pairs: tuple[tuple[Scalar, Node], ...]
    at: Position


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    at: Position


Node = Scalar | Mapping | Sequence
