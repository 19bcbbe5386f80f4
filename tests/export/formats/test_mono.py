from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player.export.formats.table import one_channel_of
from player.export.options import BUILT_IN
from player.sound.loudness import integrated_lufs
from tests.fakes_output import chirp, exported

if TYPE_CHECKING:
    from pathlib import Path


def test_the_same_on_both_sides_stays_as_it_is() -> None:
    side = chirp(1000)[:, 0]
    assert one_channel_of(np.repeat(side[:, None], 2, axis=1).tobytes()) == side.tobytes()


def test_the_extremes_do_not_overflow() -> None:
    sides = np.array([[32767, 32767], [-32768, -32768], [32767, -32768], [1, 2]], np.int16)
    assert np.frombuffer(one_channel_of(sides.tobytes()), np.int16).tolist() == [32767, -32768, 0, 2]


@pytest.mark.parametrize("form", BUILT_IN)
def test_every_frame_arrives_in_one_channel(tmp_path: Path, form: str) -> None:
    sound = chirp(100_000)
    read, rate = soundfile.read(exported(tmp_path / f"calm.{form}", sound, one_channel=True))
    assert (rate, read.shape) == (48_000, (100_000,))
    middle = sound.mean(axis=1)[10_000:90_000] / 32768
    assert np.corrcoef(read[10_000:90_000], middle)[0, 1] > 0.99


def test_minus_19_in_mono_is_minus_16_in_stereo(tmp_path: Path) -> None:
    side = chirp(5 * 48_000)[:, :1]
    both = np.repeat(side, 2, axis=1)
    read, rate = soundfile.read(exported(tmp_path / "calm.wav", both, one_channel=True), always_2d=True)
    of_one, of_both = integrated_lufs(read, rate), integrated_lufs(both / 32768, rate)
    assert of_one is not None
    assert of_both == pytest.approx(of_one + 3.01, abs=0.01)
