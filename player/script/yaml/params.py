"""Parameters: values of a script that are chosen when it is played.

The rule: a parameter is text until its field reads it. ``$name`` is a whole value, ``${name}`` part
of a text, ``$$`` a dollar sign. It knows no nodes and no techniques; its errors are ``ValueError`` with a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from player import units
from player.script.yaml.scalar_types import shown
from player.script.yaml.suggestions import did_you_mean
from player.script.yaml.type_shapes import enumerated
from player.script.yaml.types import FieldError, ListRule, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_FILLED: Final = 20_000
"""Characters of a text with its parameters filled in; far beyond what any field takes."""

_WHOLE = re.compile(r"\$([A-Za-z][A-Za-z0-9_-]*)")
_PIECE = re.compile(r"\$(?:(\$)|\{([^{}]*)\}|([A-Za-z][A-Za-z0-9_]*))")


@dataclass(frozen=True)
class Parameter:
    """What an author says about a parameter; a bare value is its default."""

    example: ClassVar[str] = "side: {default: 4s, min: 3s, max: 6s}"
    shorthand: ClassVar[str] = "default"

    default: Text
    min: Text | None = None
    max: Text | None = None
    about: Text | None = None
    choices: Annotated[tuple[Text, ...], ListRule(least=2)] = ()

    def __post_init__(self) -> None:
        """There are limits or choices; the limits are of one sort and in order, and the default is within them."""
        if self.choices and (self.min or self.max):
            raise FieldError("choices", "are all that is allowed, so they cannot stand beside min or max")
        measure = _measure([each for each in (self.min, self.max) if each])
        if measure is None:
            raise FieldError("min" if self.min else "max", "and max must both be durations, numbers or levels")
        if self.min and self.max and measure(self.min) > measure(self.max):
            raise FieldError("min", f"must not be above max, which is {self.max}")
        try:
            self.check(self.default)
        except ValueError as error:
            raise FieldError("default", str(error)) from None

    @property
    def allowed(self) -> str:
        """What it may be, such as ``3s to 6s`` or ``yes or no``; empty where anything may stand."""
        if self.choices:
            return " or ".join(self.choices)
        return self._range() if self.min or self.max else ""

    def check(self, value: str) -> None:
        """Check a value against the choices or the limits.

        Raises
        ------
        ValueError
            If it is outside, or of another sort.
        """
        if self.choices and value not in self.choices:
            raise ValueError(f"must be {' or '.join(self.choices)}, not {shown(value)}")
        limits = [each for each in (self.min, self.max) if each]
        measure = _measure([*limits, value]) if limits else None
        if not limits:
            return
        if measure is None:
            raise ValueError(f"must be {self._range()}, not {shown(value)}")
        number = measure(value)
        if (self.min and number < measure(self.min)) or (self.max and number > measure(self.max)):
            raise ValueError(f"must be {self._range()}, not {value}")

    def _range(self) -> str:
        if self.min and self.max:
            return f"{self.min} to {self.max}"
        return f"at least {self.min}" if self.min else f"at most {self.max}"


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"must be a number, not {shown(text)}") from None
    if not number.is_finite():
        raise ValueError(f"must be a finite number, not {shown(text)}")
    return number


_MEASURES: Final[tuple[Callable[[str], float | Decimal], ...]] = (units.parse_duration, _number, units.parse_level)


def _measure(texts: list[str]) -> Callable[[str], float | Decimal] | None:
    """The first way of reading that all the texts allow."""
    return next((measure for measure in _MEASURES if all(_reads(measure, text) for text in texts)), None)


def _reads(measure: Callable[[str], float | Decimal], text: str) -> bool:
    try:
        measure(text)
    except ValueError:
        return False
    return True


def fill(text: str, values: Mapping[str, str | None]) -> tuple[str | None, str]:
    """The text with its parameters filled in, and the name of the parameter if the text is only that.

    The text is None if one of its parameters has no value because of another problem.

    Raises
    ------
    ValueError
        If it names a parameter that is not there, or becomes too long.
    """
    if "$" not in text:
        return text, ""
    if match := _WHOLE.fullmatch(text.strip()):
        return _value(match[1], values), match[1]
    pieces: list[str] = []
    end = 0
    for match in _PIECE.finditer(text):
        piece = _piece(match, values)
        if piece is None:
            return None, ""
        pieces += text[end : match.start()], piece
        end = match.end()
    filled = "".join([*pieces, text[end:]])
    if len(filled) > LONGEST_FILLED:
        raise ValueError(f"is too long with its parameters filled in: {len(filled)} characters")
    return filled, ""


def _piece(match: re.Match[str], values: Mapping[str, str | None]) -> str | None:
    dollar, name, bare = match.groups()
    if dollar:
        return "$"
    if name is not None:
        return _value(name.strip(), values)
    if bare in values:
        raise ValueError(f"must have ${{{bare}}} instead of ${bare} inside a text, or $${bare} for a dollar sign")
    return match.group()


def _value(name: str, values: Mapping[str, str | None]) -> str | None:
    if name not in values:
        raise ValueError(f"names the parameter {shown(name)}, which is not there; {_remedy(name, values)}")
    return values[name]


def _remedy(name: str, values: Mapping[str, str | None]) -> str:
    there = enumerated([*values])
    hint = did_you_mean(name, values) or (f"there are {there}" if values else "this script has no params")
    return f"{hint} (write $$ for a dollar sign)"
