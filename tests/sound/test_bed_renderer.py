from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.sound import bed_renderer
from player.sound.bed_renderer import CHUNK_FRAMES, BedRenderer
from player.sound.envelope import Envelope
from tests.fakes_mix import FRAMES_PER_MS, NoiseBed, SteadyBed, state, timeline

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from player.timeline.model import Timeline

FACTOR = 0.7


def expected(session: Timeline, beds: dict[str, NoiseBed], start: int, frames: int) -> NDArray[np.float64]:
    """The same, reckoned at once: each bed times its gain, added, rounded."""
    envelope = Envelope(session)
    whole = sum(
        bed.noise[np.arange(start, start + frames) % len(bed.noise)] * envelope.gain(name, start, frames)
        for name, bed in beds.items()
    )
    rounded: NDArray[np.float64] = np.rint(np.asarray(whole, np.float64) * FACTOR * 32_768)
    return rounded


def busy() -> Timeline:
    return timeline(
        60_000,
        speech=[(4_000, 9_000), (20_000, 23_000)],
        beds=[state(0, "sea"), state(30_000, "rain", 3_000), state(50_000, None, 1_000)],
        fade_in_ms=3_000,
    )


@pytest.mark.parametrize(("start_ms", "length_ms"), [(0, 60_000), (3_999, 2), (8_001, 15_007), (29_000, 5_000)])
def test_it_is_each_bed_times_its_gain(start_ms: int, length_ms: int) -> None:
    beds, session = {"sea": NoiseBed(1), "rain": NoiseBed(2)}, busy()
    start, frames = start_ms * FRAMES_PER_MS, length_ms * FRAMES_PER_MS
    rendered = BedRenderer(session, beds.__getitem__, FACTOR).render(start, frames)
    assert rendered.shape == (frames, 2)
    assert np.abs(rendered - expected(session, beds, start, frames)).max() <= 1  # of single and double precision


def test_what_comes_round_is_what_was_rendered_before(monkeypatch: pytest.MonkeyPatch) -> None:
    session, frames = busy(), 60_000 * FRAMES_PER_MS
    beds = {"sea": NoiseBed(1), "rain": NoiseBed(2)}
    kept = BedRenderer(session, beds.__getitem__, FACTOR).render(0, frames)
    read = sum(length for bed in beds.values() for _, length in bed.reads)
    monkeypatch.setattr(bed_renderer, "_CACHED_CHUNKS", 0)
    again = {"sea": NoiseBed(1), "rain": NoiseBed(2)}
    assert np.array_equal(kept, BedRenderer(session, again.__getitem__, FACTOR).render(0, frames))
    assert read < 0.5 * sum(length for bed in again.values() for _, length in bed.reads)


def test_of_a_loop_that_is_longer_than_the_cache_nothing_is_kept() -> None:
    bed = NoiseBed()
    bed.noise = np.zeros((200 * CHUNK_FRAMES, 2), np.float32)
    bed.length_frames = len(bed.noise)
    renderer = BedRenderer(timeline(1_000_000), lambda _: bed, 1.0)
    for at in range(CHUNK_FRAMES, 10 * CHUNK_FRAMES, CHUNK_FRAMES):
        renderer.render(at, CHUNK_FRAMES)
    assert renderer._chunk.cache_info().currsize == 0
    assert bed_renderer._CACHED_CHUNKS * CHUNK_FRAMES * 4 < 36e6


def test_loops_of_a_bed_sound_together_and_come_round_each_by_itself() -> None:
    one, other, session = NoiseBed(1), NoiseBed(2), timeline(10_000, speech=[(4_000, 5_000)])
    other.noise = other.noise[:40_009]
    other.length_frames = len(other.noise)
    one.loops = (one, other)
    frames = 10_000 * FRAMES_PER_MS
    rendered = BedRenderer(session, lambda _: one, FACTOR).render(0, frames)
    gains = Envelope(session).gain("sea", 0, frames)
    both = sum(bed.noise[np.arange(frames) % len(bed.noise)] for bed in (one, other)) * gains
    assert np.abs(rendered - both * FACTOR * 32_768).max() < 1.5  # each loop is rounded


def test_silence_stays_silence_and_nothing_is_read() -> None:
    bed = NoiseBed()
    rendered = BedRenderer(timeline(60_000, beds=[state(0, None), state(50_000, "sea", 0)]), lambda _: bed, 1.0)
    assert not rendered.render(0, 40_000 * FRAMES_PER_MS).any()
    assert bed.reads == []


def test_what_is_rendered_belongs_to_the_caller() -> None:
    renderer = BedRenderer(timeline(60_000), lambda _: SteadyBed(0.5), 1.0)
    first = renderer.render(CHUNK_FRAMES, CHUNK_FRAMES)
    first[:] = 7
    assert renderer.render(CHUNK_FRAMES, CHUNK_FRAMES).min() > 1000
