from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.export.formats.bitrates import opus_level, vorbis_level
from tests.fakes_output import exported, needs_for

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 10


@pytest.mark.parametrize("one_channel", [False, True])
@pytest.mark.parametrize(
    ("form", "bitrate", "tolerance"),
    [
        ("mp3", 32, 0.02),
        ("mp3", 48, 0.02),
        ("mp3", 64, 0.02),
        ("opus", 32, 0.25),
        ("opus", 48, 0.25),
        ("mp3", 192, 0.02),
        ("opus", 64, 0.05),
        ("opus", 160, 0.05),
        ("ogg", 80, 0.15),
        ("ogg", 128, 0.15),
        ("m4a", 32, 0.15),
        ("m4a", 48, 0.1),
        ("m4a", 96, 0.1),
    ],
)
def test_the_file_has_the_bitrate_that_was_asked_for(
    tmp_path: Path, form: str, bitrate: int, tolerance: float, one_channel: bool
) -> None:
    needs_for(form)
    noise = np.random.default_rng(0).normal(0, 1000, (SECONDS * 48_000, 2)).astype(np.int16)
    path = exported(tmp_path / f"calm.{form}", noise, bitrate=bitrate, one_channel=one_channel)
    assert path.stat().st_size * 8 / SECONDS / 1000 == pytest.approx(bitrate, rel=tolerance)


@pytest.mark.parametrize("one_channel", [False, True])
@pytest.mark.parametrize(
    ("form", "bitrate", "tolerance"),
    [("mp3", 32, 0.02), ("mp3", 48, 0.02), ("opus", 32, 0.25), ("ogg", 64, 0.15), ("m4a", 48, 0.1), ("m4a", 96, 0.1)],
)
def test_at_half_the_sample_rate_it_has_it_too(
    tmp_path: Path, form: str, bitrate: int, tolerance: float, one_channel: bool
) -> None:
    needs_for(form)
    noise = np.random.default_rng(0).normal(0, 1000, (SECONDS * 24_000, 2)).astype(np.int16)
    path = exported(tmp_path / f"calm.{form}", noise, bitrate=bitrate, one_channel=one_channel, rate=24_000)
    assert path.stat().st_size * 8 / SECONDS / 1000 == pytest.approx(bitrate, rel=tolerance)


@pytest.mark.parametrize("channels", [1, 2])
def test_more_bits_never_mean_less_quality(channels: int) -> None:
    for level in (vorbis_level, opus_level):
        for rate in (24_000, 48_000):
            levels = [level(bitrate, channels, rate) for bitrate in range(24, 321)]
            assert levels == sorted(levels, reverse=True)
            assert all(0 <= each <= 1 for each in levels)
