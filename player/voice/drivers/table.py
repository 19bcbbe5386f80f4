"""What each driver of pyttsx3 can: a row a driver, and nothing about any of them anywhere else.

The rows stand in the order of preference: where two drivers have a voice for a language, the first one speaks.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Final, Literal

from player.voice.drivers import hibari, piper

Measured = tuple[tuple[float, float], ...]
"""Pairs: the rate told to a driver, and the words a minute inside phrases that were then measured. Both rise."""


@dataclass(frozen=True)
class Driver:
    """A driver of pyttsx3.

    Attributes
    ----------
    name
        As ``pyttsx3.init`` takes it.
    quality
        ``natural`` or ``synthetic``, for people who choose.
    companion
        The module here that tells the worker what is peculiar to it.
    packages
        What must be installed for it, by the names that are imported; none for what the system has.
    distributions
        What is installed then, by the names that pip knows: their versions decide how it sounds.
    systems
        The values of ``sys.platform`` on which it works.
    keeps_model
        It loads a model and speaks any number of utterances with it; the others come out the same each time only from a
        process in which they have never spoken.
    worth_a_worker
        How many utterances make one more worker worth its start.
    has_pitch, has_variants
        Whether a voice's pitch can be set, and whether ``+f2`` and the like may stand behind a voice's name.
    measured
        Its rates, by tests/bench/rates.py; none for a driver that was not measured, which is told the rate as it is.
    in_steps
        It is only ever told a rate that was measured; otherwise what lies between is taken from a straight line.
    slowest
        Words a minute inside phrases under which it is not told to go: what is still too fast becomes silence.
    count_rate
        Words a minute, as heard, at which counted words are understood and their beats are clear.
    count_ends
        What is written behind a counted word, so that it sounds like one of a list that goes on.
    announces_end
        It tells pyttsx3 when an utterance is finished.
    """

    name: str
    quality: Literal["natural", "synthetic"]
    companion: str
    packages: tuple[str, ...] = ()
    distributions: tuple[str, ...] = ()
    systems: tuple[str, ...] = ("linux", "darwin", "win32")
    keeps_model: bool = False
    worth_a_worker: int = 1
    has_pitch: bool = False
    has_variants: bool = False
    measured: Measured = ()
    in_steps: bool = False
    slowest: float = 0
    count_rate: int = 130
    count_ends: str = ""
    announces_end: bool = True

    def told(self, within: float) -> float:
        """The rate to tell it, so that it says about ``within`` words a minute inside phrases, and no fewer."""
        within = max(within, self.slowest)
        if not self.measured:
            return within
        told, measured = zip(*self.measured, strict=True)
        if self.in_steps:
            return float(told[min(bisect_left(measured, within - 0.5), len(told) - 1)])
        return round(_between(within, measured, told))

    def as_count(self, text: str) -> str:
        """A word to count or breathe by, as this driver must read it to say it like one of a list that goes on."""
        return text + self.count_ends if text[-1:].isalnum() else text

    def within(self, told: float) -> float:
        """Words a minute inside phrases that it says when it is told a rate."""
        return _between(told, *zip(*self.measured, strict=True)) if self.measured else told


def _between(value: float, known: tuple[float, ...], wanted: tuple[float, ...]) -> float:
    """Along straight lines between measured values; beyond the first and the last it stays."""
    after = bisect_right(known, value)
    if after in (0, len(known)):
        return wanted[max(0, after - 1)]
    share = (value - known[after - 1]) / (known[after] - known[after - 1])
    return wanted[after - 1] + share * (wanted[after] - wanted[after - 1])


# espeak-ng 1.52.0, mean of gmw/en and gmw/en-us, which both lie within 2 % of it. Below 84 it slows down no further.
_ESPEAK: Final[Measured] = (
    (84, 111),
    (90, 118),
    (100, 131),
    (110, 145),
    (120, 157),
    (130, 171),
    (140, 184),
    (160, 210),
    (180, 235),
    (200, 261),
    (220, 287),
    (240, 311),
    (260, 336),
    (300, 389),
    (350, 457),
    (400, 519),
    (450, 584),
)


def _told_as_it_is(speeds: Measured) -> Measured:
    """Rates of a driver of ours, which is told words a minute inside phrases already."""
    return tuple((words, words) for _, words in speeds)


DRIVERS: Final = (
    Driver(
        "hibari",
        "natural",
        "natural",
        packages=("hibari", "onnxruntime"),
        distributions=("hibari-tts", "onnxruntime", "numpy"),
        keeps_model=True,
        worth_a_worker=24,  # loading a model takes as long as speaking so many
        has_pitch=True,
        measured=_told_as_it_is(hibari.SPEEDS),
        in_steps=True,
        slowest=143,
        count_rate=150,
        count_ends=",",
    ),
    Driver(
        "piper",
        "natural",
        "natural",
        packages=("piper", "onnxruntime"),
        distributions=("piper-tts", "onnxruntime", "numpy"),
        keeps_model=True,
        worth_a_worker=24,  # loading a model takes as long as speaking so many
        measured=_told_as_it_is(piper.SPEEDS),
        in_steps=True,
        slowest=151,
        count_rate=150,
    ),
    Driver("sapi5", "synthetic", "system", systems=("win32",), announces_end=False),
    Driver("nsss", "synthetic", "system", systems=("darwin",)),
    Driver(
        "espeak",
        "synthetic",
        "espeak",
        packages=() if sys.platform == "linux" else ("espeakng_loader",),
        distributions=("espeakng-loader",),
        has_pitch=True,
        has_variants=True,
        measured=_ESPEAK,
        count_ends=",",
    ),
)
"""pyttsx3's own drivers, and ours."""

BY_NAME: Final = {driver.name: driver for driver in DRIVERS}
