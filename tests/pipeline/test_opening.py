from __future__ import annotations

import numpy as np
import pytest

from player.pipeline.opening import warnings
from player.sound.bed import Bed, StoredLoop
from player.sound.sides import Balance
from player.units import RATE


def bed(seconds: float, mono_loss_db: float = 3.0) -> Bed:
    loop = StoredLoop(np.zeros((round(seconds * RATE), 2), np.int16), 1.0)
    return Bed((loop,), 0.5, Balance(mono_loss_db))


@pytest.mark.parametrize(
    ("found", "one_channel", "said"),
    [
        (bed(61), False, []),
        (bed(1.25), False, ["brook.mp3: it comes round every 1.2 s, which is heard; choose a longer background"]),
        (bed(61, 40.0), False, ["brook.mp3: its two sides cancel each other where one loudspeaker plays both"]),
        (bed(61, 40.0), True, []),  # one side is taken
        (bed(1.25, 40.0), False, ["brook.mp3: its two sides cancel", "brook.mp3: it comes round every 1.2 s"]),
    ],
)
def test_a_background_that_may_be_a_nuisance_is_warned_of(found: Bed, one_channel: bool, said: list[str]) -> None:
    told = warnings({"brook.mp3": found}, one_channel=one_channel)
    assert len(told) == len(said)
    assert all(each.startswith(start) for each, start in zip(told, said, strict=True))
