"""The table of pyttsx3's drivers: one row a driver with all that the program knows about it.

The rows are in the order of preference: if two drivers have a voice for a language, the first one speaks.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Final, Literal

from player.voice.drivers.rates import ESPEAK, HIBARI, PIPER, Measured, in_words_a_minute


@dataclass(frozen=True)
class Driver:
    """A driver of pyttsx3.

    Attributes
    ----------
    name
        The name for ``pyttsx3.init``.
    quality
        ``natural`` or ``synthetic``, shown to the user.
    adapter
        The module here that adapts the driver to the worker.
    packages
        The packages that must be installed, by their import names; none for drivers of the system.
    distributions
        The same packages by pip's names: their versions decide how it sounds.
    systems
        The values of ``sys.platform`` on which it works.
    keeps_model
        Whether it loads a model and speaks any number of utterances with it. The others speak the same each time only
        in a process in which they have never spoken.
    worth_a_worker
        How many utterances make one more worker worth its start.
    has_pitch, has_variants
        Whether a voice's pitch can be set, and whether ``+f2`` and the like may follow a voice's name.
    measured
        Its rates, by tests/bench/rates.py; empty for a driver that was not measured, which gets the rate unchanged.
    in_steps
        Whether only measured rates are used; otherwise rates between them are interpolated.
    slowest
        The lowest words a minute inside phrases; silence makes it slower.
    count_rate
        Words a minute, as heard, at which counted words are understood and their beats are clear.
    count_ends
        What is written after a counted word, so that it sounds like one of a list that goes on.
    phonemes
        How a text gives the phonemes (IPA) of a word, with ``{word}`` and ``{phonemes}``; empty if it cannot.
    announces_end
        Whether it tells pyttsx3 when an utterance is finished.
    """

    name: str
    quality: Literal["natural", "synthetic"]
    adapter: str
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
    phonemes: str = ""
    announces_end: bool = True

    def rate_for(self, within: float) -> float:
        """The rate at which it says about ``within`` words a minute inside phrases, and no fewer."""
        within = max(within, self.slowest)
        if not self.measured:
            return within
        rates, measured = zip(*self.measured, strict=True)
        if self.in_steps:
            return float(rates[min(bisect_left(measured, within - 0.5), len(rates) - 1)])
        return round(_between(within, measured, rates))

    def as_count(self, text: str) -> str:
        """The text of a counted word, so that this driver says it like one of a list that goes on."""
        return text + self.count_ends if text[-1:].isalnum() else text

    def within(self, rate: float) -> float:
        """The words a minute inside phrases that it says at a rate."""
        return _between(rate, *zip(*self.measured, strict=True)) if self.measured else rate

    def version_of(self, distribution: str) -> str:
        """The installed version of one of its packages, by pip's name; empty where it is not known."""
        from importlib import metadata  # noqa: PLC0415 (0.04 s, and a driver is described only once)

        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            return ""


def _between(value: float, known: tuple[float, ...], wanted: tuple[float, ...]) -> float:
    """Interpolate between measured values; constant before the first and after the last."""
    after = bisect_right(known, value)
    if after in (0, len(known)):
        return wanted[max(0, after - 1)]
    share = (value - known[after - 1]) / (known[after] - known[after - 1])
    return wanted[after - 1] + share * (wanted[after] - wanted[after - 1])


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
        measured=in_words_a_minute(HIBARI),
        in_steps=True,
        slowest=143,
        count_rate=150,
        count_ends=",",
        phonemes="[{word}](/{phonemes}/)",
    ),
    Driver(
        "piper",
        "natural",
        "natural",
        packages=("piper", "onnxruntime"),
        distributions=("piper-tts", "onnxruntime", "numpy"),
        keeps_model=True,
        worth_a_worker=24,  # loading a model takes as long as speaking so many
        measured=in_words_a_minute(PIPER),
        in_steps=True,
        slowest=151,
        count_rate=150,
        phonemes="[[ {phonemes} ]]",
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
        measured=ESPEAK,
        count_ends=",",
    ),
)
"""pyttsx3's own drivers, and ours."""

BY_NAME: Final = {driver.name: driver for driver in DRIVERS}
