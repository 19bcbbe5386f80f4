"""Scalar types: how the text of a scalar becomes a value, and the message where it cannot.

The rule: a scalar type is frozen and hashable, its error is a ``ValueError`` with a fragment that fits behind the name
of a field, and a value of the right form outside the limits is an `OutOfRangeError`, without quotes around it. Nothing
here knows YAML, positions in a file, or any technique.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Protocol

from player import units

Schema = dict[str, object]
"""A fragment of JSON Schema; `schema` adds that ``$name`` may stand in place of any value."""

_INVISIBLE: Final = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode categories that no text holds: controls, lone surrogates, line and paragraph separators."""
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn what follows around on a terminal (Unicode's bidirectional algorithm); letters need none of them."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_PERCENT = re.compile(r"([0-9]{1,12})\s*%?")
_FLAGS: Final = {"true": True, "yes": True, "false": False, "no": False}


class OutOfRangeError(ValueError):
    """The value has the right form and is too small or too large; this error wins over those of other types."""


class ScalarType(Protocol):
    """How a scalar's text becomes a value."""

    @property
    def about(self) -> str:
        """What is allowed, in words that fit behind "must be"."""

    def parse(self, text: str) -> object:
        """The value, or ``ValueError`` with a fragment that fits behind the field's name."""

    def schema(self) -> Schema:
        """The same in JSON Schema."""


def shortened(text: str) -> str:
    """The text, or its beginning where it is long, for a message."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def shown(text: str) -> str:
    """The text in quotes, shortened for a message."""
    return repr(shortened(text))


@dataclass(frozen=True)
class TextType:
    """Words: NFC, without blanks at the ends, never empty, no control characters but line ends and tabs."""

    longest: int = 2000
    one_line: bool = False
    said: bool = False
    """Whether a voice is to say it, so that it needs something to say."""

    @property
    def about(self) -> str:
        """What is allowed."""
        return "a short text on one line" if self.one_line else "text"

    def parse(self, text: str) -> str:
        """The text itself."""
        words = unicodedata.normalize("NFC", text).strip()
        if not words:
            raise ValueError("must not be empty")
        if len(words) > self.longest:
            raise OutOfRangeError(f"must be at most {self.longest} characters long, not {len(words)}")
        if self.one_line and len(words.splitlines()) > 1:
            raise ValueError("must be on one line")
        if wrong := _invisible(words):
            raise ValueError(f"must not contain the control character {wrong!r}")
        if self.said and not any(map(_has_sound, words)):
            raise ValueError(f"must have a word or a number, not {shown(words)}; silence is '- pause: 3s'")
        return words

    def schema(self) -> Schema:
        """A string; YAML's numbers and words for yes and no are text too."""
        return {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": self.longest}


def _has_sound(char: str) -> bool:
    """Whether it is a letter, a figure, or a sign that voices read, such as ``%`` and ``+``."""
    return unicodedata.category(char)[0] in "LN" or unicodedata.category(char) in {"Sc", "Sm"} or char in "%&@§"


def _invisible(text: str) -> str:
    if text.isprintable():
        return ""
    unseen = (char for char in text if char in _TURNING or unicodedata.category(char) in _INVISIBLE)
    return next((char for char in unseen if char not in "\n\t"), "")


@dataclass(frozen=True)
class DurationType:
    """A span of time; the value is milliseconds, an ``int``. Both limits belong to the range."""

    minimum_ms: int = 0
    maximum_ms: int = units.LONGEST_MS
    about: str = "a duration such as 4s, 500ms, 2m30s or 0:30"

    def parse(self, text: str) -> int:
        """Milliseconds."""
        if len(text) > 60:
            raise ValueError(f"must be {self.about}, not {shown(text)}")
        ms = units.parse_duration(text)
        if not self.minimum_ms <= ms <= self.maximum_ms:
            raise OutOfRangeError(f"must be {self._range()}, not {units.format_duration(ms)}")
        return ms

    def _range(self) -> str:
        lowest, highest = units.format_duration(self.minimum_ms), units.format_duration(self.maximum_ms)
        if self.maximum_ms == units.LONGEST_MS:
            return f"at least {lowest}"
        return f"{lowest} to {highest}" if self.minimum_ms else f"at most {highest}"

    def schema(self) -> Schema:
        """A number is seconds; a string is any of the written forms."""
        seconds: Schema = {"type": "number", "minimum": self.minimum_ms / 1000, "maximum": self.maximum_ms / 1000}
        return {"anyOf": [seconds, {"type": "string", "pattern": "^[0-9][0-9.:hms ]*$"}]}


@dataclass(frozen=True)
class WholeType:
    """A whole number with a unit in words, such as ``words a minute``. Both limits belong to the range."""

    minimum: int
    maximum: int
    unit: str = ""

    @property
    def about(self) -> str:
        """What is allowed."""
        return f"a whole number, {self._range()}"

    def parse(self, text: str) -> int:
        """The number; a leading zero means nothing."""
        if not _WHOLE.fullmatch(text.strip()):
            raise ValueError(f"must be {self.about}, not {shown(text)}")
        number = int(text)
        if not self.minimum <= number <= self.maximum:
            raise OutOfRangeError(f"must be {self._range()}, not {number}")
        return number

    def _range(self) -> str:
        return f"{self.minimum} to {self.maximum} {self.unit}".rstrip()

    def schema(self) -> Schema:
        """An integer in the range."""
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True)
class PercentType:
    """``50`` or ``50%``: a whole number, 0 to 100."""

    about: str = "a percentage, 0 to 100"

    def parse(self, text: str) -> int:
        """The number before the sign."""
        match = _PERCENT.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"must be {self.about}, not {shown(text)}")
        if int(match[1]) > 100:
            raise OutOfRangeError(f"must be 0 to 100, not {int(match[1])}")
        return int(match[1])

    def schema(self) -> Schema:
        """An integer, or a string with the sign."""
        number: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
        return {"anyOf": [number, {"type": "string", "pattern": "^[0-9]{1,3} ?%$"}]}


@dataclass(frozen=True)
class LevelType:
    """A level in dB; the value is a ``float``. Both limits belong to the range."""

    minimum_db: float = -60.0
    maximum_db: float = 0.0
    about: str = "a level such as -20 dB"

    def parse(self, text: str) -> float:
        """Decibels."""
        if len(text) > 30:
            raise ValueError(f"must be {self.about}, not {shown(text)}")
        level_db = units.parse_level(text)
        if not self.minimum_db <= level_db <= self.maximum_db:
            allowed = f"{self.minimum_db:g} dB to {self.maximum_db:g} dB"
            raise OutOfRangeError(f"must be {allowed}, not {level_db:g} dB")
        return level_db

    def schema(self) -> Schema:
        """A string with its unit."""
        return {"type": "string", "pattern": r"^[+-]?[0-9]+(\.[0-9]+)? *[dD][bB]$"}


@dataclass(frozen=True)
class FlagType:
    """``true``, ``yes``, ``false`` or ``no``, in any case."""

    about: str = "true or false"

    def parse(self, text: str) -> bool:
        """Yes or no."""
        flag = _FLAGS.get(text.strip().lower())
        if flag is None:
            raise ValueError(f"must be {self.about}, not {shown(text)}")
        return flag

    def schema(self) -> Schema:
        """A boolean, or the words that newer readings of YAML take for strings."""
        return {"enum": [True, False, "yes", "no"]}


@dataclass(frozen=True)
class PatternType:
    """One line that keeps to a regular expression; ``about`` says it in words."""

    pattern: re.Pattern[str]
    about: str

    def parse(self, text: str) -> str:
        """The text without blanks at its ends."""
        if not self.pattern.fullmatch(text.strip()):
            raise ValueError(f"must be {self.about}, not {shown(text)}")
        return text.strip()

    def schema(self) -> Schema:
        """A string with the same pattern."""
        return {"type": "string", "pattern": f"^{self.pattern.pattern}$"}


@dataclass(frozen=True)
class SoundType:
    """The name of a bed or a sound file beside the script; ``none`` is None."""

    about: str = "the name of a sound, a sound file, or none"

    def parse(self, text: str) -> str | None:
        """The name or the file as written; whether it is there is the library's business."""
        name = TextType(longest=300, one_line=True).parse(text)
        return None if name.lower() == "none" else name

    def schema(self) -> Schema:
        """Any string."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class ChoiceType:
    """One of a few words; what ``Literal["up", "down"]`` becomes."""

    words: tuple[str, ...]

    @property
    def about(self) -> str:
        """What is allowed."""
        *most, last = self.words
        return f"{', '.join(most)} or {last}" if most else last

    def parse(self, text: str) -> str:
        """The word."""
        if text.strip() not in self.words:
            raise ValueError(f"must be {self.about}, not {shown(text)}")
        return text.strip()

    def schema(self) -> Schema:
        """One of the words."""
        return {"enum": list(self.words)}
