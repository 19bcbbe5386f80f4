"""Water: the sea, rain on leaves, a small stream.

The rule: what is large is shaped noise, moved as the water moves; what is small, a drop or a bubble, is a tone of a few
milliseconds, so many of them that none is heard by itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from audio.synthesis.material import balanced, hump, lay, placed
from player.units import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audio.synthesis.material import Material

    Array: TypeAlias = NDArray[np.float64]


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
    _Layer(420, -3.5, 9.0, -0.2, 3.4, 2.8, 0.0),
    _Layer(1000, -8.0, 12.0, 0.0, 2.8, 2.2, 0.8),
    _Layer(2400, -15.5, 16.0, 0.5, 2.4, 1.8, 1.6),
    _Layer(5200, -22.5, 17.0, 0.9, 2.2, 1.6, 2.2),
)
_SWELL_S: Final = (13.0, 20.0)
"""From one large wave to the next. Two loops of the sea sound together, so that one hears twice as many."""
_DROPS_A_SECOND: Final = 20

# Bubbles after van den Doel, Physically based models for liquid sounds (2005): one of radius r (in m) rings at 3 / r
# Hz, dies with 0.13 / r + 0.0072 / r ** 1.5 a second, and rises in pitch by a tenth of that as it nears the surface.
_EDDIES: Final = ((0.5, 420, 14), (0.15, 640, 16), (0.85, 760, 18), (0.35, 1100, 24), (0.7, 1500, 26), (0.5, 2100, 30))
"""Places where the stream falls over a stone: between left and right, its middle pitch in Hz, bubbles a second."""


def ocean(material: Material) -> Array:
    """Slow swells that break, wash and draw back, 13 to 20 s apart, over a distant surf."""
    waves = _waves(material)
    sea = np.zeros((material.frames, 2))
    for place, layer in enumerate(_SEA):
        sound = material.stereo(partial(_sea_band, place), 0.75)
        brightness = material.rng.uniform(0.85, 1.1, len(waves))
        for side, sign in enumerate((-1, 1)):
            swell = layer.calm_db + _swell(material, layer, waves, brightness, sign)
            moved = swell + material.wander(layer.grain_db, 12.0) + material.wander(0.5, 0.2)
            sound[:, side] *= material.over_time(moved)
        sea += sound
    return balanced(sea)


def rain(material: Material) -> Array:
    """Fine steady rain on leaves, with soft drops nearby."""
    fine = material.stereo(_fine_rain, 0.8)
    for side in (0, 1):
        fine[:, side] *= material.over_time(material.wander(0.5, 0.5))
    return fine + _drops(material, 2.2 * fine.std())


def stream(material: Material) -> Array:
    """A small stream over stones: a soft rush, and the babble of its bubbles."""
    rush = material.stereo(lambda hz: hump(hz, 700, 1.3) + 0.25 * hump(hz, 2600, 0.8), 0.8)
    for side in (0, 1):
        rush[:, side] *= material.over_time(material.wander(0.8, 0.4))
    babble = np.zeros_like(rush)
    for place, hz, often in _EDDIES:
        eddy = _bubbles(material, place, hz, often)
        eddy *= material.over_time(_kept(material.wander(2.0, 0.5) + material.wander(1.5, 3.0), 4.0))[:, None]
        babble += eddy / eddy.std() * (500 / hz) ** 0.35
    return balanced(rush / rush.std() + 1.1 * babble / babble.std())


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


def _waves(material: Material) -> Array:
    """Time in s, height from 0 to 1 and side from -1 to 1 of the waves of one loop, small ones between the large."""
    rng, loop_s = material.rng, material.loop_s
    count = round(loop_s / (sum(_SWELL_S) / 2))
    gaps = np.zeros(count)
    while gaps.min() < _SWELL_S[0] or gaps.max() > _SWELL_S[1]:
        gaps = rng.uniform(*_SWELL_S, count)
        gaps *= loop_s / gaps.sum()
    times = np.concatenate((np.cumsum(gaps), rng.uniform(0, loop_s, count)))
    heights = np.concatenate((rng.uniform(0.75, 1.0, count), rng.uniform(0.15, 0.4, count)))
    return np.stack((times, heights, rng.uniform(-1, 1, 2 * count)), axis=1)


def _swell(material: Material, layer: _Layer, waves: Array, brightness: Array, sign: int) -> Array:
    """What the waves add to a layer in dB; a wave is nearer to one side by up to 1.5 dB, and there a little earlier."""
    now = material.moments
    power = np.ones_like(now)
    for (time, height, side), bright in zip(waves, brightness, strict=True):
        adds_db = layer.break_db * height * bright + 1.5 * side * sign * height
        since = (now - time - layer.late_s + layer.rise_s + 0.1 * side * sign) % material.loop_s / layer.rise_s
        power += (10 ** (adds_db / 10) - 1) * (since * np.exp(1 - since)) ** layer.keen
    return 10 * np.log10(power)


def _drops(material: Material, level: float) -> Array:
    """Single drops: short rising pings that begin softly, each at its own place and pitch."""
    drops = np.zeros((material.frames, 2))
    rng = material.rng
    seconds = np.arange(RATE // 40) / RATE
    soft = 0.5 - 0.5 * np.cos(np.pi * np.minimum(seconds / 0.002, 1))
    for start in rng.integers(0, material.frames - len(seconds), _DROPS_A_SECOND * material.seconds):
        hz, decay_s, angle = 700 * 5 ** rng.random(), rng.uniform(0.003, 0.009), rng.uniform(0.3, 0.7) * np.pi / 2
        ping = soft * np.exp(-seconds / decay_s) * np.sin(2 * np.pi * hz * seconds * (1 + 6 * seconds))
        loud = level * min(rng.lognormal(0.0, 0.5), 2.5)
        drops[start : start + len(ping)] += loud * ping[:, None] * (np.cos(angle), np.sin(angle))
    return drops


def _bubbles(material: Material, place: float, middle_hz: float, often: int) -> Array:
    """The bubbles of one eddy, an octave around its pitch, at their own places near it."""
    rng, babble = material.rng, np.zeros((material.frames, 2))
    for start in rng.integers(0, material.frames, often * material.seconds):
        hz = middle_hz * 2 ** rng.normal(0, 0.45)
        radius = 3 / hz
        decay = min(max(0.13 / radius + 0.0072 * radius**-1.5, 40.0), 300.0)
        seconds = np.arange(round(5 / decay * RATE)) / RATE
        soft = -np.expm1(-2.5 * decay * seconds)
        ring = soft * np.exp(-decay * seconds) * np.sin(2 * np.pi * hz * seconds * (1 + 0.1 * decay * seconds))
        lay(babble, start, placed(min(rng.lognormal(0.0, 0.5), 2.5) * ring, place + rng.uniform(-0.12, 0.12)))
    return babble


def _kept(levels_db: Array, within_db: float) -> Array:
    """Levels that stay within so many dB, turning back softly."""
    kept: Array = within_db * np.tanh(levels_db / within_db)
    return kept
