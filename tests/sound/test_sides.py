from __future__ import annotations

import numpy as np
import pytest

from player.sound.sides import Balance, SidesMeter
from tests.fakes_sound import RATE, level_db, noise


def metered(sound: np.ndarray) -> SidesMeter:
    meter = SidesMeter()
    for at in range(0, len(sound), 7001):
        meter.add(sound[at : at + 7001])
    return meter


@pytest.mark.parametrize(
    ("right", "loss_db", "cancels"), [(1.0, 0.0, False), (0.0, 3.0, False), (-0.9, 25.6, True), (-1.0, 120.0, True)]
)
def test_what_one_loudspeaker_loses(right: float, loss_db: float, cancels: bool) -> None:
    left = noise(1, 1)
    balance = metered(np.hstack((left, left * np.float32(right)))).balance
    assert balance.mono_loss_db == pytest.approx(loss_db, abs=0.1)
    assert balance.cancels is cancels


def test_two_unrelated_sides_are_no_fault() -> None:
    balance = metered(noise(2)).balance
    assert balance.mono_loss_db == pytest.approx(3, abs=0.2)
    assert not balance.cancels


def test_the_louder_side_alone_is_as_loud_as_both() -> None:
    sound = noise(1) * np.array([0.5, 1.5], np.float32)
    balance = metered(sound).balance
    assert balance.side == 1
    assert level_db(sound[:, 1] * balance.side_gain) == pytest.approx(level_db(sound), abs=0.01)


def test_offsets_are_found_and_taken_off_the_peak() -> None:
    sound = np.clip(noise(1), -0.3, 0.3)
    offset = np.array([0.25, -0.5], np.float32)
    meter = metered(sound + offset)
    assert meter.offsets == pytest.approx(offset, abs=0.002)
    assert meter.peak == pytest.approx(0.3, abs=0.003)
    assert meter.balance.mono_loss_db == pytest.approx(metered(sound).balance.mono_loss_db, abs=0.01)


def test_silence_has_nothing_to_lose() -> None:
    assert metered(np.zeros((RATE, 2), np.float32)).balance == Balance()
    assert SidesMeter().peak == 0
