"""Small techniques for tests; together they use every scalar type."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (hints are read when a script is bound)
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from player.script.yaml.types import (
    Count,
    Duration,
    FieldError,
    Flag,
    Identifier,
    Level,
    Name,
    OneOrMore,
    Percent,
    Sound,
    Steps,
    Text,
    duration,
)


@dataclass(frozen=True)
class Say:
    say: Text
    for_: Duration | None = None
    then: Annotated[int, duration(maximum_ms=60_000)] = 1000
    loud: Level = 0.0


@dataclass(frozen=True)
class Pause:
    pause: Annotated[int, duration(minimum_ms=1000)]
    flex: Flag = False


@dataclass(frozen=True)
class Ramp:
    from_: Duration
    to: Duration


@dataclass(frozen=True)
class Pattern:
    in_: Duration | Ramp
    out: Duration | Ramp
    cycles: Count | None = None
    for_: Duration | None = None

    def __post_init__(self) -> None:
        if (self.cycles is None) == (self.for_ is None):
            raise ValueError("must have either cycles or for")


@dataclass(frozen=True)
class Named:
    shorthand: ClassVar[str] = "name"

    name: Name
    strength: Percent = 50


@dataclass(frozen=True)
class Breathe:
    breathe: Pattern
    guide: OneOrMore[Text] = ("words",)
    count: Literal["up", "down", "none"] = "up"
    tense: Duration | Literal["none"] = 6000

    def __post_init__(self) -> None:
        if "silent" in self.guide[:-1]:
            raise FieldError("guide", "must end with silent")


@dataclass(frozen=True)
class Times:
    times: Count
    steps: Steps


@dataclass(frozen=True)
class Repeat:
    repeat: Times


@dataclass(frozen=True)
class Chime:
    chime: Named
    say: Text | None = None  # named like another step


@dataclass(frozen=True)
class Bed:
    bed: Sound | Literal["off"]


@dataclass(frozen=True)
class Include:
    include: Name
    params: Mapping[Identifier, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class Groups:
    groups: Named | tuple[Named | Duration, ...]


STEP_TYPES: dict[str, type] = {
    "say": Say,
    "pause": Pause,
    "breathe": Breathe,
    "repeat": Repeat,
    "chime": Chime,
    "bed": Bed,
    "include": Include,
    "groups": Groups,
}
