from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.sound.envelope import Envelope
from tests.fakes_mix import FRAMES_PER_MS, state, timeline

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from player.timeline.model import BedState, Timeline

MINUTE = 60_000


def gains(envelope: Envelope, sound: str, start_ms: int, end_ms: int) -> NDArray[np.float32]:
    """One gain a frame."""
    return envelope.gain(sound, start_ms * FRAMES_PER_MS, (end_ms - start_ms) * FRAMES_PER_MS)[:, 0]


def gain_at(session: Timeline, ms: int, sound: str = "sea") -> float:
    return float(gains(Envelope(session), sound, ms, ms + 1)[0])


def db_at(session: Timeline, ms: int, sound: str = "sea") -> float:
    return 20 * math.log10(gain_at(session, ms, sound))


# --- ducking


@pytest.mark.parametrize(
    ("ms", "level_db"),
    [
        (9_600, -16.0),  # the pause before, to its last moment
        (9_700, -16.586),  # a quarter down a raised cosine: 0.146 of 4 dB
        (9_800, -18.0),
        (10_000, -20.0),  # down at the first sound
        (12_000, -20.0),
        (14_999, -20.0),
        (15_600, -20.0),  # held
        (16_600, -18.0),
        (17_600, -16.0),  # up again
    ],
)
def test_the_bed_is_down_when_the_voice_begins_and_rises_after_it(ms: int, level_db: float) -> None:
    session = timeline(MINUTE, speech=[(10_000, 15_000)])
    assert db_at(session, ms) == pytest.approx(level_db, abs=0.001)


@pytest.mark.parametrize(("gap_ms", "level_db"), [(3_999, -20.0), (4_000, -16.0)])
def test_short_pauses_stay_ducked(gap_ms: int, level_db: float) -> None:
    session = timeline(MINUTE, speech=[(10_000, 15_000), (15_000 + gap_ms, 30_000)])
    highest = gains(Envelope(session), "sea", 15_000, 15_000 + gap_ms).max()
    assert 20 * math.log10(highest) == pytest.approx(level_db, abs=0.001)


def test_speech_at_the_very_start_finds_the_bed_down() -> None:
    assert db_at(timeline(MINUTE, speech=[(100, 5_000)]), 100) == pytest.approx(-20)


# --- one function of time


def beds_strategy() -> st.SearchStrategy[list[BedState]]:
    levels = st.floats(-60, 0)
    later = st.builds(
        state,
        st.integers(0, 20_000),
        st.sampled_from(["sea", "rain", None]),
        st.sampled_from([0, 100, 4000, 9000]),
        levels,
        levels,
    )
    first = st.builds(state, st.just(0), st.sampled_from(["sea", None]), st.just(0), levels, levels)
    ordered = st.lists(later, max_size=5).map(lambda states: sorted(states, key=lambda each: each.start_ms))
    return st.tuples(first, ordered).map(lambda both: [both[0], *both[1]])


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    total_ms = draw(st.integers(1, 20_000))
    edges = sorted(draw(st.sets(st.integers(0, total_ms), max_size=8)))
    return timeline(
        total_ms,
        speech=list(zip(edges[::2], edges[1::2], strict=False)),
        beds=draw(beds_strategy()),
        fade_in_ms=draw(st.sampled_from([0, 1000, 4000, 60_000])),
        fade_out_ms=draw(st.sampled_from([0, 1000, 10_000])),
        fades_evenly=draw(st.booleans()),
    )


@given(session=timelines(), data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_stretch_is_a_slice_of_the_whole(session: Timeline, data: st.DataObject) -> None:
    frames = session.total_ms * FRAMES_PER_MS
    start = data.draw(st.integers(0, frames))
    length = data.draw(st.integers(0, frames - start))
    whole = Envelope(session).gain("sea", 0, frames)
    assert np.array_equal(Envelope(session).gain("sea", start, length), whole[start : start + length])


@given(session=timelines())
@settings(max_examples=60, deadline=None)
def test_no_gain_ever_jumps(session: Timeline) -> None:
    for sound in ("sea", "rain"):
        whole = Envelope(session).gain(sound, 0, session.total_ms * FRAMES_PER_MS)[:, 0]
        assert np.abs(np.diff(whole)).max(initial=0) < 0.02


@given(session=timelines())
@settings(max_examples=30, deadline=None)
def test_a_gain_lies_between_silence_and_the_highest_level(session: Timeline) -> None:
    highest = max(max(bed.under_voice_db, bed.in_pauses_db) for bed in session.beds)
    whole = Envelope(session).gain("sea", 0, session.total_ms * FRAMES_PER_MS)
    assert whole.min() >= 0
    assert whole.max() <= 10 ** (highest / 20) * 1.000001


def test_lines_between_milliseconds_follow_the_curve() -> None:
    session = timeline(MINUTE, speech=[(10_000, 15_000)], beds=[state(0, "sea", 0, -60, 0)])
    drawn = gains(Envelope(session), "sea", 9_600, 10_000)
    way = 0.5 - 0.5 * np.cos(np.pi * np.arange(400 * FRAMES_PER_MS) / (400 * FRAMES_PER_MS))
    assert np.abs(20 * np.log10(drawn) - -60 * way).max() < 0.01


def test_gains_are_one_column_of_32_bits() -> None:
    envelope = Envelope(timeline(MINUTE, speech=[(10_000, 15_000)]))
    drawn = envelope.gain("sea", 9_000 * FRAMES_PER_MS, 48_000)
    assert (drawn.shape, drawn.dtype.name) == ((48_000, 1), "float32")
    moving = [
        piece.gain for piece in envelope.pieces("sea", 0, MINUTE * FRAMES_PER_MS) if not isinstance(piece.gain, float)
    ]
    assert {gain.dtype for gain in moving} == {np.dtype(np.float32)}


@pytest.mark.parametrize("fades_evenly", [False, True])
def test_after_the_end_there_is_silence_and_before_a_fade_the_whole_level(*, fades_evenly: bool) -> None:
    session = timeline(MINUTE, fade_out_ms=10_000, fades_evenly=fades_evenly)
    assert db_at(session, 500) == db_at(session, 49_999) == pytest.approx(-16)
    behind = gains(Envelope(session), "sea", MINUTE - 1, MINUTE + 5_000)
    assert not behind[FRAMES_PER_MS:].any()


def test_what_stands_still_costs_nothing() -> None:
    hour = timeline(60 * MINUTE, speech=[(MINUTE, 50 * MINUTE)])
    pieces = list(Envelope(hour).pieces("sea", 0, hour.total_ms * FRAMES_PER_MS))
    assert sum(isinstance(piece.gain, float) for piece in pieces) == 3
    assert sum(len(piece.gain) for piece in pieces if not isinstance(piece.gain, float)) == 2440 * FRAMES_PER_MS


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "level_db"),
    [
        (2_000, 3_000, -16.0),
        (11_000, 14_000, -20.0),
        (9_700, 14_000, -16.586),
        (9_000, 14_000, -16.0),
        (9_800, 9_801, -18.0),
        (16_000, 16_600, -18.0),
        (0, 60_000, -16.0),
    ],
)
def test_the_highest_gain_between_two_moments_is_that_of_the_loudest(
    start_ms: int, end_ms: int, level_db: float
) -> None:
    envelope = Envelope(timeline(MINUTE, speech=[(10_000, 15_000)]))
    assert 20 * math.log10(envelope.highest("sea", start_ms, end_ms)) == pytest.approx(level_db, abs=0.001)
    assert envelope.highest("rain", start_ms, end_ms) == 0


@given(session=timelines(), data=st.data())
def test_no_gain_between_two_moments_is_above_the_highest(session: Timeline, data: st.DataObject) -> None:
    start_ms = data.draw(st.integers(0, session.total_ms - 1))
    end_ms = data.draw(st.integers(start_ms + 1, session.total_ms))
    envelope = Envelope(session)
    drawn = float(gains(envelope, "sea", start_ms, end_ms).max())
    assert drawn <= envelope.highest("sea", start_ms, end_ms) <= drawn + 0.02, (
        "by the step to the end, which is left out"
    )


# --- changes of the bed


def test_two_beds_cross_at_equal_power() -> None:
    session = timeline(MINUTE, beds=[state(0, "sea", 0, -20, 0), state(20_000, "rain", 4000, -20, 0)])
    sea, rain = (gains(Envelope(session), sound, 19_000, 25_000) for sound in ("sea", "rain"))
    assert sea**2 + rain**2 == pytest.approx(1, abs=1e-3)
    assert (sea[0], rain[0]) == (1, 0)
    assert sea[3000 * FRAMES_PER_MS] == pytest.approx(math.sqrt(0.5))
    assert (sea[-1], rain[-1]) == (0, 1)


def test_a_bed_fades_to_silence_and_back_along_a_cosine() -> None:
    beds = [state(0, "sea", 0, -20, 0), state(20_000, None, 4000, -20, 0), state(40_000, "sea", 2000, -20, 0)]
    session = timeline(MINUTE, beds=beds)
    ways = {20_000: 1.0, 21_000: 0.853553, 22_000: 0.5, 24_000: 0.0, 39_999: 0.0, 41_000: 0.5, 42_000: 1.0}
    assert {ms: gain_at(session, ms) for ms in ways} == pytest.approx(ways, abs=1e-5)


def test_a_change_of_level_alone_dips_nowhere() -> None:
    session = timeline(MINUTE, beds=[state(0, "sea", 0, -20, -16), state(20_000, "sea", 4000, -20, -10)])
    course = 20 * np.log10(gains(Envelope(session), "sea", 20_000, 24_000))
    assert np.diff(course).min() >= 0
    assert course[2000 * FRAMES_PER_MS] == pytest.approx(-13)


def test_a_change_of_the_level_under_speech_goes_straight_in_db_too() -> None:
    beds = [state(0, "sea", 0, -20, -16), state(20_000, "sea", 4000, -10, -16)]
    session = timeline(MINUTE, speech=[(15_000, 30_000)], beds=beds)
    levels = {20_000: -20, 21_000: -20 + 10 * 0.146447, 22_000: -15, 24_000: -10, 29_999: -10, 33_000: -16}
    assert {ms: db_at(session, ms) for ms in levels} == pytest.approx(levels, abs=1e-3)


def test_speech_within_a_change_of_the_bed_ends_no_change() -> None:
    beds = [state(0, "sea", 0, -20, -20), state(20_000, "sea", 4000, -10, -10)]
    session = timeline(MINUTE, speech=[(22_200, 30_000)], beds=beds)
    levels = {21_000: -20 + 10 * 0.146447, 22_000: -15, 23_000: -20 + 10 * 0.853553, 24_000: -10, 40_000: -10}
    assert {ms: db_at(session, ms) for ms in levels} == pytest.approx(levels, abs=1e-3)


def test_a_change_that_comes_early_leads_on_from_where_the_bed_is() -> None:
    beds = [state(0, "sea", 0, -20, 0), state(20_000, None, 4000, -20, 0), state(21_000, "sea", 4000, -20, 0)]
    course = gains(Envelope(timeline(MINUTE, beds=beds)), "sea", 20_000, 26_000)
    assert np.abs(np.diff(course)).max() < 1e-4
    assert course.min() > 0.3
    assert course[-1] == 1


def test_two_changes_at_one_moment_end_at_the_last() -> None:
    beds = [state(0, "sea"), state(9000, "rain", 500), state(9000, None, 500)]
    session = timeline(MINUTE, beds=beds)
    assert [gain_at(session, 10_000, sound) for sound in ("sea", "rain")] == [0, 0]


def test_a_session_without_a_bed_has_no_sounds() -> None:
    assert Envelope(timeline(MINUTE, beds=[state(0, None)])).sounds == ()


# --- the programme's fades


def test_the_programme_begins_and_ends_in_silence() -> None:
    session = timeline(MINUTE, beds=[state(0, "sea", 0, 0, 0)], fade_in_ms=4000, fade_out_ms=10_000)
    ways = {0: 0.0, 2000: 0.5, 4000: 1.0, 50_000: 1.0, 55_000: 0.5, 59_999: 0.0}
    assert {ms: gain_at(session, ms) for ms in ways} == pytest.approx(ways, abs=1e-6)
    assert gain_at(session, 0) == 0


def test_fades_longer_than_the_session_still_reach_zero() -> None:
    session = timeline(3000, fade_in_ms=4000, fade_out_ms=10_000)
    course = gains(Envelope(session), "sea", 0, 3000)
    assert course[0] == 0
    assert course[-1] < 1e-9
    assert course.max() > 0


def test_an_even_fade_takes_as_many_db_in_every_second_and_ends_in_silence() -> None:
    session = timeline(20 * MINUTE + 1000, fade_out_ms=20 * MINUTE, fades_evenly=True)
    every_second = [gain_at(session, 1000 + second * 1000) for second in range(1200)]
    levels_db = 20 * np.log10(np.array(every_second))
    steps_db = -np.diff(levels_db)
    assert levels_db[0] == pytest.approx(-16, abs=0.01)
    assert steps_db.min() > 0.033
    assert steps_db[levels_db[1:] > -36].max() < 0.038
    assert steps_db[levels_db[1:] > -60].max() < 0.1  # 44 dB down, nobody hears it any more
    assert gains(Envelope(session), "sea", session.total_ms - 1, session.total_ms)[-1] < 1e-7


def test_not_even_a_fade_of_no_length_clicks() -> None:
    session = timeline(MINUTE, beds=[state(0, "sea", 0, 0, 0), state(9000, None, 0, 0, 0)])
    assert gain_at(session, 0) == 0
    assert gain_at(session, 20) == 1
    assert gain_at(session, 9010) == pytest.approx(0.5)
    assert gain_at(session, 9020) == 0
