from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.sound.limiter import limit
from player.sound.loudness import true_peak_dbtp
from tests.fakes_sound import RATE, noise, sine


def test_what_is_under_the_ceiling_is_not_touched() -> None:
    tone = sine(300, 0.5, peak=0.8)
    assert limit(tone, -1.5) is tone


@given(seed=st.integers(0, 1000), level=st.floats(0.05, 3.0), ceiling=st.floats(-12.0, -0.5))
@settings(max_examples=25, deadline=None)
def test_no_true_peak_is_left_over_the_ceiling(seed: int, level: float, ceiling: float) -> None:
    bursts = np.repeat(np.random.default_rng(seed).uniform(0, 1, 12), RATE // 20)
    sound = noise(0.6, 1, level=level, seed=seed)[:, 0] * bursts.astype(np.float32)
    assert true_peak_dbtp(limit(sound, ceiling), RATE) <= max(ceiling, -60) + 0.02


def test_a_peak_is_lowered_where_it_is_and_nowhere_else() -> None:
    sound = sine(200, 1, peak=0.3)
    sound[24_000:24_100] *= 4
    limited = limit(sound, -6.0)
    assert np.array_equal(limited[:23_000], sound[:23_000])
    assert np.array_equal(limited[25_100:], sound[25_100:])
    assert np.abs(limited).max() < 10 ** (-6 / 20)


def test_the_gain_moves_without_a_step() -> None:
    sound = np.full(RATE, 0.1, np.float32)
    sound[20_000:20_010] = 1.5
    outside = np.r_[0:19_990, 20_020:RATE]
    gain = limit(sound, -3.0) / sound
    assert np.abs(np.diff(gain[outside])).max() < 0.01
    assert gain.min() < 0.5


@pytest.mark.parametrize("frames", [0, 1, 2, 100])
def test_any_length_will_do(frames: int) -> None:
    assert len(limit(np.full(frames, 2.0, np.float32), -1.5)) == frames
    assert np.abs(limit(np.full(frames, 2.0, np.float32), -1.5)).max(initial=0) <= 10 ** (-1.5 / 20)
