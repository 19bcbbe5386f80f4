from __future__ import annotations

import math
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pyloudnorm
import pytest

from player.sound.loudness import Meter, integrated_lufs, loudest_lufs, lufs_of_steps, step_powers, true_peak_dbtp
from player.sound.resample import resample
from tests.fakes_sound import RATE, both, judged, noise, sine, written

if TYPE_CHECKING:
    from pathlib import Path

STANDARD_TONE = 10 ** (-23 / 20)


def uneven(seconds: int = 33) -> np.ndarray:
    """Noise whose level jumps every second, so that both gates have something to do."""
    levels = 10 ** (np.random.default_rng(2).uniform(-60, -14, seconds + 1) / 20)
    sound = noise(seconds + 0.51, level=1)
    return (sound * np.repeat(levels, RATE)[: len(sound), None]).astype(np.float32)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_the_standards_tone_reads_what_the_standard_says(rate: int) -> None:
    assert integrated_lufs(both(sine(997, 20, rate, STANDARD_TONE)), rate) == pytest.approx(-23.0, abs=0.02)


def test_one_channel_reads_three_units_less_than_two() -> None:
    tone = sine(997, 5, peak=STANDARD_TONE)
    assert integrated_lufs(tone[:, None], RATE) == pytest.approx(-26.01, abs=0.02)


@pytest.mark.tools
def test_an_independent_meter_agrees(tmp_path: Path) -> None:
    sound = uneven()
    verdict = judged(written(tmp_path / "uneven.wav", sound))
    assert integrated_lufs(sound, RATE) == pytest.approx(verdict.lufs, abs=0.1)
    assert true_peak_dbtp(sound, RATE) == pytest.approx(verdict.dbtp, abs=0.4)


@pytest.mark.parametrize("seconds", [1.0, 1.23, 33.51])
def test_it_reads_what_pyloudnorm_reads(seconds: float) -> None:
    sound = uneven()[: round(seconds * RATE)]
    other = pyloudnorm.Meter(RATE, filter_class="DeMan").integrated_loudness(sound.astype(np.float64))
    assert integrated_lufs(sound, RATE) == pytest.approx(other, abs=1e-9)


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100])
def test_at_another_rate_it_reads_what_the_sound_has_at_48_khz(rate: int) -> None:
    sound = resample(resample(uneven(), RATE, 8000), 8000, RATE)  # nothing where resampling cuts off
    assert integrated_lufs(resample(sound, RATE, rate), rate) == pytest.approx(integrated_lufs(sound, RATE), abs=0.005)


@pytest.mark.parametrize("length", [64, 4800, 48_001, 480_000])
def test_a_meter_hears_the_same_in_blocks_of_any_length(length: int) -> None:
    sound, meter = uneven(), Meter(RATE)
    for at in range(0, len(sound), length):
        meter.add(sound[at : at + length])
    assert meter.lufs() == pytest.approx(integrated_lufs(sound, RATE), abs=1e-9)


def test_a_meter_may_be_read_while_it_listens() -> None:
    sound, meter = uneven(), Meter(RATE)
    meter.add(sound[: 5 * RATE])
    early = meter.lufs()
    meter.add(sound[5 * RATE :])
    assert early != meter.lufs() == pytest.approx(integrated_lufs(sound, RATE), abs=0.01)


@pytest.mark.parametrize("seconds", [0.01, 0.1, 0.39, 0.41, 0.9])
def test_short_sounds_read_as_if_they_went_on(seconds: float) -> None:
    long, short = noise(10), noise(10)[: round(seconds * RATE)]
    expected = integrated_lufs(long, RATE)
    assert expected is not None
    assert integrated_lufs(short, RATE) == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize("frames", [0, 100, 48_000])
def test_silence_has_no_loudness(frames: int) -> None:
    assert integrated_lufs(np.zeros((frames, 2)), RATE) is None


def test_pauses_are_not_measured() -> None:
    speech, pause = noise(5), np.zeros((20 * RATE, 2), np.float32)
    expected = integrated_lufs(speech, RATE)
    assert expected is not None
    # The windows in which it ends are half silent and still over the gate.
    assert integrated_lufs(np.concatenate((speech, pause)), RATE) == pytest.approx(expected, abs=0.25)


@pytest.mark.tools
def test_the_loudest_moment_is_the_momentary_maximum(tmp_path: Path) -> None:
    dying = both(sine(300, 4) * np.exp(-np.arange(4 * RATE) / RATE).astype(np.float32))
    verdict = judged(written(tmp_path / "dying.wav", dying))
    assert loudest_lufs(dying, RATE) == pytest.approx(verdict.momentary, abs=0.3)


def test_the_loudest_moment_agrees_with_the_meter_on_a_steady_tone() -> None:
    tone = both(sine(200, 3))
    assert loudest_lufs(tone, RATE) == pytest.approx(integrated_lufs(tone, RATE), abs=0.1)


def test_the_loudest_moment_may_be_taken_from_every_fourth_sample() -> None:
    tone = both(sine(1200, 3))
    assert loudest_lufs(tone[::4], RATE // 4) == pytest.approx(loudest_lufs(tone, RATE), abs=0.01)


@pytest.mark.parametrize("seed", range(6))
def test_sounds_that_were_measured_one_by_one_read_as_loud_as_in_a_row(seed: int) -> None:
    random = np.random.default_rng(seed)
    parts = [noise(seconds, level=10 ** random.uniform(-1.2, -0.6))[:, 0] for seconds in random.uniform(0.5, 6, 30)]
    together = integrated_lufs(np.concatenate(parts)[:, None], RATE)
    assert lufs_of_steps(np.concatenate([step_powers(part, RATE) for part in parts])) == pytest.approx(
        together, abs=0.04
    )


def test_steps_of_silence_have_no_loudness() -> None:
    assert lufs_of_steps(step_powers(np.zeros(5000), RATE)) is None


@pytest.mark.parametrize("frames", [0, 5000])
def test_silence_has_no_loudest_moment(frames: int) -> None:
    assert loudest_lufs(np.zeros((frames, 2)), RATE) == -math.inf


def test_a_peak_between_the_samples_is_found() -> None:
    frames = np.arange(RATE)
    quarter = np.sin(np.pi / 2 * frames + np.pi / 4).astype(np.float32)  # every sample at -3.01 dB, the sine at 0
    assert true_peak_dbtp(quarter[2000:-2000], RATE) == pytest.approx(0.0, abs=0.2)


def test_silence_has_no_peak() -> None:
    assert true_peak_dbtp(np.zeros((10, 2)), RATE) == -math.inf


def test_importing_it_brings_nothing_slow() -> None:
    code = "import sys, player.sound.loudness; print({'scipy', 'pyloudnorm', 'soundfile'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
