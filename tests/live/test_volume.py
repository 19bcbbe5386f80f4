from __future__ import annotations

import math

import numpy as np
import pytest

from player.live.source import FULL_DB, SILENT_DB, at_volume, clamped, louder, softer


def test_full_is_the_highest_and_changes_no_bit() -> None:
    sound = np.random.default_rng(1).integers(-32768, 32768, 1000, dtype=np.int16).tobytes()
    assert louder(FULL_DB) == FULL_DB
    assert at_volume(sound, FULL_DB) is sound


def test_it_goes_down_in_steps_to_silence_and_up_again_the_same_way() -> None:
    down = [FULL_DB]
    while down[-1] != SILENT_DB:
        down.append(softer(down[-1]))
    assert down[1:4] == [-2, -4, -6]
    assert down[-2:] == [-50, SILENT_DB]
    assert softer(SILENT_DB) == SILENT_DB
    up = [SILENT_DB]
    while up[-1] != FULL_DB:
        up.append(louder(up[-1]))
    assert up == down[::-1]


@pytest.mark.parametrize(
    ("wanted", "db"), [(3, 0), (-7.3, -7.3), (-51, SILENT_DB), (-math.inf, SILENT_DB), (math.nan, SILENT_DB)]
)
def test_a_volume_that_there_is_not_becomes_the_nearest(wanted: float, db: float) -> None:
    assert clamped(wanted) == db


def test_samples_are_scaled_and_rounded() -> None:
    sound = np.array([20_000, -20_000, 1, 0], np.int16).tobytes()
    assert np.frombuffer(at_volume(sound, -6.0206), np.int16).tolist() == [10_000, -10_000, 0, 0]
    assert not any(at_volume(sound, SILENT_DB))
