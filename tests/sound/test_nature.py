from __future__ import annotations

import numpy as np
import pytest

from player.sound.nature import JOIN_S, MATERIAL_S, RECIPES, pink_noise
from tests.fakes_sound import RATE, made


def octaves_db(name: str) -> dict[float, float]:
    """Power in the octaves from 62.5 Hz up, relative to all."""
    spectrum = np.square(np.abs(np.fft.rfft(made(name)[: 60 * RATE, 0])))
    hz = np.fft.rfftfreq(60 * RATE, 1 / RATE)
    edges = [15.625 * 2**step for step in range(11)]
    return {edge: 10 * np.log10(spectrum[(hz >= edge) & (hz < 2 * edge)].sum() / spectrum.sum()) for edge in edges}


def levels_db(sound: np.ndarray, window_s: float) -> np.ndarray:
    frames = round(window_s * RATE)
    whole = np.square(sound[: len(sound) // frames * frames]).mean(axis=1).reshape(-1, frames)
    levels: np.ndarray = 10 * np.log10(whole.mean(axis=1))
    return levels


def swells(sound: np.ndarray) -> np.ndarray:
    """Level of the band that breaks, four times a second, smoothed over two seconds, in dB."""
    spectrum = np.fft.rfft(sound.mean(axis=1))
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum[(hz < 600) | (hz > 3000)] = 0
    power = np.square(np.fft.irfft(spectrum, len(sound))).reshape(-1, RATE // 4).mean(axis=1)
    return 10 * np.log10(np.convolve(power, np.hanning(10)[1:-1] / np.hanning(10).sum(), "same"))


@pytest.mark.parametrize("name", RECIPES)
def test_there_is_enough_of_it_for_a_loop_of_a_minute(name: str) -> None:
    assert made(name).shape == (MATERIAL_S * RATE, 2)
    assert MATERIAL_S - JOIN_S >= 60


def test_another_seed_is_another_sound() -> None:
    first, other = (pink_noise(np.random.Generator(np.random.PCG64(seed)))[:RATE, 0] for seed in (7, 8))
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.1


@pytest.mark.parametrize("name", RECIPES)
def test_it_is_gentle(name: str) -> None:
    octaves = octaves_db(name)
    assert octaves[15.625] < -15
    assert octaves[8000] < -14
    assert octaves[16_000] < -30


@pytest.mark.parametrize("name", RECIPES)
def test_one_loudspeaker_plays_it_as_well(name: str) -> None:
    left, right = made(name).T
    assert 0.2 < np.corrcoef(left, right)[0, 1] < 0.9
    assert 10 * np.log10(np.mean(((left + right) / 2) ** 2) / np.mean(made(name) ** 2)) > -2.5
    assert abs(10 * np.log10(np.mean(left**2) / np.mean(right**2))) < 0.5


@pytest.mark.parametrize("name", RECIPES)
def test_nothing_stands_out(name: str) -> None:
    sound = made(name)
    local = np.sqrt(np.square(sound).reshape(-1, RATE // 2, 2).mean(axis=1)).repeat(RATE // 2, axis=0)
    assert np.abs(sound / local).max() < 7  # pure noise reaches 5.5 in so many samples


@pytest.mark.parametrize("name", ["rain", "brown-noise", "pink-noise"])
def test_what_is_steady_is_steady(name: str) -> None:
    assert np.ptp(levels_db(made(name), 3)) < 1.5


@pytest.mark.parametrize(("name", "slope_db"), [("brown-noise", -3.0), ("pink-noise", 0.0)])
def test_noise_has_its_colour(name: str, slope_db: float) -> None:
    octaves = [octaves_db(name)[edge] for edge in (250, 500, 1000, 2000)]
    assert np.diff(octaves) == pytest.approx(slope_db, abs=0.7)


def test_the_sea_breathes_but_not_too_deep() -> None:
    depth = np.ptp(np.percentile(levels_db(made("ocean"), 3), [10, 95]))
    assert 2.5 < depth < 6


def test_waves_come_every_seven_to_twelve_seconds() -> None:
    level = swells(made("ocean"))
    crests = [at for at in range(12, len(level) - 12) if level[at] == level[at - 12 : at + 13].max()]
    gaps_s = np.diff(crests) / 4
    assert len(crests) >= 7
    assert 6 < np.median(gaps_s) < 13
    assert gaps_s.std() > 0.5


def test_no_two_waves_are_alike() -> None:
    level = swells(made("ocean"))
    pieces = np.stack([level[at : at + 40] - level[at : at + 40].mean() for at in range(0, len(level) - 40, 40)])
    apart = [np.sqrt(np.mean((one - other) ** 2)) for at, one in enumerate(pieces) for other in pieces[:at]]
    assert min(apart) > 0.5


@pytest.mark.parametrize("name", RECIPES)
def test_no_event_comes_back_within_a_minute(name: str) -> None:
    """Correlation of the sound with itself, later: noise that never repeats has none."""
    sound = made(name)[:, 0]
    size = 2 ** (2 * len(sound) - 1).bit_length()
    spectrum = np.fft.rfft(sound, size)
    same = np.fft.irfft(np.square(np.abs(spectrum)), size)[: 60 * RATE]
    assert np.abs(same[RATE:]).max() / same[0] < 0.02


def test_the_swell_comes_round_with_the_loop() -> None:
    sea = made("ocean")
    loop = (MATERIAL_S - JOIN_S) * RATE
    assert levels_db(sea[loop:], 1) == pytest.approx(levels_db(sea[: JOIN_S * RATE], 1), abs=1.5)
