"""The rate tables rise, and a speed is found in them."""

from __future__ import annotations

import pytest

from player.voice.drivers.rates import ESPEAK, HIBARI, PIPER, Measured, speed_for

SPEEDS = ((0.5, 100.0), (0.6, 120.0), (0.8, 160.0), (1.0, 200.0))


@pytest.mark.parametrize(
    ("rate", "speed"),
    [(1, 0.5), (100, 0.5), (100.4, 0.5), (100.6, 0.6), (120, 0.6), (121, 0.8), (200, 1.0), (900, 1.0)],
)
def test_a_speed_is_the_slowest_that_is_no_slower_than_asked(rate: float, speed: float) -> None:
    assert speed_for(rate, SPEEDS) == speed


@pytest.mark.parametrize("table", [ESPEAK, HIBARI, PIPER], ids=["espeak", "hibari", "piper"])
def test_a_table_rises(table: Measured) -> None:
    for column in zip(*table, strict=True):
        assert list(column) == sorted(set(column))
