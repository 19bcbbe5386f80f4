"""The types of a technique's fields.

The rule: a technique writes a frozen dataclass whose hints come from here; a field's key in a script is its name
without one trailing underscore. Reading, messages, "did you mean" and the schema all follow from the hints::

    @dataclass(frozen=True)
    class Say:
        say: Text
        for_: Duration | None = None
        then: Annotated[int, duration(maximum_ms=60_000)] = 1000

A class attribute ``example: ClassVar[str]`` is shown where something else stands in the place of its mapping, and
``shorthand: ClassVar[str] = "sound"`` lets a bare value stand for a mapping with that one key. A field with
``metadata=NOT_WRITTEN`` is the program's, not the author's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 (hints are read when a script is bound)
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Final, TypeVar

from player.errors import Position  # noqa: TC001
from player.script.yaml.scalar_types import (
    DurationType,
    FlagType,
    LevelType,
    PatternType,
    PercentType,
    SoundType,
    TextType,
    WholeType,
)

T = TypeVar("T")
SLOWEST, FASTEST = 60, 300
"""The limits of a rate, in words a minute as heard."""
NOT_WRITTEN: Final[Mapping[str, object]] = MappingProxyType({"written": False})
IDENTIFIER = PatternType(
    re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}"),
    "a name of letters, digits, - and _ that begins with a letter",
)
LANGUAGE = PatternType(re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}"), "a language such as en-GB")


class FieldError(ValueError):
    """Raised by a dataclass's ``__post_init__``: the problem has the position of ``field``, and reads "field text"."""

    def __init__(self, field: str, text: str) -> None:
        self.field = field
        super().__init__(text)


@dataclass(frozen=True)
class ListRule:
    """Marks a tuple: how many items it must have, and whether one bare item may stand for a list of it."""

    least: int = 0
    bare: bool = False


@dataclass(frozen=True)
class Step:
    """One step of a script.

    Attributes
    ----------
    fields
        The technique's own dataclass.
    at
        Where the step begins.
    places
        Where its values stand, by key as the author writes it; values inside values as ``breathe.in`` or ``guide.0``.
    """

    fields: object
    at: Position
    places: Mapping[str, Position] = field(default_factory=dict, compare=False)

    def where(self, key: str) -> Position:
        """Where the value of a key stands, or where the step begins if the author left it out."""
        return self.places.get(key, self.places.get(key.removesuffix("_"), self.at))


def duration(*, minimum_ms: int = 0, maximum_ms: int = DurationType().maximum_ms) -> DurationType:
    """A narrower duration: ``Annotated[int, duration(maximum_ms=60_000)]``."""
    return DurationType(minimum_ms, maximum_ms)


Text = Annotated[str, TextType()]
Said = Annotated[str, TextType(said=True)]
"""What a voice says: a text that has something to say."""
Name = Annotated[str, TextType(longest=200, one_line=True)]
Identifier = Annotated[str, IDENTIFIER]
Language = Annotated[str, LANGUAGE]
Duration = Annotated[int, DurationType()]
Level = Annotated[float, LevelType()]
Count = Annotated[int, WholeType(1, 1000)]
WordsAMinute = Annotated[int, WholeType(SLOWEST, FASTEST, "words a minute")]
Year = Annotated[int, WholeType(1000, 9999)]
"""Of four figures, as ID3 and others write it."""
Percent = Annotated[int, PercentType()]
Flag = Annotated[bool, FlagType()]
Sound = Annotated[str | None, SoundType()]
OneOrMore = Annotated[tuple[T, ...], ListRule(least=1, bare=True)]
"""``OneOrMore[Text]``: a list with at least one item, or the one item by itself; the value is a tuple."""
Steps = Annotated[tuple[Step, ...], ListRule(least=1)]
