"""Sea, rain and noise, made by code: the material of the bundled beds.

The rule: one seed, one sound. Everything is shaped noise, so nothing in it is a recording, nothing stands out, and no
two waves are alike. Left and right share a middle, so that one loudspeaker plays the same sea as two; in the bass they
are nearly one. Under 30 Hz and above 8 kHz there is little: the first only moves cones, the second is what hisses.

Slow movements (swells, wandering) come round after the loop's own length, which is the material's less the join: so
where `bed` fades the end into the beginning, both are at the same point of the same wave. This module knows no files.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from player.units import RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

MATERIAL_S: Final = 90
JOIN_S: Final = 4

_LOOP_S: Final = MATERIAL_S - JOIN_S
_FRAMES: Final = MATERIAL_S * RATE
_CONTROL_RATE: Final = 100
"""Points a second of whatever moves slowly."""


class _Layer(NamedTuple):
    """A band of the sea, and how a breaking wave moves it.

    ``centre_hz`` of the band; ``calm_db`` is its level between waves and ``break_db`` what a full wave adds; it peaks
    ``late_s`` after the wave's time, ``rise_s`` after it began, and ``keen`` is high where it comes and goes quickly;
    ``grain_db`` is the fizz of the foam.
    """

    centre_hz: float
    calm_db: float
    break_db: float
    late_s: float
    rise_s: float
    keen: float
    grain_db: float


_SEA: Final = (
    _Layer(70, -4.0, 4.0, -0.8, 4.5, 3.0, 0.0),
    _Layer(170, -2.5, 6.0, -0.5, 4.0, 3.0, 0.0),
    _Layer(420, -3.5, 8.0, -0.2, 3.4, 2.8, 0.0),
    _Layer(1000, -7.0, 9.0, 0.0, 2.8, 2.2, 0.8),
    _Layer(2400, -12.0, 9.5, 0.5, 2.4, 1.5, 1.6),
    _Layer(5200, -19.0, 10.0, 0.9, 2.2, 1.2, 2.2),
)
_SWELL_S: Final = (7.0, 12.0)
_DROPS_A_SECOND: Final = 20


def ocean(rng: np.random.Generator) -> Array:
    """Slow swells that break, wash and draw back, 7 to 12 s apart, over a distant surf."""
    waves = _waves(rng)
    sea = np.zeros((_FRAMES, 2))
    for place, layer in enumerate(_SEA):
        sound = _stereo(rng, partial(_sea_band, place), 0.75)
        brightness = rng.uniform(0.85, 1.1, len(waves))
        for side, sign in enumerate((-1, 1)):
            swell = layer.calm_db + _swell(layer, waves, brightness, sign)
            sound[:, side] *= _over_time(swell + _wander(rng, layer.grain_db, 12.0) + _wander(rng, 0.5, 0.2))
        sea += sound
    return sea


def rain(rng: np.random.Generator) -> Array:
    """Fine steady rain on leaves, with soft drops nearby."""
    fine = _stereo(rng, _fine_rain, 0.8)
    for side in (0, 1):
        fine[:, side] *= _over_time(_wander(rng, 0.5, 0.5))
    return fine + _drops(rng, 2.2 * fine.std())


def brown_noise(rng: np.random.Generator) -> Array:
    """Noise that falls by 6 dB an octave, as a low steady wind does.

    Under 60 Hz it falls away: there it would sway by more than 1 dB from second to second, which no small loudspeaker
    plays and good ones turn into unrest.
    """
    return _stereo(rng, lambda hz: 1 / (hz * (1 + (60 / hz) ** 2)), 0.6)


def pink_noise(rng: np.random.Generator) -> Array:
    """Noise that falls by 3 dB an octave, with as much in every octave as in the next."""
    return _stereo(rng, lambda hz: 1 / np.sqrt(hz), 0.6)


RECIPES: Final[dict[str, tuple[int, Callable[[np.random.Generator], Array]]]] = {
    "ocean": (1, ocean),
    "rain": (2, rain),
    "brown-noise": (3, brown_noise),
    "pink-noise": (4, pink_noise),
}
"""Name of a bed: its seed and what makes it, as samples of shape ``(MATERIAL_S * 48000, 2)``, not yet levelled."""


def _stereo(rng: np.random.Generator, shape: Callable[[Array], Array], width: float) -> Array:
    """Noise of a spectrum, from 30 Hz to 8 kHz; ``width`` is the share that differs by side, less under 200 Hz."""
    hz = np.maximum(np.fft.rfftfreq(_FRAMES, 1 / RATE), 1.0)
    squared = np.square(hz)
    spectrum = shape(hz) / np.sqrt((1 + np.square(np.square(1024 / squared))) * (1 + (squared / 8000**2) ** 3))
    middle = _noise(rng, spectrum)
    side = _noise(rng, spectrum * (width * (0.25 + 0.75 / (1 + 200**2 / squared))))
    return np.stack((middle + side, middle - side)).T


def _noise(rng: np.random.Generator, spectrum: Array) -> Array:
    """Noise of ``_FRAMES`` samples: the spectrum of white noise is white noise too, so it is drawn there at once."""
    white = rng.normal(0, (_FRAMES / 2) ** 0.5, 2 * len(spectrum)).view(np.complex128)
    return np.fft.irfft(white * spectrum, _FRAMES)


def _sea_band(place: int, hz: Array) -> Array:
    """A layer of the sea: soft flanks up to its neighbours' centres, all layers adding up to pink noise."""
    centres = np.log([layer.centre_hz for layer in _SEA])
    position = np.interp(np.log(hz), centres, np.arange(len(centres)))
    share: Array = np.cos(np.pi / 2 * np.clip(np.abs(position - place), 0, 1))
    return share / np.sqrt(hz)


def _fine_rain(hz: Array) -> Array:
    """Little bass, most between 300 Hz and 2 kHz, falling by 5 dB an octave above."""
    fine: Array = (0.3 + 0.7 / (1 + (250 / hz) ** 2)) / np.sqrt(1 + (hz / 1200) ** 1.7)
    return fine


def _over_time(levels_db: Array) -> Array:
    """Factors for every frame, from levels at the control rate that come round after the loop's length."""
    at = np.arange(_FRAMES) * (_CONTROL_RATE / RATE) % len(levels_db)
    factors: Array = np.interp(at, np.arange(len(levels_db) + 1), 10 ** (np.append(levels_db, levels_db[0]) / 20))
    return factors


def _wander(rng: np.random.Generator, db: float, hz: float) -> Array:
    """Levels that wander around 0 dB by ``db`` (standard deviation), no faster than about ``hz``."""
    count = _LOOP_S * _CONTROL_RATE
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum *= np.exp(-0.5 * (np.fft.rfftfreq(count, 1 / _CONTROL_RATE) / hz) ** 2)
    path = np.fft.irfft(spectrum, count)
    levels: Array = (path - path.mean()) * (db / path.std())
    return levels


def _waves(rng: np.random.Generator) -> Array:
    """Time in s, height from 0 to 1 and side from -1 to 1 of the waves of one loop, small ones between the large."""
    count = round(_LOOP_S / (sum(_SWELL_S) / 2))
    gaps = np.zeros(count)
    while gaps.min() < _SWELL_S[0] or gaps.max() > _SWELL_S[1]:
        gaps = rng.uniform(*_SWELL_S, count)
        gaps *= _LOOP_S / gaps.sum()
    times = np.concatenate((np.cumsum(gaps), rng.uniform(0, _LOOP_S, count)))
    heights = np.concatenate((rng.uniform(0.6, 1.0, count), rng.uniform(0.15, 0.4, count)))
    return np.stack((times, heights, rng.uniform(-1, 1, 2 * count)), axis=1)


def _swell(layer: _Layer, waves: Array, brightness: Array, sign: int) -> Array:
    """What the waves add to a layer in dB; a wave is nearer to one side by up to 1.5 dB, and there a little earlier."""
    now = np.arange(_LOOP_S * _CONTROL_RATE) / _CONTROL_RATE
    power = np.ones_like(now)
    for (time, height, side), bright in zip(waves, brightness, strict=True):
        adds_db = layer.break_db * height * bright + 1.5 * side * sign * height
        since = (now - time - layer.late_s + layer.rise_s + 0.1 * side * sign) % _LOOP_S / layer.rise_s
        power += (10 ** (adds_db / 10) - 1) * (since * np.exp(1 - since)) ** layer.keen
    return 10 * np.log10(power)


def _drops(rng: np.random.Generator, level: float) -> Array:
    """Single drops: short rising pings that begin softly, each at its own place and pitch."""
    drops = np.zeros((_FRAMES, 2))
    seconds = np.arange(RATE // 40) / RATE
    soft = 0.5 - 0.5 * np.cos(np.pi * np.minimum(seconds / 0.002, 1))
    for start in rng.integers(0, _FRAMES - len(seconds), _DROPS_A_SECOND * MATERIAL_S):
        hz, decay_s, angle = 700 * 5 ** rng.random(), rng.uniform(0.003, 0.009), rng.uniform(0.3, 0.7) * np.pi / 2
        ping = soft * np.exp(-seconds / decay_s) * np.sin(2 * np.pi * hz * seconds * (1 + 6 * seconds))
        loud = level * min(rng.lognormal(0.0, 0.5), 2.5)
        drops[start : start + len(ping)] += loud * ping[:, None] * (np.cos(angle), np.sin(angle))
    return drops
