"""A voice that sinks: everything goes with it, without steps, and wherever the blocks begin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.sound import voice_level
from player.sound.mixdown import blocks
from player.timeline.model import VoiceLevel
from tests.fakes_mix import FRAMES_PER_MS, Clips, SteadyBed, samples, sounded, spoken, state, steady, timeline
from tests.fakes_mix import steady_tone as tone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from player.sound.mixdown import Layer

SINKING = VoiceLevel(1000, 5000, 0.0, -6.0)
LOUD = 8000


def mixed(level: VoiceLevel | None = SINKING, **options: Any) -> NDArray[np.int16]:
    """Six seconds of a steady voice, tone and bed."""
    session = timeline(
        6000,
        speech=[(0, 6000)],
        cues=[spoken("a", 0, 6000), sounded(0, 6000)],
        beds=[state(0, "sea", under_db=-12.0, pauses_db=-12.0)],
    )
    means: dict[str, Any] = {"open_clip": Clips(a=steady(6000, LOUD)), "open_bed": lambda _: SteadyBed()}
    return samples(blocks(replace(session, voice_level=level), **(means | {"render_tone": tone} | options)))


@pytest.mark.parametrize("layer", ["voice", "bed", "tones"])
def test_every_layer_sinks_by_as_much(layer: Layer) -> None:
    plain, sunk = (mixed(level, layers=[layer]).astype(float) for level in (None, SINKING))
    for at_ms, db in ((500, 0.0), (3000, -3.0), (4000, -4.5), (5500, -6.0)):
        frame = at_ms * FRAMES_PER_MS
        assert sunk[frame, 0] == pytest.approx(plain[frame, 0] * 10 ** (db / 20), abs=1.0)


def test_stems_still_add_up_to_the_whole_within_a_rounding() -> None:
    stems = sum(mixed(layers=[each]).astype(int) for each in ("voice", "bed", "tones"))
    assert np.abs(stems - mixed()).max() <= 2


def test_it_sinks_without_a_step() -> None:
    assert np.abs(np.diff(mixed(layers=["voice"])[:, 0].astype(int))).max() <= 1


@pytest.mark.parametrize(("start_ms", "block_ms"), [(0, 7), (0, 2000), (999, 64), (3210, 1009)])
def test_the_samples_depend_on_their_time_alone(start_ms: int, block_ms: int) -> None:
    tail = mixed(block_ms=997)[start_ms * FRAMES_PER_MS :]
    assert np.array_equal(mixed(start_ms=start_ms, block_ms=block_ms), tail)


@given(
    level=st.builds(VoiceLevel, st.just(2000), st.integers(2000, 9000), st.floats(-12, 0), st.floats(-12, 0)),
    at=st.integers(0, 10_000),
)
def test_nothing_is_ever_made_louder(level: VoiceLevel, at: int) -> None:
    found = voice_level.factors(level, at, 480)
    ends = sorted(10 ** (each / 20) for each in (level.from_db, level.to_db))
    assert ends[0] - 1e-6 <= found.min() <= found.max() <= min(1.0, ends[1] + 1e-6)


def test_one_level_holds_all_the_way() -> None:
    assert {*voice_level.factors(VoiceLevel(500, 500, -6.0, -6.0), 0, 2000)} == {np.float32(10 ** (-6 / 20))}
