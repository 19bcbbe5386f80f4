"""A session in the properties of MPRIS."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.live.controls.desktop.mpris_properties import JUMP_MS, ExpectedPosition, ShownSession, db_of, volume_of
from player.live.observer import PlaybackState
from tests.fakes_controls import MINUTE


@pytest.mark.parametrize(
    ("volume", "db"),
    [(1.0, 0.0), (0.5, -18.06), (0.25, -36.12), (0.1, -60.0), (0.0, -120.0), (1.7, 0.0), (-1.0, -120.0)],
)
def test_a_slider_is_cubic_and_ends_at_the_export(volume: float, db: float) -> None:
    assert db_of(volume) == pytest.approx(db, abs=0.01)


@given(st.floats(0.02, 1.0))
def test_a_slider_stays_where_it_was_put(volume: float) -> None:
    assert volume_of(db_of(volume)) == pytest.approx(volume, abs=1e-4)


def test_silence_is_the_end_of_the_slider() -> None:
    assert volume_of(db_of(0.0)) == volume_of(-200.0) == volume_of(-math.inf) == 0.0


@pytest.mark.parametrize(
    ("at_ms", "chapter", "words"),
    [
        (0, "Settle", "Sit down. Let go."),
        (9_899, "Settle", "Sit down. Let go."),
        (9_900, "Breathe", ""),
        (60_000, "Rest", "Stay as you are."),
    ],
)
def test_a_position_has_its_chapter_and_the_words_of_its_step(at_ms: int, chapter: str, words: str) -> None:
    metadata = ShownSession(MINUTE, 3).properties(PlaybackState(at_ms))["Metadata"].value
    assert (metadata["xesam:album"].value, metadata["xesam:asText"].value) == (chapter, words)
    assert metadata["mpris:trackid"].value == "/player/session/3"


def test_a_jump_is_a_position_that_is_not_expected() -> None:
    expected = ExpectedPosition()
    assert not expected.jumped(PlaybackState(5_000), 100.0)  # the beginning
    assert not expected.jumped(PlaybackState(15_000 - JUMP_MS), 110.0)
    assert expected.jumped(PlaybackState(17_000), 111.0)
    assert not expected.jumped(PlaybackState(18_000), 112.0)  # counted from there


def test_a_device_that_falls_behind_slowly_is_a_jump_in_the_end() -> None:
    expected = ExpectedPosition()
    assert sum(expected.jumped(PlaybackState(at * 999), float(at)) for at in range(1000)) == 2


def test_while_it_is_paused_nothing_is_expected_to_move() -> None:
    expected = ExpectedPosition()
    jumps = [
        expected.jumped(PlaybackState(9_000), 0.0),
        expected.jumped(PlaybackState(5_000, is_paused=True), 0.1),  # back to the beginning of the step
        expected.jumped(PlaybackState(5_000, is_paused=True), 60.0),
        expected.jumped(PlaybackState(5_000), 60.1),
        expected.jumped(PlaybackState(6_000), 61.1),
    ]
    assert jumps == [False, True, False, False, False]
