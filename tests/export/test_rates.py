"""Other sample rates: to the frame, and every moment where it was."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydub import AudioSegment

from player.export.rates import at_rate, frames_of
from player.export.split import SplitPart, cut
from tests.fakes_output import chirp, lag, segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def in_blocks(sound: NDArray[np.int16], sizes: list[int]) -> Iterator[AudioSegment]:
    at = 0
    for size in [*sizes, len(sound)]:
        if part := sound[at : at + size].tobytes():
            yield AudioSegment(part, sample_width=2, frame_rate=48_000, channels=2)
        at += size


def joined(blocks: Iterator[AudioSegment]) -> NDArray[np.int16]:
    return np.frombuffer(b"".join(block.raw_data for block in blocks), np.int16).reshape(-1, 2)


@pytest.mark.parametrize("rate", [24_000, 44_100, 48_000])
@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3_000), st.lists(st.integers(1, 30_000), max_size=4))
def test_there_are_as_many_frames_as_the_milliseconds_ask_for(rate: int, total_ms: int, sizes: list[int]) -> None:
    blocks = [*at_rate(in_blocks(chirp(total_ms * 48), sizes), rate)]
    assert sum(int(block.frame_count()) for block in blocks) == frames_of(total_ms, rate)
    assert {(block.frame_rate, block.channels, block.sample_width) for block in blocks} == {(rate, 2, 2)}


@pytest.mark.parametrize(
    ("ms", "rate", "frames"), [(1, 44_100, 44), (5, 44_100, 221), (15, 44_100, 662), (7, 24_000, 168)]
)
def test_a_part_of_a_frame_is_rounded(ms: int, rate: int, frames: int) -> None:
    assert frames_of(ms, rate) == frames


@pytest.mark.parametrize("rate", [24_000, 44_100])
def test_a_click_stays_at_its_moment(rate: int) -> None:
    sound = np.zeros((48_000 * 10, 2), np.int16)
    for second in range(1, 10):
        sound[second * 48_000] = 20_000
    found = joined(at_rate(in_blocks(sound, [1_000] * 300), rate))[:, 0].astype(int)
    for second in range(1, 10):
        around = found[second * rate - 400 : second * rate + 400]
        assert np.abs(around).argmax() == 400


@pytest.mark.parametrize("rate", [24_000, 44_100])
def test_blocks_of_any_length_make_the_same_sound(rate: int) -> None:
    sound = chirp(100_000)
    one, other = (joined(at_rate(in_blocks(sound, sizes), rate)) for sizes in ([], [7, 48_000, 999]))
    assert np.abs(one.astype(int) - other).max() <= 1
    at = np.round(np.arange(len(one)) * 48_000 / rate).astype(int)
    assert lag(sound[at[at < len(sound)], 0], one[:, 0]) == 0


def test_full_scale_is_clipped_and_not_wrapped() -> None:
    square = np.repeat(np.tile([32_767, -32_768], 500).astype(np.int16), 96)[:, None].repeat(2, axis=1)
    found = joined(at_rate(in_blocks(np.ascontiguousarray(square), []), 44_100))[:, 0].astype(int)
    wanted = square[np.round(np.arange(len(found)) * 48 / 44.1).astype(int).clip(max=len(square) - 1), 0].astype(int)
    assert np.median(np.abs(found - wanted)) < 4_000
    assert np.abs(found).max() >= 32_767


def test_at_its_own_rate_nothing_is_touched() -> None:
    blocks = [segment(chirp(480)), segment(chirp(48))]
    assert [*at_rate(blocks, 48_000)] == blocks


@pytest.mark.parametrize("rate", [24_000, 44_100, 48_000])
def test_pieces_at_any_rate_put_together_are_the_whole(rate: int) -> None:
    sound, marks = chirp(48 * 2_001), [0, 7, 333, 1_500, 2_001]
    parts = [SplitPart(n, "", start, end) for n, (start, end) in enumerate(pairwise(marks), 1)]
    pieces = [*cut(at_rate(in_blocks(sound, [5_000] * 9), rate), parts, rate)]
    np.testing.assert_array_equal(
        joined(piece for _, piece in pieces), joined(at_rate(in_blocks(sound, [5_000] * 9), rate))
    )
    for part in parts:
        length = sum(int(piece.frame_count()) for each, piece in pieces if each is part)
        assert length == frames_of(part.end_ms, rate) - frames_of(part.start_ms, rate)
