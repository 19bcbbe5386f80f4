"""Whom to call in which country: the numbers of ``scripts/regions/*.yaml``, and which country a locale means.

The rule: a country without a file has no number, and none is guessed (tests/script/test_regions.py). How a number is
spoken is for those who know the words of a language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 (hints are read when a file is bound)
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Final

from player.errors import UsageError
from player.script import library
from player.script.yaml.binding import bind
from player.script.yaml.reader import read
from player.script.yaml.scalar_types import PatternType, Schema, shown
from player.script.yaml.types import FieldError, Identifier, ListRule, Name

_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}[_-](?:[A-Za-z]{4}[_-])?([A-Z]{2})(?![A-Za-z0-9])")


@dataclass(frozen=True)
class OffsetType:
    """Hours from UTC, such as -3.5."""

    about: str = "hours from UTC, such as -3.5"

    def parse(self, text: str) -> float:
        """The hours."""
        if not re.fullmatch(r"-?\d{1,2}(\.\d{1,2})?", text.strip()) or not -12 <= float(text) <= 14:
            raise ValueError(f"must be {self.about}, not {shown(text)}")
        return float(text)

    def schema(self) -> Schema:
        """A number."""
        return {"type": "number", "minimum": -12, "maximum": 14}


PhoneNumber = Annotated[str, PatternType(re.compile(r"[0-9]+(?: [0-9]+)*"), "digits in groups, such as 116 123")]
Day = Annotated[str, PatternType(re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a day such as 2026-11-28")]
Address = Annotated[str, PatternType(re.compile(r"https://[a-z0-9.-]+(?:/\S*)?"), "an address that begins with https")]
Offsets = Annotated[tuple[Annotated[float, OffsetType()], ...], ListRule(least=1)]


@dataclass(frozen=True)
class EmergencyNumber:
    """The number for an ambulance, whose it is, and when it was last compared with what is published."""

    number: PhoneNumber
    source: Address
    checked: Day


@dataclass(frozen=True)
class CrisisLine:
    """A line for people in a crisis, for everybody in the country.

    ``name`` is for an English text on a screen. ``called`` is what it is called in a text of another language, and what
    a voice calls it, by language (``en``); a voice of a language that is not there says only that it is a crisis line.
    """

    number: PhoneNumber
    name: Name
    source: Address
    checked: Day
    called: Mapping[Identifier, Name] = field(default_factory=dict)

    def called_in(self, language: str) -> str | None:
        """Its name in a language, by the primary subtag of a BCP 47 tag."""
        return self.called.get(language.partition("-")[0].lower())


@dataclass(frozen=True)
class HelpNumbers:
    """A country as its file has it; ``offsets`` are the least and the most hours from UTC of its clocks."""

    country: Name
    offsets: Offsets
    emergency: EmergencyNumber
    crisis_line: CrisisLine | None = None

    def __post_init__(self) -> None:
        """The offsets are in order."""
        if len(self.offsets) > 2 or list(self.offsets) != sorted(self.offsets):
            raise FieldError("offsets", "must be the least and the most hours from UTC, such as [1, 2]")

    def has_clock(self, hours: float) -> bool:
        """Whether a clock that is so many hours from UTC may be in this country."""
        return self.offsets[0] <= hours <= self.offsets[-1]


@cache
def of(code: str) -> HelpNumbers:
    """The numbers of a country.

    Raises
    ------
    UsageError
        If there is no file of it.
    """
    source = library.region(code)
    return bind(read(source.text, str(source.path)), HelpNumbers)


_ALSO: Final = {"UK": "GB"}
"""Codes that ISO 3166-1 keeps free for a country which has another one, and which its people use."""


def named(code: str, asked_by: str) -> str:
    """The code of a country that somebody named, in any case; ``asked_by`` is where, such as ``--region``.

    Raises
    ------
    UsageError
        If there is no file of it.
    """
    known, asked = library.regions(), code.strip().upper()
    country = _ALSO.get(asked, asked)
    if country in known:
        return country
    there = ", ".join(known)
    raise UsageError(f"{asked_by} must be a country of which numbers are known ({there}), not {shown(code)}")


def of_locale(name: str, clock_hours: float) -> str | None:
    """The country of a locale such as ``en_GB.UTF-8``; None where it names none, or a clock there shows another time.

    Parameters
    ----------
    clock_hours
        This machine's hours from UTC. Many computers have ``en_US`` without being there.
    """
    match = _LOCALE.match(name)
    is_there = match and match[1] in library.regions() and of(match[1]).has_clock(clock_hours)
    return match[1] if match and is_there else None
