"""Who speaks in a session, and how: rate, pitch and level, each as one value or on a course from one to another.

A course leads from the first speech of a session to the last one. Here are only its ends; `timeline.course` knows the
values between them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from player.script.yaml.scalar_types import LevelType
from player.script.yaml.types import FASTEST, SLOWEST, Name, Percent, WordsAMinute

OwnLevel = Annotated[float, LevelType(-12.0, 0.0, "a level such as -4 dB")]
"""Of the voice, and of all that is heard with it, against its usual level. Half as loud to the ear is -10 dB; with more
than -12 a voice that somebody can follow at its beginning would be lost at its end."""


@dataclass(frozen=True)
class RateCourse:
    """A rate that changes evenly from the first speech to the last."""

    example: ClassVar[str] = "rate: {from: 110, to: 90}"

    from_: WordsAMinute
    to: WordsAMinute


@dataclass(frozen=True)
class PitchCourse:
    """A pitch that changes evenly from the first speech to the last."""

    example: ClassVar[str] = "pitch: {from: 50, to: 40}"

    from_: Percent
    to: Percent


@dataclass(frozen=True)
class LevelCourse:
    """A level that changes evenly from the first speech to the last."""

    example: ClassVar[str] = "level: {from: 0 dB, to: -6 dB}"

    from_: OwnLevel
    to: OwnLevel


@dataclass(frozen=True)
class VoiceSettings:
    """Who speaks, and how."""

    example: ClassVar[str] = "voice: {name: heart, rate: 95}"

    name: Name | None = None
    """The engine's own name for it; None is the language's default."""
    rate: WordsAMinute | RateCourse = 105
    pitch: Percent | PitchCourse = 50
    level: OwnLevel | LevelCourse = 0.0

    @property
    def rates(self) -> tuple[int, int]:
        """Words a minute at the first speech and at the last."""
        return (self.rate.from_, self.rate.to) if isinstance(self.rate, RateCourse) else (self.rate, self.rate)

    @property
    def pitches(self) -> tuple[int, int]:
        """The pitch, 0 to 100, at the first speech and at the last."""
        return (self.pitch.from_, self.pitch.to) if isinstance(self.pitch, PitchCourse) else (self.pitch, self.pitch)

    @property
    def levels_db(self) -> tuple[float, float]:
        """The level at the first speech and at the last."""
        return (self.level.from_, self.level.to) if isinstance(self.level, LevelCourse) else (self.level, self.level)

    def at_rate(self, rate: int) -> VoiceSettings:
        """The same voice at another rate. A course begins at it, and leads as many percent away from it as before."""
        if not isinstance(self.rate, RateCourse):
            return replace(self, rate=rate)
        last = round(rate * self.rate.to / self.rate.from_)
        return replace(self, rate=RateCourse(rate, min(FASTEST, max(SLOWEST, last))))
