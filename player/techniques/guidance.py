"""Guidance: how much help each breath has, and how the helps step back over the cycles.

A script writes it as ``guide``, and a listener asks for another one by ``--guide`` or a key. What a breath has no room
for becomes less help: numbers become words, and words tones. The times of the breaths never depend on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from player.script.yaml.scalar_types import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Help = Literal["count", "words", "tones", "silent"]

HELPS: Final[tuple[Help, ...]] = get_args(Help)
"""The most help first."""
SPOKEN_FROM_MS: Final = 1000
"""A shorter phase has no room for a word."""

_STAGE = re.compile(r"(\w+)(?:\s+(\d+))?")


@dataclass(frozen=True)
class GuidanceStage:
    """How much help the listener gets, and for how many cycles; None is to the end."""

    help: Help
    cycles: int | None = None


@dataclass(frozen=True)
class StageKind:
    """Reads ``count 6`` or ``silent``."""

    about: str = "count, words, tones or silent, with the number of cycles behind it"

    def parse(self, text: str) -> GuidanceStage:
        """The stage that is meant."""
        match = _STAGE.fullmatch(text.strip())
        if match is None or match[1] not in HELPS or match[2] == "0":
            raise ValueError(f"must be count, words, tones or silent, such as 'count 6' or 'silent', not {shown(text)}")
        return GuidanceStage(cast("Help", match[1]), int(match[2]) if match[2] else None)

    def schema(self) -> dict[str, object]:
        """JSON Schema of the text."""
        return {"type": "string", "pattern": r"^(count|words|tones|silent)( +[1-9]\d*)?$"}


def stages(text: str) -> tuple[GuidanceStage, ...]:
    """The stages that a listener asks for: ``tones``, ``words,tones`` or ``count 4, words 4, tones``.

    Raises
    ------
    ValueError
        If they are not written so.
    """
    return tuple(map(StageKind().parse, text.split(",")))


def allotted(guide: Sequence[GuidanceStage], cycles: int) -> list[Help]:
    """The help of each cycle, one stage after the other.

    A stage has its number of cycles; those without one share the others evenly, the earlier ones first. What is left
    after the last stage is like it.
    """
    free = [stage for stage in guide if stage.cycles is None]
    shared = max(0, cycles - sum(stage.cycles or 0 for stage in guide))
    helps: list[Help] = []
    for stage in guide:
        number = stage.cycles
        if number is None:
            number = -(-shared // len(free))
            shared, free = shared - number, free[1:]
        helps += [stage.help] * min(number, cycles - len(helps))
    return helps + [guide[-1].help] * (cycles - len(helps))


def most_help(lengths: Iterable[int], *, counted: bool = True) -> Help:
    """The most help for which phases of these lengths in ms have room; numbers need whole seconds.

    ``counted`` is whether anything else lets them be counted.
    """
    lengths = tuple(lengths)
    if min(lengths) < SPOKEN_FROM_MS:
        return "tones"
    return "count" if counted and not any(length % 1000 for length in lengths) else "words"


def most_in(guide: Iterable[GuidanceStage]) -> Help:
    """The most help in it."""
    return min((stage.help for stage in guide), key=HELPS.index)


def next_less(help_: Help) -> Help | None:
    """What is said in place of this, if there is no room for it; None where nothing is said."""
    return {"count": "words", "words": "tones"}.get(help_)  # type: ignore[return-value]  # both are helps


def limited(guide: Iterable[GuidanceStage], most: Help) -> tuple[GuidanceStage, ...]:
    """The same stages, with no more help than ``most``."""
    least = HELPS.index(most)
    return tuple(GuidanceStage(HELPS[max(least, HELPS.index(stage.help))], stage.cycles) for stage in guide)
