"""Levels that a listener chooses: all of a kind move together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from player.techniques.cue import Tone
from player.timeline.levels import Levels, levelled, levels
from tests.fakes_mix import sounded, spoken, state, timeline

if TYPE_CHECKING:
    from player.timeline.model import Timeline

DB = st.integers(-60, 0).map(float)
NIGHT = timeline(
    30_000,
    beds=(state(0, None), state(2000, "sea", 0, -24, -18), state(9000, "rain", 0, -30, -30), state(20_000, None)),
    cues=(
        sounded(0, 4000), sounded(4000, 8000, -14), spoken("Sit.", 8000, 9000), sounded(9000, 15_000, -12, "chime")
    ),
)  # fmt: skip


def tones(found: Timeline) -> list[float]:
    return [cue.sound.level_db for cue in found.cues if isinstance(cue.sound, Tone)]


def test_they_are_those_of_the_first_background_and_of_the_loudest_tone() -> None:
    assert levels(NIGHT) == Levels("sea", -24, -18, -8, -12)
    assert levels(timeline(1000, beds=(state(0, None),))) == Levels(None, None, None, None, None)


@given(DB, DB)
def test_all_of_a_kind_move_by_the_same(bed_db: float, tones_db: float) -> None:
    found = levelled(NIGHT, bed_db, tones_db)
    by_db = bed_db + 24
    assert [(each.under_voice_db, each.in_pauses_db) for each in found.beds] == [
        (each.under_voice_db + by_db, each.in_pauses_db + by_db) for each in NIGHT.beds
    ]
    assert tones(found) == [tones_db, tones_db - 6, tones_db - 4]
    assert (levels(found).under_voice_db, found.total_ms, found.speech) == (bed_db, NIGHT.total_ms, NIGHT.speech)
    assert [(cue.start_ms, cue.end_ms) for cue in found.cues] == [(cue.start_ms, cue.end_ms) for cue in NIGHT.cues]


@given(DB, DB)
def test_a_level_depends_on_the_last_one_that_was_chosen(first_db: float, last_db: float) -> None:
    assert levelled(levelled(NIGHT, first_db, None), last_db, None) == levelled(NIGHT, last_db, None)


def test_nothing_chosen_changes_nothing_and_without_a_background_there_is_none() -> None:
    assert levelled(NIGHT, None, None) == NIGHT
    silent = timeline(1000, beds=(state(0, None),))
    assert levelled(silent, -40, None) == silent
