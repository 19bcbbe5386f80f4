from __future__ import annotations

import numpy as np
import pytest

from player.live.device.fades import crossfaded, faded_out
from player.live.device.noise import lead_in


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


def test_a_crossfade_of_the_same_changes_nothing() -> None:
    sound = noise(500)
    assert crossfaded(sound, sound, 300) == sound


def test_a_crossfade_begins_as_the_old_and_ends_as_the_new_without_a_jump() -> None:
    old, new = flat(500, 8000), flat(500, -4000)
    mixed = np.frombuffer(crossfaded(old, new, 400), np.int16).reshape(-1, 2)[:, 0].astype(int)
    assert (mixed[0], mixed[399], mixed[400]) == (8000, -4000, -4000)
    assert mixed[200] == pytest.approx(2000, abs=50)
    assert (np.diff(mixed) <= 0).all()
    assert np.abs(np.diff(mixed)).max() < 12_000 * np.pi / 2 / 400 + 1


@pytest.mark.parametrize(("before", "after", "fade"), [(0, 500, 400), (100, 500, 400), (500, 300, 400), (500, 500, 0)])
def test_a_crossfade_is_as_long_as_the_new(before: int, after: int, fade: int) -> None:
    mixed = crossfaded(flat(before, 8000), flat(after, 4000), fade)
    assert len(mixed) == after * 4
    assert mixed[fade * 4 :] == flat(max(after - fade, 0), 4000)


def noise(frames: int) -> bytes:
    return np.random.default_rng(4).integers(-30_000, 30_000, (frames, 2), dtype=np.int16).tobytes()


def flat(frames: int, value: int) -> bytes:
    return np.full((frames, 2), value, np.int16).tobytes()
