"""Which way of writing a counted word makes a voice say it like one of a list that goes on? Measures its pitch.

Run by hand: ``python -m tests.bench.intonation [DRIVER ...]`` (see ``phonemes`` for what must be installed). Each voice
says a whole list, whose items are what its own counting sounds like, and then single words, each written in several
ways, at the speed at which counts are spoken. Printed are, in semitones from the voice's median over six sentences:
the first 50 ms that are voiced, the middle third and the last 50 ms; the slope over the last 120 ms, in semitones a
second; the length of what is heard and the silence at both ends, in ms; and whether the word stays what it was: whether
its phonemes are those of the bare word, and, where ``pocketsphinx`` is installed, how many of the words a recogniser
understands that knows all of them and no others.
"""

from __future__ import annotations

import importlib
import itertools
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import soxr

from player.units import gain
from player.voice.take import SILENCE_DB
from tests.bench.phonemes import GUIDING, NUMBERS, Hibari, models
from tests.bench.rates import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from tests.bench.phonemes import Model, Segment, Signal, Synthesis

    Say = Callable[[str], Synthesis]

TEN: Final = NUMBERS[:10]
LIST: Final = f"{', '.join(TEN)}."
WORDS: Final = tuple(word.rstrip(".") for word in (*NUMBERS, *GUIDING))
ALONE: Final = ("Breathe in", "Breathe out", "Hold", "Pause", "Let go", "Now")
WRITTEN: Final = {
    "one": "{}",
    "one.": "{}.",
    "one,": "{},",
    "One,": "{capital},",
    "one…": "{}…",
    "one -": "{} -",
    "one —": "{} —",
    "one;": "{};",
    "one:": "{}:",
    "one?": "{}?",
    "one!": "{}!",
}
SPACE_BEHIND: Final = "one,_"
"""hibari alone: its phonemes, a comma and the sign of a space, as if more came."""

_BETWEEN: Final = ("", " ", ",", ".", "^", "$")
_PUNCTUATION: Final = (*_BETWEEN, ";", ":", "?", "!", "…", "—")
_STEP_S: Final = 0.01
_WINDOW_S: Final = 0.025
_PITCH_HZ: Final = (70, 420)
_LEAST_PERIODIC: Final = 0.6
_NEARLY: Final = 0.93
"""The shortest period is taken that is nearly as good as the best one: otherwise it may be two."""
_AUDIBLE_DB: Final = -25
_FAR_ST: Final = 9
_ENDS: Final = 5
_LAST: Final = 12
_HIBARI_STEP_S: Final = 0.0125


class Contour(NamedTuple):
    """Semitones from the voice's median at three places, and semitones a second at the end."""

    start: float
    middle: float
    end: float
    slope: float


def pitch(samples: Signal, rate: int) -> Signal:
    """Hz each 10 ms, NaN where there is no voice: the period at which a window of 25 ms is most like what follows."""
    window, longest = round(_WINDOW_S * rate), round(rate / _PITCH_HZ[0])
    padded = np.pad(samples, (window // 2, window + longest))
    starts = np.arange(0, len(samples), round(_STEP_S * rate))
    pieces = np.stack([padded[start : start + window + longest] for start in starts])
    energy = (pieces[:, :window] ** 2).sum(axis=1)
    found = np.asarray([_frequency(piece, window, rate) for piece in pieces])
    found[energy < energy.max() * gain(_AUDIBLE_DB) ** 2] = np.nan
    return found


def _frequency(piece: Signal, window: int, rate: int) -> float:
    size = 1 << (len(piece) + window).bit_length()
    spectrum, own = np.fft.rfft(piece, size), np.fft.rfft(piece[:window], size)
    power = np.concatenate(([0.0], np.cumsum(piece**2)))
    energies = power[window:] - power[: len(power) - window]
    likeness = np.fft.irfft(spectrum * own.conj())[: len(energies)] / np.sqrt(energies[0] * energies + 1e-12)
    periods = np.arange(round(rate / _PITCH_HZ[1]), len(energies) - 1)
    here = likeness[periods]
    peaks = periods[(here >= likeness[periods - 1]) & (here > likeness[periods + 1])]
    if not len(peaks) or likeness[peaks].max() < _LEAST_PERIODIC:
        return float("nan")
    period = int(peaks[likeness[peaks] >= _NEARLY * likeness[peaks].max()][0])
    before, at, after = likeness[period - 1 : period + 2]
    return float(rate / (period + 0.5 * (before - after) / (before - 2 * at + after)))


def contour(track: Signal, median_hz: float) -> Contour:
    """The course of a word's pitch; what is an octave away from the rest of it is left out."""
    semitones = 12 * np.log2(track / median_hz)
    near = np.abs(semitones - np.nanmedian(semitones)) < _FAR_ST
    places, heard = np.flatnonzero(near), semitones[near]
    last = places > places[-1] - _LAST
    slope = np.polyfit(places[last] * _STEP_S, heard[last], 1)[0] if last.sum() > _ENDS else np.nan
    third = len(heard) // 3
    ends = float(np.median(heard[:_ENDS])), float(np.median(heard[-_ENDS:]))
    return Contour(ends[0], float(np.median(heard[third : len(heard) - third])), ends[1], float(slope))


def lengths_ms(said: Synthesis) -> tuple[float, float, float]:
    """What is heard, and the silence before and behind it."""
    audible = np.flatnonzero(np.abs(said.samples) >= gain(SILENCE_DB))
    first, last = int(audible[0]), int(audible[-1]) + 1
    heard, before, behind = (frames * 1000 / said.rate for frames in (last - first, first, len(said.samples) - last))
    return heard, before, behind


def items(said: Synthesis) -> Iterator[tuple[float, float]]:
    """From when to when each item of a list lasts, in seconds, half of the pauses around it included."""
    starts, ends = list[float](), list[float]()
    for segment in said.segments:
        inside = len(starts) > len(ends)
        if segment.name in _BETWEEN and inside:
            ends.append(segment.start_ms)
        elif segment.name not in _BETWEEN and not inside:
            starts.append(segment.start_ms)
    pauses = [(end + start) / 2000 for end, start in zip(ends, starts[1:], strict=False)]
    yield from itertools.pairwise([0.0, *pauses, len(said.samples) / said.rate])


def print_list(model: Model, median_hz: float) -> None:
    """How a voice says the items of a list: those in the middle, and the last one."""
    said = model.say(LIST, model.counts_at)
    track = pitch(said.samples, said.rate)
    found = [contour(track[round(start / _STEP_S) : round(end / _STEP_S)], median_hz) for start, end in items(said)]
    for title, some in (("in a list, second to ninth", found[1:9]), ("in a list, the tenth", found[9:])):
        print(f"{title:<28}" + _row(_mean(some)))


def print_ways(say: dict[str, Say], words: Sequence[str], median_hz: float) -> None:
    """The mean over some words of each way of writing them."""
    bare = [_sounds(say["one"](word).segments) for word in words]
    for way, speak in say.items():
        said = [speak(word) for word in words]
        courses = [contour(pitch(each.samples, each.rate), median_hz) for each in said]
        changed = sum(_sounds(each.segments) != sounds for each, sounds in zip(said, bare, strict=True))
        figures = np.concatenate([_mean(courses), _mean([lengths_ms(each) for each in said])])
        name = way if len(words) > 1 else way.replace("one", words[0]).replace("One", words[0])
        print(f"{name:<28}" + _row(figures) + (f"   {changed} with other phonemes" if changed else ""))


def print_understood(say: dict[str, Say]) -> None:
    """How many of all words a recogniser takes for what they are, each way."""
    understands = recogniser()
    for way, speak in say.items():
        heard = {word: understands(speak(word)) for word in WORDS}
        wrong = ", ".join(f"{word} as {text!r}" for word, text in heard.items() if text != word.lower())
        print(f"{way:<10}{sum(text == word.lower() for word, text in heard.items()):4} of {len(WORDS)}   {wrong}")


def recogniser() -> Callable[[Synthesis], str]:
    """Tells which of the words it hears.

    Raises
    ------
    ImportError
        If pocketsphinx, whose wheel has an English model inside, is not installed.
    """
    sphinx = importlib.import_module("pocketsphinx")
    rate = 16_000
    decoder = sphinx.Decoder(samprate=rate, lm=None, loglevel="FATAL", beam=1e-60, wbeam=1e-40)
    decoder.add_jsgf_string("words", f"#JSGF V1.0; grammar words; public <word> = {' | '.join(WORDS).lower()};")
    decoder.activate_search("words")

    def understood(said: Synthesis) -> str:
        samples = soxr.resample(said.samples / np.abs(said.samples).max() / 2, said.rate, rate)
        decoder.start_utt()
        decoder.process_raw((np.pad(samples, rate // 4) * 2**15).astype(np.int16).tobytes(), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        return str(found.hypstr) if found else ""

    return understood


def ways(model: Model) -> dict[str, Say]:
    """Each way of writing a word, and what speaks it so."""

    def written(pattern: str) -> Say:
        return lambda word: model.say(pattern.format(word, capital=word.capitalize()), model.counts_at)

    found = {way: written(pattern) for way, pattern in WRITTEN.items()}
    if isinstance(model, Hibari):
        hibari = model
        found[SPACE_BEHIND] = lambda word: hibari.say_phonemes(f"{hibari.phonemes(word)}, ", hibari.counts_at)
    return found


def print_own_pitch(model: Model) -> None:
    """How far what is measured here is from what the model itself says, where it does."""
    apart: list[float] = []
    for word in WORDS:
        said = model.say(word, model.counts_at)
        track = pitch(said.samples, said.rate)
        if len(said.f0):
            seconds = np.arange(len(said.f0)) * _HIBARI_STEP_S + _HIBARI_STEP_S / 2
            told = np.interp(np.arange(len(track)) * _STEP_S, seconds, said.f0)
            apart.extend(12 * np.log2(track / told)[~np.isnan(track)])
    if apart:
        middle, most = np.median(apart), np.percentile(np.abs(apart), 90)
        print(f"measured pitch against the model's own: {middle:+.2f} semitones, 90 % within {most:.2f}")


def _median_hz(model: Model) -> float:
    said = [model.say(text, model.counts_at) for text in SENTENCES]
    return float(np.nanmedian(np.concatenate([pitch(each.samples, each.rate) for each in said])))


def _sounds(segments: Sequence[Segment]) -> list[str]:
    return [segment.name for segment in segments if segment.name not in _PUNCTUATION]


def _mean(rows: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Of each column, without what could not be measured."""
    measured = np.ma.masked_invalid(np.asarray(rows)).mean(axis=0)
    return np.asarray(measured.filled(np.nan), np.float64)


def _row(figures: NDArray[np.float64]) -> str:
    return "".join(f"{figure:+8.1f}" for figure in figures[:4]) + "".join(f"{figure:8.0f}" for figure in figures[4:])


def main() -> None:
    """Print the tables of each voice."""
    for model in models():
        if model.driver not in (sys.argv[1:] or model.driver):
            continue
        median_hz, say = _median_hz(model), ways(model)
        print(f"\n{model.driver} at {model.counts_at:g}, median {median_hz:.0f} Hz")
        print_own_pitch(model)
        titles = ("start", "middle", "end", "slope", "heard", "before", "behind")
        print(f"{'':<28}" + "".join(f"{title:>8}" for title in titles))
        print_list(model, median_hz)
        print_ways(say, TEN, median_hz)
        for word in ALONE:
            print_ways(say, [word], median_hz)
        with suppress(ImportError):
            print_understood(say)


if __name__ == "__main__":
    main()
