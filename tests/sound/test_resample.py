from __future__ import annotations

import numpy as np
import pytest

from player.sound.resample import resample, resampled
from tests.fakes_sound import BLOCKS, both, noise, sine

RATES = (11_025, 16_000, 22_050, 24_000, 44_100, 96_000)


@pytest.mark.parametrize("rate", RATES)
def test_a_click_stays_at_its_moment(rate: int) -> None:
    click = np.zeros(rate, np.float32)
    click[rate // 2] = 1
    moment = np.argmax(resample(click, rate)) / 48_000
    assert abs(moment - (rate // 2) / rate) <= 1 / 48_000


@pytest.mark.parametrize("rate", RATES)
def test_a_sine_keeps_its_phase_and_level(rate: int) -> None:
    here, there = sine(440, 1, 48_000, 0.5), resample(sine(440, 1, rate, 0.5), rate)
    assert abs(len(there) - len(here)) <= 1
    assert np.abs(here[2400:-2400] - there[2400 : len(here) - 2400]).max() < 1e-4


def test_what_a_rate_cannot_hold_does_not_fold_back() -> None:
    assert np.abs(resample(sine(30_000, 0.5, 96_000, 0.5), 96_000)[2400:-2400]).max() < 1e-5


@pytest.mark.parametrize("length", BLOCKS)
def test_blocks_of_any_length_give_the_same_samples(length: int) -> None:
    sound = noise(0.4, rate=22_050)
    pieces = (sound[at : at + length] for at in range(0, len(sound), length))
    assert np.array_equal(np.concatenate(list(resampled(pieces, 22_050))), resample(sound, 22_050))


def test_the_same_rate_touches_nothing() -> None:
    sound = both(sine(100, 0.1))
    assert next(resampled([sound], 48_000)) is sound


def test_nothing_stays_nothing() -> None:
    assert len(resample(np.empty(0, np.float32), 22_050)) == 0
    assert list(resampled([], 22_050)) == []
