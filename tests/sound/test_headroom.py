from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.sound.headroom import LOWEST_CEILING_DB, Headroom, headroom
from player.sound.master import PEAK_DB
from tests.fakes_mix import sounded, spoken, state, timeline

if TYPE_CHECKING:
    from player.techniques.cue import Tone
    from player.timeline.model import Timeline

MINUTE = 60_000


def reckoned(session: Timeline, bed_peak: float = 0.5, tone_peak: float = 0.5) -> Headroom:
    def peak(tone: Tone) -> float:
        return float(tone_peak * 10 ** (tone.level_db / 20))

    return headroom(session, bed_peak=lambda _: bed_peak, tone_peak=peak)


def ceiling(others: float) -> float:
    return 20 * math.log10(10 ** (PEAK_DB / 20) - others)


def test_a_voice_alone_may_reach_the_peak() -> None:
    session = timeline(MINUTE, beds=[state(0, None)], cues=[spoken("a", 0, 5000)])
    assert reckoned(session) == pytest.approx((0, PEAK_DB))


def test_the_voice_leaves_room_for_the_bed_under_it() -> None:
    session = timeline(MINUTE, speech=[(10_000, 20_000)], cues=[spoken("a", 10_000, 20_000)])
    assert reckoned(session) == pytest.approx((0, ceiling(0.05)))


def test_a_loud_bed_in_pauses_costs_the_voice_nothing() -> None:
    beds = [state(0, "sea", 0, -20, 0)]
    session = timeline(MINUTE, speech=[(10_000, 20_000)], cues=[spoken("a", 10_000, 20_000)], beds=beds)
    assert reckoned(session) == pytest.approx((0, ceiling(0.05)))


@pytest.mark.parametrize(("start_ms", "room"), [(19_999, 0.1 + 0.05), (20_000, 0.05)])
def test_a_tone_counts_only_where_it_meets_the_voice(start_ms: int, room: float) -> None:
    cues = [spoken("a", 10_000, 20_000), sounded(start_ms, 24_000, 20 * math.log10(0.2))]
    session = timeline(MINUTE, speech=[(10_000, 20_000)], cues=cues)
    assert reckoned(session).ceiling_db == pytest.approx(ceiling(room), abs=0.001)


def test_tones_that_meet_are_added() -> None:
    cues = [spoken("a", 10_000, 20_000), sounded(11_000, 13_000, -20), sounded(12_000, 15_000, -20)]
    session = timeline(MINUTE, speech=[(10_000, 20_000)], cues=cues, beds=[state(0, None)])
    assert reckoned(session).ceiling_db == pytest.approx(ceiling(2 * 0.5 * 10 ** (-20 / 20)), abs=0.001)


def test_what_would_be_heard_as_limiting_lowers_everything() -> None:
    beds = [state(0, "sea", 0, 0, 0)]
    session = timeline(MINUTE, speech=[(10_000, 20_000)], cues=[spoken("a", 10_000, 20_000)], beds=beds)
    found = reckoned(session, bed_peak=0.5)
    assert found.trim_db < -2
    assert found.ceiling_db - found.trim_db == pytest.approx(LOWEST_CEILING_DB)


def test_beds_and_tones_alone_must_fit_as_well() -> None:
    session = timeline(MINUTE, beds=[state(0, "sea", 0, 0, 0)])
    assert reckoned(session, bed_peak=2.0).trim_db == pytest.approx(PEAK_DB - 20 * math.log10(2))


@given(st.floats(-60, 0), st.floats(-60, 0), st.floats(-60, 0), st.floats(0.01, 2), st.floats(0.01, 1))
@settings(max_examples=50, deadline=None)
def test_no_legal_levels_pass_the_peak(under: float, pauses: float, level: float, bed: float, tone: float) -> None:
    cues = [spoken("a", 1000, 2000), sounded(0, 3000, level)]
    beds = [state(0, "sea", 0, under, pauses), state(1500, "rain", 1000, under, pauses)]
    found = reckoned(timeline(5000, speech=[(1000, 2000)], cues=cues, beds=beds), bed, tone)
    trim = 10 ** (found.trim_db / 20)
    others = (bed * 10 ** (under / 20) + tone * 10 ** (level / 20)) * trim  # at least this meets the voice
    assert 10 ** (found.ceiling_db / 20) + others <= 10 ** (PEAK_DB / 20) + 1e-9
    assert found.trim_db <= 0
