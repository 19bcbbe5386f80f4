"""Tones and chimes, made when they are needed: guide tones for the phases of a breath, and bells.

The rule: a tone lasts exactly its length, begins and ends at zero, never starts suddenly (a quick onset startles even
when it is soft), and its level is its loudest 400 ms as BS.1770 weighs them, relative to the voice's -18 LUFS. A tone
of the same name, length and level always has the same samples. It does not know when a tone sounds.

A guide tone glides with the phase: up a fifth while breathing in, level and gently pulsing while holding, down while
breathing out. A rest is one low soft note at its start and then nothing. So that a listener with closed eyes knows at
once which it is, and not when it is half over, each has a colour of its own (a pipe, something hollow, a hum), and what
is to glide begins with a scoop: in the first 0.4 s it goes as far as it does in the seconds that follow.

The loudspeaker of a phone plays little under 800 Hz. So every tone has soft partials above that: with all below it cut
away, by 24 dB an octave, tones and bells of one level are within 5 dB of each other, and 11 to 16 dB under the whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from player.errors import MediaError
from player.sound.loudness import loudest_lufs
from player.units import CHANNELS, FRAMES_PER_MS, RATE, gain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from player.techniques.cue import Tone

    Array: TypeAlias = NDArray[np.float64]

REFERENCE_LUFS: Final = -18.0
"""The voice's."""

HIGHEST_CREST_DB: Final = 9.0
"""No tone's peak is further above its level than this (measured: guide tones 2.7 dB, bells 8.8)."""

_EVERY: Final = 4
"""Loudness is measured on every fourth sample: nothing in a tone is above 3 kHz."""
_GONE: Final = math.log(1000)
"""A factor of a thousand: 60 dB."""
_FINE: Final = 512
_SCOOP_MS: Final = 400

_PIPE: Final = (1.0, 0.3, 0.2, 0.12, 0.05)
"""Between a flute and a soft organ pipe."""
_HOLLOW: Final = (1.0, 0.0, 0.24, 0.0, 0.08)
"""Odd harmonics alone, as of a clarinet."""
_HUM: Final = (1.0, 0.06, 0.05, 0.2, 0.04)
"""A hum, with some of its double octave."""
_LOW_HUM: Final = (1.0, 0.06, 0.05, 0.3, 0.08)
"""The same for a note that stays low."""


@dataclass(frozen=True)
class GuideTone:
    """A phase's tone.

    Attributes
    ----------
    hz
        It glides evenly in pitch from the first to the second.
    strength
        And evenly from the first to the second of these.
    timbre
        Its harmonics, the first of them the tone itself.
    scoop
        Semitones from where it begins to the first of ``hz``: 0.4 s, or a quarter of a short tone.
    pulse_hz
        How often it sinks a little and swells again; 0 for never.
    softer_db
        Below the level that was asked for.
    longest_ms
        It ends after this, however long the phase.
    """

    hz: tuple[float, float]
    strength: tuple[float, float] = (1.0, 1.0)
    timbre: tuple[float, ...] = _HUM
    scoop: float = 0.0
    pulse_hz: float = 0.0
    softer_db: float = 0.0
    longest_ms: int | None = None


@dataclass(frozen=True)
class ChimeSound:
    """A struck sound: each partial is (ratio to ``hz``, strength, lengths of the sound until it is 60 dB down)."""

    hz: float
    partials: tuple[tuple[float, float, float], ...]
    attack_ms: int = 60
    softer_db: float = 0.0


# A church bell as founders tune it: hum, prime, minor third, fifth, nominal, and two above (hibberts.co.uk, The musical
# sound quality of church bells). The prime is a pair, as no bell is quite round. High ones die first, as in bronze.
_CHURCH_BELL: Final = (
    (0.5, 0.35, 1.25),
    (1.0, 1.0, 1.1),
    (1.002, 0.3, 1.1),
    (1.2, 0.35, 0.7),
    (1.5, 0.18, 0.5),
    (2.0, 0.4, 0.42),
    (2.5, 0.1, 0.3),
    (3.0, 0.08, 0.22),
)
# The same of a larger bell struck with something soft: mostly hum and prime.
_LARGE_BELL: Final = (
    (0.5, 0.8, 1.15),
    (0.501, 0.25, 1.15),
    (1.0, 1.0, 0.95),
    (1.2, 0.22, 0.6),
    (1.5, 0.14, 0.45),
    (2.0, 0.34, 0.35),
    (3.0, 0.3, 0.3),
    (4.0, 0.16, 0.22),
)
# A handbell: its makers tune the second mode to three times the first, and the first radiates its octave besides
# (hyperphysics.phy-astr.gsu.edu/hbase/Music/bell.html, after Rossing, The Science of Sound).
_HANDBELL: Final = (
    (1.0, 1.0, 1.1),
    (1.0015, 0.3, 1.1),
    (2.0, 0.15, 0.7),
    (3.0, 0.13, 0.5),
    (3.004, 0.04, 0.5),
)
# A singing bowl: partials near 1 : 2.8 : 5.2 (Inacio, Henrique & Antunes, The dynamics of Tibetan singing bowls, Acta
# Acustica 92, 2006), each a pair that beats slowly.
_BOWL: Final = (
    (1.0, 1.0, 1.0),
    (1.0031, 0.4, 1.0),
    (2.78, 0.4, 0.7),
    (2.7836, 0.15, 0.7),
    (5.18, 0.28, 0.4),
    (5.1826, 0.1, 0.4),
)

RECIPES: Final[dict[str, GuideTone | ChimeSound]] = {
    "in": GuideTone((196.0, 294.0), strength=(0.7, 1.0), timbre=_PIPE, scoop=3.0),
    "hold": GuideTone((294.0, 294.0), timbre=_HOLLOW, pulse_hz=1.0),
    "out": GuideTone((294.0, 196.0), strength=(1.0, 0.7), scoop=-3.0),
    "rest": GuideTone((196.0, 196.0), timbre=_LOW_HUM, strength=(1.0, 0.4), softer_db=8.0, longest_ms=1200),
    "start": ChimeSound(392.0, _CHURCH_BELL, attack_ms=90),
    "end": ChimeSound(294.0, _LARGE_BELL, attack_ms=100),
    "bell": ChimeSound(523.25, _HANDBELL, attack_ms=70),
    "bowl": ChimeSound(196.0, _BOWL, attack_ms=120),
}


def peak_at_most(tone: Tone) -> float:
    """A magnitude that no sample of the tone passes, full scale 1.0; known without making it."""
    return gain(REFERENCE_LUFS + tone.level_db + HIGHEST_CREST_DB)


@lru_cache(maxsize=4)
def render(tone: Tone) -> NDArray[np.float32]:
    """The sound of a tone: float32, shape ``(length_ms * 48, 2)``, full scale 1.0, read-only.

    Its loudest 400 ms (or all of it, if it is shorter) are ``level_db`` from -18 LUFS; a rest is 8 dB softer still.
    The last few are cached: the phases of a pattern come again and again.

    Raises
    ------
    MediaError
        If no tone has that name.
    """
    recipe = RECIPES.get(tone.name)
    if recipe is None:
        raise MediaError(f"there is no tone or chime named {tone.name!r}; choose one of {', '.join(RECIPES)}")
    frames = tone.length_ms * FRAMES_PER_MS
    sound = _guide(recipe, frames) if isinstance(recipe, GuideTone) else _chime(recipe, frames)
    loudest = loudest_lufs(sound[::_EVERY], RATE // _EVERY)
    level = gain(REFERENCE_LUFS + tone.level_db - recipe.softer_db - loudest) if math.isfinite(loudest) else 0.0
    levelled: NDArray[np.float32] = (sound * level).astype(np.float32)
    levelled.flags.writeable = False
    return levelled


def _guide(recipe: GuideTone, frames: int) -> Array:
    """The glide; its release ends before the phase does, so that phases are heard apart."""
    longest = frames if recipe.longest_ms is None else recipe.longest_ms * FRAMES_PER_MS
    sounding = min(frames - min(150 * FRAMES_PER_MS, frames // 8), longest)
    progress = _progress(sounding)
    phase = 2 * np.pi * _glide(recipe, sounding)
    wave = np.zeros_like(progress)
    for number, strength in enumerate(recipe.timbre, 1):
        wave += strength * np.sin(number * phase)
    wave *= np.interp(progress, (0, 1), recipe.strength)
    wave *= 1 - 0.2 * (1 - np.cos(2 * np.pi * recipe.pulse_hz * sounding / RATE * progress))
    _soften(wave, min(300 * FRAMES_PER_MS, sounding // 4), min(500 * FRAMES_PER_MS, sounding // 3))
    return np.repeat(np.pad(wave, (0, frames - sounding))[:, None], CHANNELS, axis=1)


def _glide(recipe: GuideTone, frames: int) -> Array:
    """Cycles since the start: first the scoop, then the glide itself."""
    scoop = min(_SCOOP_MS * FRAMES_PER_MS, frames // 4) if recipe.scoop else 0
    begin, (first, last) = recipe.hz[0] * 2 ** (-recipe.scoop / 12), recipe.hz
    up_to = scoop / RATE * float(_cycles(begin, first, np.ones(1))[0])
    after = up_to + (frames - scoop) / RATE * _cycles(first, last, _progress(frames - scoop))
    return np.concatenate((scoop / RATE * _cycles(begin, first, _progress(scoop)), after))


def _progress(frames: int) -> Array:
    """From 0 to 1, at the middle of each frame."""
    progress: Array = (np.arange(frames) + 0.5) / max(1, frames)
    return progress


def _cycles(from_hz: float, to_hz: float, progress: Array) -> Array:
    """Cycles since the start of a glide of one second: the integral of ``from_hz * (to_hz / from_hz) ** progress``."""
    if from_hz == to_hz:
        return from_hz * progress
    steepness = math.log(to_hz / from_hz)
    cycles: Array = from_hz / steepness * np.expm1(steepness * progress)
    return cycles


def _chime(recipe: ChimeSound, frames: int) -> Array:
    """All partials at once, each a little to one side, and all gone at the end."""
    sound = np.zeros((frames, CHANNELS))
    for place, (ratio, strength, share) in enumerate(recipe.partials):
        heard = min(frames, round(1.3 * share * frames))  # 78 dB down
        ring = strength * _ring(heard, recipe.hz * ratio / RATE, _GONE / (share * max(1, frames)), 2.4 * place)
        aside = 0.15 * (-1) ** place
        sound[:heard, 0] += ring * (1 - aside)
        sound[:heard, 1] += ring * (1 + aside)
    for side in sound.T:
        _soften(side, min(recipe.attack_ms * FRAMES_PER_MS, frames // 4), frames // 6)
    return sound


def _ring(frames: int, cycles: float, decay: float, phase: float) -> Array:
    """A dying sine, by cycles and decay a frame: powers of one complex number, coarse steps times fine ones."""
    turn = 2j * np.pi * cycles - decay
    coarse = np.exp(turn * np.arange(0, frames, _FINE) + 1j * phase)
    fine = np.exp(turn * np.arange(_FINE))
    sine: Array = np.outer(coarse, fine).ravel()[:frames].imag
    return sine


def _soften(wave: Array, attack: int, release: int) -> None:
    """Fade both ends in place, along raised cosines of ``attack`` and ``release`` frames."""
    wave[:attack] *= _rise(attack)
    wave[len(wave) - release :] *= _rise(release)[::-1]


def _rise(frames: int) -> Array:
    rise: Array = 0.5 - 0.5 * np.cos(np.pi / max(1, frames) * np.arange(frames))
    return rise
