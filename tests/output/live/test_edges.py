from __future__ import annotations

import numpy as np

from player.output.live.edges import faded_out, lead_in


def test_the_lead_in_is_always_the_same() -> None:
    assert lead_in() == lead_in()
    assert len(lead_in()) == 24_000 * 4


def test_a_fade_starts_at_full_level_and_ends_in_silence_without_a_step() -> None:
    flat = np.full((14_400, 2), -30_000, np.int16)
    faded = np.frombuffer(faded_out(flat.tobytes()), np.int16).reshape(-1, 2).astype(int)
    assert faded.shape == flat.shape
    assert faded[0].tolist() == [-30_000, -30_000]
    assert faded[-1].tolist() == [0, 0]
    assert abs(faded[7200, 0] + 15_000) < 5
    assert np.abs(np.diff(faded[:, 0])).max() <= 4


def test_a_fade_of_nothing_is_nothing() -> None:
    assert faded_out(b"") == b""
