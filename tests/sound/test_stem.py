"""The voice stem: one gain for a session, measured once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from player.sound import stem
from player.store import Store

if TYPE_CHECKING:
    from player.voice.clips import Clip

RATE = 22_050


@dataclass(frozen=True)
class Hum:
    """A clip that hums at a level; 0 dB is full scale, ``reads`` counts how often it was read."""

    level_db: float
    seconds: float = 3.0
    rate: int = RATE
    reads: list[int] = field(default_factory=list, compare=False)

    @property
    def entry(self) -> SimpleNamespace:
        return SimpleNamespace(path=Path(f"{self.level_db}-{self.seconds}"))

    def samples(self) -> np.ndarray:
        self.reads.append(1)
        wave = np.sin(2 * np.pi * 997 * np.arange(int(self.seconds * RATE)) / RATE)
        return np.asarray(wave * 32767 * 10 ** (self.level_db / 20), np.int16)


def gain_db(hums: list[Hum], store: Store) -> float:
    return stem.gain_db(cast("list[Clip]", hums), store)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_a_tone_of_known_loudness_is_brought_to_the_target(store: Store) -> None:
    # BS.1770: 997 Hz at 0 dBFS in one channel reads -3.01 LUFS; in both of them 0.00.
    assert gain_db([Hum(-20.0)], store) == pytest.approx(-18.0 + 20.0, abs=0.1)


def test_clips_count_as_long_as_they_are_heard(store: Store) -> None:
    often, once = gain_db([Hum(-10.0)] + [Hum(-13.0)] * 9, store), gain_db([Hum(-10.0), Hum(-13.0)], store)
    assert once < often < gain_db([Hum(-13.0)], store)


def test_a_long_stem_is_measured_in_stretches_like_a_short_one(store: Store) -> None:
    assert gain_db([Hum(-20.0)] * 50, store) == pytest.approx(gain_db([Hum(-20.0)], store), abs=0.05)


def test_the_measurement_is_stored(store: Store) -> None:
    first, second = Hum(-20.0), Hum(-20.0)
    assert gain_db([first], store) == gain_db([second], store)
    assert (len(first.reads), len(second.reads)) == (1, 0)


def test_no_speech_needs_no_gain(store: Store) -> None:
    assert gain_db([], store) == 0.0


def test_silence_and_the_shortest_word_do_no_harm(store: Store) -> None:
    assert gain_db([Hum(-200.0)], store) == pytest.approx(0.0)
    assert abs(gain_db([Hum(-18.0, seconds=0.2)], store)) < 6
