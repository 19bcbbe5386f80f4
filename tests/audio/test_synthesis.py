from __future__ import annotations

import numpy as np
import pytest

from audio.synthesis import RECIPES
from audio.synthesis.air import pink_noise
from audio.synthesis.material import JOIN_S, Material
from audio.synthesis.singing import _strikes
from tests.fakes_sound import RATE, made

SINGING = ("drone", "bowls", "second/drone", "second/bowls")


def octaves_db(name: str) -> dict[float, float]:
    """Power in the octaves from 62.5 Hz up, relative to all."""
    spectrum = np.square(np.abs(np.fft.rfft(made(name)[: 60 * RATE, 0])))
    hz = np.fft.rfftfreq(60 * RATE, 1 / RATE)
    edges = [15.625 * 2**step for step in range(11)]
    return {edge: 10 * np.log10(spectrum[(hz >= edge) & (hz < 2 * edge)].sum() / spectrum.sum()) for edge in edges}


def together(name: str) -> np.ndarray:
    """A minute of both loops of a bed."""
    both: np.ndarray = (made(name)[: 60 * RATE] + made(f"second/{name}")[: 60 * RATE]) / 2**0.5
    return both


def levels_db(sound: np.ndarray, window_s: float) -> np.ndarray:
    frames = round(window_s * RATE)
    whole = np.square(sound[: len(sound) // frames * frames]).mean(axis=1).reshape(-1, frames)
    levels: np.ndarray = 10 * np.log10(whole.mean(axis=1))
    return levels


def swells(sound: np.ndarray, band: tuple[float, float] = (600, 3000)) -> np.ndarray:
    """Level of the band that breaks, four times a second, smoothed over two seconds, in dB."""
    spectrum = np.fft.rfft(sound.mean(axis=1))
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum[(hz < band[0]) | (hz > band[1])] = 0
    power = np.square(np.fft.irfft(spectrum, len(sound))).reshape(-1, RATE // 4).mean(axis=1)
    return 10 * np.log10(np.convolve(power, np.hanning(10)[1:-1] / np.hanning(10).sum(), "same"))


def envelope_db(sound: np.ndarray) -> np.ndarray:
    """Level of the middle, fifty times a second, each smoothed over a tenth; of a loop, so that it comes round."""
    loop = len(sound) // 960 * 960
    power, window = np.square(sound[:loop].mean(axis=1)), np.hanning(4801)[:-1]
    smooth = np.fft.irfft(np.fft.rfft(power) * np.fft.rfft(window / window.sum(), loop), loop)
    level: np.ndarray = 10 * np.log10(np.maximum(smooth[::960], 1e-12))
    return level


@pytest.mark.parametrize("name", RECIPES)
def test_there_is_enough_of_it_for_a_loop_of_a_minute(name: str) -> None:
    assert RECIPES[name].seconds - JOIN_S >= 60


def test_it_is_as_long_as_it_was_asked_for(bed_name: str) -> None:
    assert made(bed_name).shape == (RECIPES[bed_name].seconds * RATE, 2)


def test_another_seed_is_another_sound() -> None:
    first, other = (pink_noise(Material(np.random.Generator(np.random.PCG64(seed)), 8))[:RATE, 0] for seed in (7, 8))
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.1


def test_it_is_gentle(bed_name: str) -> None:
    octaves = octaves_db(bed_name)
    assert octaves[15.625] < -15
    assert octaves[8000] < -14
    assert octaves[16_000] < -30


def test_one_loudspeaker_plays_it_as_well(bed_name: str) -> None:
    left, right = made(bed_name).T
    assert 0.2 < np.corrcoef(left, right)[0, 1] < 0.9
    assert 10 * np.log10(np.mean(((left + right) / 2) ** 2) / np.mean(made(bed_name) ** 2)) > -2.5
    assert abs(10 * np.log10(np.mean(left**2) / np.mean(right**2))) < 0.5


def test_nothing_stands_out(bed_name: str) -> None:
    sound = made(bed_name)
    local = np.sqrt(np.square(sound).reshape(-1, RATE // 2, 2).mean(axis=1)).repeat(RATE // 2, axis=0)
    assert np.abs(sound / local).max() < 7  # pure noise reaches 5.5 in so many samples


def test_nothing_begins_suddenly(bed_name: str) -> None:
    """What rises to where it can be heard takes its time; a click, a knock or a hand clap goes up by 20 dB at once."""
    sound = made(bed_name)
    level = levels_db(sound, 0.05) - 10 * np.log10(np.square(sound).mean())
    rises = np.diff(level)[level[1:] > -6]
    assert rises.max(initial=0.0) < 8


@pytest.mark.parametrize("name", ["rain", "brown-noise", "pink-noise"])
def test_what_is_steady_is_steady(name: str) -> None:
    assert np.ptp(levels_db(made(name), 3)) < 1.5


@pytest.mark.parametrize(("name", "slope_db"), [("brown-noise", -3.0), ("pink-noise", 0.0)])
def test_noise_has_its_colour(name: str, slope_db: float) -> None:
    octaves = [octaves_db(name)[edge] for edge in (250, 500, 1000, 2000)]
    assert np.diff(octaves) == pytest.approx(slope_db, abs=0.7)


def test_the_sea_breathes_but_not_too_deep() -> None:
    depth = np.ptp(np.percentile(levels_db(together("ocean"), 3), [10, 95]))
    assert 2.5 < depth < 6
    treble = swells(together("ocean"), (2000, 20_000))[4:-4]
    assert 8 < np.ptp(np.percentile(treble, [5, 95])) < 14  # as surf that one stands at


def test_waves_come_some_eight_seconds_apart() -> None:
    level = swells(together("ocean"))
    crests = [at for at in range(12, len(level) - 12) if level[at] == level[at - 12 : at + 13].max()]
    gaps_s = np.diff(crests) / 4
    assert len(crests) >= 4
    assert 5 < np.median(gaps_s) < 13
    assert gaps_s.std() > 0.5


def test_no_two_waves_are_alike() -> None:
    level = swells(made("ocean"))
    pieces = np.stack([level[at : at + 40] - level[at : at + 40].mean() for at in range(0, len(level) - 40, 40)])
    apart = [np.sqrt(np.mean((one - other) ** 2)) for at, one in enumerate(pieces) for other in pieces[:at]]
    assert min(apart) > 0.5


@pytest.mark.parametrize("bed_name", [name for name in RECIPES if name not in SINGING], indirect=True)
def test_no_event_comes_back_within_a_minute(bed_name: str) -> None:
    """Correlation of the sound with itself, later: noise that never repeats has none; a tone always has."""
    sound = made(bed_name)[:, 0]
    size = 2 ** (2 * len(sound) - 1).bit_length()
    spectrum = np.fft.rfft(sound, size)
    same = np.fft.irfft(np.square(np.abs(spectrum)), size)[: 60 * RATE]
    assert np.abs(same[RATE:]).max() / same[0] < 0.02


def test_no_rhythm_comes_back_within_a_minute(bed_name: str) -> None:
    """The same of its envelope, without what moves in seconds: crickets in step, drops or strikes would show here."""
    sound = made(bed_name)[: -JOIN_S * RATE]
    level = envelope_db(sound)
    slow = np.convolve(np.pad(level, 50, mode="wrap"), np.ones(101) / 101, "valid")
    same = np.fft.irfft(np.square(np.abs(np.fft.rfft(level - slow))))
    most = 0.5 if "bowls" in bed_name else 0.3  # each bowl falls as slowly as the others, and there is nothing else
    assert same[50 : min(60 * 50, len(same) // 2)].max() / same[0] < most


def test_what_moves_comes_round_with_the_loop(bed_name: str) -> None:
    sound = made(bed_name)
    loop = len(sound) - JOIN_S * RATE
    assert levels_db(sound[loop:], 2) == pytest.approx(levels_db(sound[: JOIN_S * RATE], 2), abs=1.5)


# --- the night, the drone and the bowls


def strikes(name: str) -> list[tuple[float, float]]:
    recipe = RECIPES[name]
    material = Material(np.random.Generator(np.random.PCG64(recipe.seed)), recipe.seconds)
    return list(_strikes(material, recipe.make.keywords["bowls_hz"]))  # type: ignore[attr-defined]


def test_no_bowl_is_struck_twice_within_a_minute() -> None:
    first, second = strikes("bowls"), strikes("second/bowls")
    assert not {hz for _, hz in first} & {hz for _, hz in second}
    for name, struck in (("bowls", first), ("second/bowls", second)):
        loop_s = RECIPES[name].seconds - JOIN_S
        assert len({hz for _, hz in struck}) == len(struck)
        assert loop_s > 60
        gaps = np.diff([at for at, _ in struck] + [struck[0][0] + loop_s])
        assert gaps.min() > 16
        assert gaps.max() < 25


def test_bowls_are_wide_apart_and_ring_on() -> None:
    level = levels_db(together("bowls"), 1.0)
    assert np.ptp(np.percentile(level, [5, 95])) < 19  # where both loops strike at once, it rings for twenty seconds
    assert level.min() > level.max() - 25


def test_the_drone_moves_slowly_and_does_not_beat() -> None:
    level = envelope_db(together("drone"))
    spectrum = np.abs(np.fft.rfft(level - level.mean())) ** 2
    hz = np.fft.rfftfreq(len(level), 1 / 50)
    assert spectrum[(hz > 0.5) & (hz < 20)].sum() < 0.05 * spectrum.sum()
    assert np.ptp(levels_db(together("drone"), 3)) > 1


def test_crickets_are_heard_but_stay_behind_the_air() -> None:
    octaves = octaves_db("night")
    assert -20 < octaves[2000] < -8
    assert octaves[2000] + octaves[4000] < -20
