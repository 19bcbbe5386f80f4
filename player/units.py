"""Units: milliseconds, frames, decibels, and how people write them.

The rule: time inside the program is an ``int`` number of milliseconds, and sound is 48 kHz, 16-bit, stereo, so that one
millisecond is exactly 48 frames and nothing is ever rounded twice. Text becomes numbers by exact decimal arithmetic.
This module knows no files, no clock and no YAML; its errors are ``ValueError`` with a fragment that fits behind a name.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

RATE: Final = 48_000
"""Frames a second of the session format."""
CHANNELS: Final = 2
SAMPLE_WIDTH: Final = 2
"""Bytes a sample: 16 bits, signed, little-endian."""
FRAMES_PER_MS: Final = RATE // 1000
LONGEST_MS: Final = 24 * 60 * 60 * 1000
"""A day: anything longer in a script is a slip of the pen."""
LOWEST_LEVEL_DB: Final = -60.0
HIGHEST_LEVEL_DB: Final = 0.0
"""The limits of a level relative to the voice."""

_UNIT_MS: Final = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_NUMBER = r"(\d{1,12}(?:\.\d{1,9})?)"
"""Few enough digits for `Decimal` to be exact in its own 28."""
_PLAIN = re.compile(_NUMBER)
_PARTS = re.compile(rf"(?:{_NUMBER}(h))?(?:{_NUMBER}(m))?(?:{_NUMBER}(s))?(?:{_NUMBER}(ms))?")
_CLOCK = re.compile(r"(?:(\d{1,12}):)?(\d{1,2}):(\d{2}(?:\.\d{1,9})?)")
_BLANK = re.compile(r"(?<=\d)\s+(?=[hms])|(?<=[hms])\s+(?=\d)")
"""Blanks around a unit mean nothing; blanks between digits are a slip."""
_UNIT_WORDS: Final = (
    (re.compile(r"h(?:ours?|rs?)"), "h"),
    (re.compile(r"min(?:utes?|s)?"), "m"),
    (re.compile(r"sec(?:onds?|s)?"), "s"),
    (re.compile(r"m(?:illi)?sec(?:ond)?s?"), "ms"),
)
"""Units as people write them out, which are not read, but which an error understands."""
_WORD = re.compile("[a-z]+")
_LAST_BARE = re.compile(r".*\d([hm])\d{1,2}")
_DIGITS_APART = re.compile(r"\d\s+\d")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")
_LONGEST_MEANT: Final = 40
_LEFT_OUT: Final = {"h": "m", "m": "s"}
"""The unit that people leave out behind another one, as in 1h30."""
_LEVEL = re.compile(r"([+-]?\d{1,6}(?:\.\d{1,9})?)\s*dB", re.IGNORECASE)


def parse_duration(text: str) -> int:
    """Milliseconds meant by ``4``, ``4s``, ``500ms``, ``1.5s``, ``2m30s``, ``0:30``, ``12:05`` or ``1:02:03``.

    Raises
    ------
    ValueError
        If it is not a duration, not a whole number of milliseconds, or longer than a day.
    """
    value = _duration(_BLANK.sub("", text.strip().lower()))
    if value is None:
        near = meant(text) or _wrong_in(_BLANK.sub("", text.strip().lower()))
        raise ValueError(f"must be a duration such as 4s, 500ms, 2m30s or 0:30, not {text!r}{near}")
    if value != value.to_integral_value():
        raise ValueError(f"must be a whole number of milliseconds, not {text!r}")
    if value > LONGEST_MS:
        raise ValueError(f"must be at most 24 hours, not {text!r}")
    return int(value)


def is_bare(text: str) -> bool:
    """Whether it is a number without a unit, which `parse_duration` takes for seconds; nought needs none."""
    return bool(_PLAIN.fullmatch(text.strip())) and Decimal(text.strip()) != 0


def meant(text: str) -> str:
    """``; write 1h30m`` behind an error about ``1h30``, where what was meant is clear; otherwise nothing.

    ``10min``, ``2 minutes``, ``1 hour and 30 minutes``, ``2,5m`` and ``1h30`` are.
    """
    if len(text) > _LONGEST_MEANT:
        return ""
    words = _DECIMAL_COMMA.sub(".", re.sub(r"\band\b", " ", text.strip().lower()))
    near = re.sub(r"\s+", "", _WORD.sub(_unit, words))
    if match := _LAST_BARE.fullmatch(near):
        near += _LEFT_OUT[match[1]]
    value = _duration(near)
    is_clear = value is not None and value == value.to_integral_value() and 0 < value <= LONGEST_MS
    return f"; write {near}" if is_clear and not (_PLAIN.fullmatch(near) or _DIGITS_APART.search(words)) else ""


def _wrong_in(text: str) -> str:
    """What is wrong with a time that has a minus before it, or too many minutes or seconds on a clock; or nothing."""
    if text[:1] in {"-", "\N{MINUS SIGN}"} and _duration(text[1:]) is not None:
        return "; it must not be negative"
    if match := _CLOCK.fullmatch(text):
        return "; seconds must be below 60" if Decimal(match[3]) >= 60 else "; minutes must be below 60"
    return ""


def _unit(word: re.Match[str]) -> str:
    return next((unit for pattern, unit in _UNIT_WORDS if pattern.fullmatch(word[0])), word[0])


def _duration(text: str) -> Decimal | None:
    if _PLAIN.fullmatch(text):
        return Decimal(text) * 1000
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = match.groups()
        if Decimal(seconds) >= 60 or (hours and int(minutes) >= 60):
            return None
        return Decimal(hours or 0) * 3_600_000 + Decimal(minutes) * 60_000 + Decimal(seconds) * 1000
    match = _PARTS.fullmatch(text)
    if not text or match is None:
        return None
    found = match.groups()
    pairs = zip(found[::2], found[1::2], strict=True)
    return sum((Decimal(number) * _UNIT_MS[unit] for number, unit in pairs if number), Decimal(0))


def parse_level(text: str) -> float:
    """Decibels meant by ``-20 dB``; the unit must stand there, so that no percentage is ever taken for a level."""
    match = _LEVEL.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"must be a level such as -20 dB, not {text!r}")
    return float(match.group(1))


def format_duration(ms: int) -> str:
    """``4s``, ``1.5s``, ``2m30s``: the way an author would write it. The inverse of `parse_duration`."""
    if ms < 60_000:
        return f"{Decimal(ms) / 1000:f}s"
    minutes, rest = divmod(ms, 60_000)
    return f"{minutes}m" + (f"{Decimal(rest) / 1000:f}s" if rest else "")


def timecode(ms: int) -> str:
    """``7:00`` or ``1:02:03``; parts of a second are cut, as on a clock. A time before the beginning is ``-0:02``."""
    seconds = abs(ms) // 1000
    sign = "-" if ms < 0 < seconds else ""
    minutes, hours = seconds // 60 % 60, seconds // 3600
    return sign + (f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}")


def gain(db: float) -> float:
    """The factor on samples that a level in dB means: ``gain(-6.02)`` is one half."""
    return float(10.0 ** (db / 20.0))


def number_of(count: int, one: str, many: str = "") -> str:
    """A number and what it counts, as in ``1 entry`` and ``2 entries``; ``many`` is ``one`` with an s if not given."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"
