from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.sound.clip_cache import CACHE_BYTES
from player.sound.headroom import headroom
from player.sound.master import PEAK_DB
from player.sound.mixdown import blocks
from tests.fakes_mix import (
    FRAMES_PER_MS,
    Clips,
    NoiseBed,
    SteadyBed,
    murmur,
    samples,
    segment,
    sounded,
    spoken,
    state,
    steady,
    steady_tone,
    timeline,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from player.timeline.model import Timeline

NO_BED = [state(0, None)]


def mixed(session: Timeline, clips: Clips | None = None, **options: Any) -> NDArray[np.int16]:
    beds = {"sea": NoiseBed(1), "rain": NoiseBed(2)}
    means: dict[str, Any] = {"open_clip": clips or Clips(), "open_bed": beds.__getitem__, "render_tone": steady_tone}
    return samples(blocks(session, **(means | options)))


def full() -> tuple[Timeline, Clips]:
    """Three seconds with everything: clips, a tone over one of them, two beds that cross, ducking and fades."""
    session = timeline(
        3_217,
        speech=[(300, 1_001), (2_000, 2_900)],
        cues=[spoken("a", 300, 1_001), sounded(700, 1_700), spoken("b", 2_000, 2_900)],
        beds=[state(0, "sea"), state(1_100, "rain", 900)],
        fade_in_ms=250,
        fade_out_ms=1000,
    )
    return session, Clips(a=murmur(701, 1), b=murmur(900, 2))


# --- the stream


@pytest.mark.parametrize("block_ms", [1, 7, 64, 999, 1000, 2000, 60_000])
def test_the_samples_do_not_depend_on_the_blocks(block_ms: int) -> None:
    session, clips = full()
    assert np.array_equal(mixed(session, clips, block_ms=block_ms), mixed(session, clips, block_ms=1009))


@pytest.mark.parametrize("start_ms", [1, 300, 301, 1_001, 1_500, 2_999, 3_216])
def test_starting_later_gives_the_tail(start_ms: int) -> None:
    session, clips = full()
    tail = mixed(session, clips)[start_ms * FRAMES_PER_MS :]
    assert np.array_equal(mixed(session, clips, start_ms=start_ms), tail)


def test_the_stream_is_as_long_as_the_programme_and_in_its_format() -> None:
    session, clips = full()
    stream = list(
        blocks(session, open_clip=clips, open_bed=lambda _: NoiseBed(), render_tone=steady_tone, first_block_ms=217)
    )
    assert [len(block) for block in stream] == [217, 2000, 1000]
    assert {(block.frame_rate, block.sample_width, block.channels) for block in stream} == {(48_000, 2, 2)}


def test_nothing_comes_after_the_end() -> None:
    session, clips = full()
    assert len(mixed(session, clips, start_ms=3_217)) == 0


# --- clips and tones


def test_a_clip_begins_at_its_very_frame() -> None:
    click = np.zeros((10 * FRAMES_PER_MS, 2), np.int16)
    click[0] = 1000
    cues = [spoken("click", at, at + 10) for at in (0, 33, 1999, 2000, 2991)]
    heard = mixed(timeline(3001, cues=cues, beds=NO_BED), Clips(click=segment(click)))
    assert np.flatnonzero(heard[:, 0]).tolist() == [at * FRAMES_PER_MS for at in (0, 33, 1999, 2000, 2991)]


def test_a_clip_over_many_blocks_is_whole() -> None:
    voice = murmur(900, 3)
    heard = mixed(timeline(1000, cues=[spoken("a", 50, 950)], beds=NO_BED), Clips(a=voice), block_ms=64)
    assert np.array_equal(heard[50 * FRAMES_PER_MS : 950 * FRAMES_PER_MS], samples([voice]))
    assert not heard[950 * FRAMES_PER_MS :].any()


def test_a_clip_longer_than_its_cue_ends_with_the_cue() -> None:
    heard = mixed(timeline(1000, cues=[spoken("a", 100, 300)], beds=NO_BED), Clips(a=steady(500, 9)), block_ms=64)
    assert np.flatnonzero(heard[:, 1]).tolist() == list(range(100 * FRAMES_PER_MS, 300 * FRAMES_PER_MS))


def test_the_order_of_cues_does_not_matter() -> None:
    cues = [spoken("a", 300, 600), spoken("b", 100, 900), spoken("c", 0, 50)]
    clips = Clips(a=murmur(300, 1), b=murmur(800, 2), c=murmur(50, 3))
    one, other = (timeline(1000, cues=order, beds=NO_BED) for order in (cues, cues[::-1]))
    assert np.array_equal(mixed(one, clips, block_ms=70), mixed(other, clips, block_ms=70))


def test_a_long_cue_is_still_found_after_short_ones_have_passed() -> None:
    cues = [spoken("long", 0, 3000), *(spoken("short", at, at + 10) for at in range(0, 2900, 100))]
    heard = mixed(timeline(3000, cues=cues, beds=NO_BED), Clips(long=steady(3000, 5), short=steady(10, 2)))
    assert heard[2950 * FRAMES_PER_MS, 0] == 5
    assert heard[2805 * FRAMES_PER_MS, 0] == 7


def test_a_clip_that_ends_within_a_millisecond_keeps_its_end() -> None:
    ragged = segment(np.full((FRAMES_PER_MS + 10, 2), 7, np.int16))
    heard = mixed(timeline(10, cues=[spoken("a", 0, 2)], beds=NO_BED), Clips(a=ragged))
    assert np.count_nonzero(heard[:, 0]) == FRAMES_PER_MS + 10


@pytest.mark.parametrize(
    "clip", [segment(np.ones((480, 1), np.int16)), segment(np.ones((480, 2), np.int16), rate=44_100)]
)
def test_pydub_never_gets_to_resample(clip: Any) -> None:
    with pytest.raises(ValueError, match=r"must have \(48000, 2, 2\)"):
        mixed(timeline(100, cues=[spoken("a", 0, 10)], beds=NO_BED), Clips(a=clip))


def test_a_clip_is_opened_once_while_it_is_in_use() -> None:
    clips = Clips(one=steady(500, 1))
    mixed(timeline(60_000, cues=[spoken("one", at, at + 500) for at in range(0, 60_000, 1000)], beds=NO_BED), clips)
    assert clips.asked == ["one"]


def test_clips_that_were_not_used_for_long_are_let_go() -> None:
    length = CACHE_BYTES // (FRAMES_PER_MS * 4) // 2
    long = steady(length, 1)
    cues = [spoken(text, at * length, (at + 1) * length) for at, text in enumerate("abcb")]
    clips = Clips(a=long, b=long, c=long)
    mixed(timeline(4 * length, cues=[*cues, spoken("a", 4 * length - 10, 4 * length)], beds=NO_BED), clips)
    assert clips.asked == ["a", "b", "c", "a"]


def test_tones_and_bed_follow_the_trim_and_clips_bring_their_own() -> None:
    session = timeline(100, cues=[spoken("a", 0, 10), sounded(50, 60, 0)], beds=NO_BED)
    heard = mixed(session, Clips(a=steady(10, 1000)), trim_db=-6.0206)
    assert heard[0, 0] == 1000
    assert heard[50 * FRAMES_PER_MS, 0] == 8192


# --- the bed


def test_the_bed_lies_at_its_levels() -> None:
    session = timeline(20_000, speech=[(5_000, 8_000)])
    heard = mixed(session, open_bed=lambda _: SteadyBed(0.5))[:, 0] / 16_384
    assert heard[6_000 * FRAMES_PER_MS] == pytest.approx(0.1, abs=1e-4)
    assert heard[15_000 * FRAMES_PER_MS] == pytest.approx(10 ** (-16 / 20), abs=1e-4)


def test_programme_fades_are_the_beds_and_not_the_voices() -> None:
    session = timeline(10_000, cues=[spoken("a", 0, 10_000)], fade_in_ms=4000, fade_out_ms=4000)
    clips = Clips(a=steady(10_000, 1000))
    voice, bed = mixed(session, clips, layers=["voice"]), mixed(session, clips, layers=["bed"])
    assert set(voice[:, 0]) == {1000}
    assert not bed[[0, -1]].any()


def test_layers_add_up_to_the_whole() -> None:
    session, clips = full()
    layers = sum(mixed(session, clips, layers=[layer]).astype(int) for layer in ("bed", "voice", "tones"))
    assert np.array_equal(layers, mixed(session, clips))


def test_a_silent_bed_is_not_read() -> None:
    bed = NoiseBed()
    session = timeline(60_000, beds=[state(0, "sea"), state(5_000, None, 1000)])
    mixed(session, open_bed=lambda _: bed)
    assert max(start + frames for start, frames in bed.reads) == 6_000 * FRAMES_PER_MS


def test_a_bed_is_heard_at_the_programmes_own_time() -> None:
    bed = NoiseBed()
    heard = mixed(timeline(60_000), open_bed=lambda _: bed, start_ms=30_000)[: 20_000 * FRAMES_PER_MS]
    at_that_time = bed.read(30_000 * FRAMES_PER_MS, len(heard)) * np.float32(10 ** (-16 / 20) * 32_768)
    assert np.abs(heard - at_that_time).max() <= 0.51


def test_a_loop_that_comes_round_at_the_same_gain_is_not_read_again() -> None:
    bed = NoiseBed()
    mixed(timeline(60_000), open_bed=lambda _: bed, start_ms=30_000)
    fades = 20 * FRAMES_PER_MS
    assert sum(frames for _, frames in bed.reads) == len(bed.noise) + fades


def test_a_bed_over_full_scale_is_cut_and_never_turned_over() -> None:
    session = timeline(1000, beds=[state(0, "sea", 0, 0, 0)])
    heard = mixed(session, open_bed=lambda _: SteadyBed(2.0))
    assert heard[500 * FRAMES_PER_MS].tolist() == [32_767, 32_767]


# --- room for the sum


@given(st.floats(-60, 0), st.floats(-60, 0), st.floats(-60, 0), st.floats(0.05, 2), st.integers(0, 300))
@settings(max_examples=40, deadline=None)
def test_no_legal_levels_clip_a_block(under: float, pauses: float, level: float, bed: float, over: int) -> None:
    """Everything stands at its highest at once: the voice at its ceiling, two beds crossing, a tone."""
    session = timeline(
        1500,
        speech=[(400, 1200)],
        cues=[spoken("a", 400, 1200), sounded(300, 1400, level)],
        beds=[state(0, "sea", 0, under, pauses), state(600, "rain", over, under, pauses)],
    )
    room = headroom(session, bed_peak=lambda _: bed, tone_peak=lambda tone: float(steady_tone(tone).max()))
    voice = steady(800, int(32_768 * 10 ** (room.ceiling_db / 20)))
    heard = mixed(session, Clips(a=voice), open_bed=lambda _: SteadyBed(bed), trim_db=room.trim_db)
    assert heard.max() <= 32_768 * 10 ** (PEAK_DB / 20) + 3  # each layer is rounded once


def test_without_that_room_pydub_would_have_cut_the_peaks() -> None:
    session = timeline(1500, speech=[(400, 1200)], cues=[spoken("a", 400, 1200), sounded(300, 1400)])
    voice = steady(800, int(32_768 * 10 ** (PEAK_DB / 20)))
    heard = mixed(session, Clips(a=voice), open_bed=lambda _: SteadyBed())
    assert heard.max() == 32_767
