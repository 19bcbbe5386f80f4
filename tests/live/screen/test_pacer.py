from __future__ import annotations

from dataclasses import replace

import pytest

from player.live.observer import PlaybackObserver, PlaybackState
from player.live.screen.pacer import LEAD_MS, NOTES_MS, Pacer
from tests.fakes_picture import scripted
from tests.fakes_screen import FakeScreen

TIMELINE = scripted(
    """\
  - section: Breathe
  - pause: 1s
  - breathe: {in: 4s, hold: 4s, out: 4s, rest: 4s, cycles: 3}
"""
)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def screen() -> FakeScreen:
    return FakeScreen()


@pytest.fixture
def pacer(screen: FakeScreen, said: list[str]) -> Pacer:
    pacer = Pacer(screen, said.append, (("?", "show or hide the keys"),))
    pacer.begin(TIMELINE)
    return pacer


def test_it_is_a_playback_observer(pacer: Pacer) -> None:
    observer: PlaybackObserver = pacer
    observer.end()


def test_pictures_shown_twenty_times_a_second_are_off_by_half_of_that_at_most(pacer: Pacer, screen: FakeScreen) -> None:
    changes, before = [], ""
    for at_ms in range(7, TIMELINE.total_ms, 50):
        pacer.show(PlaybackState(at_ms))
        word = next((word for word in ("Breathe in", "Hold", "Breathe out", "Pause") if word in screen.text()), "")
        if word != before:
            changes.append(at_ms)
        before = word
    starts = [slot.start_ms for slot in TIMELINE.slots[1:]]
    assert len(changes) == len(starts)
    assert max(abs(shown - start) for shown, start in zip(changes, starts, strict=True)) <= LEAD_MS


def test_nothing_is_drawn_where_nothing_changes(pacer: Pacer, screen: FakeScreen) -> None:
    pacer.end()
    pacer.begin(scripted("  - pause: 1s\n  - breathe: {in: 4s, hold: 4s, out: 4s, cycles: 300}\n"))
    for at_ms in range(5100, 8900, 50):  # holding the breath
        pacer.show(PlaybackState(at_ms))
    assert screen.pictures == 4  # a count, or a second that is over, at a time


def test_in_a_pause_the_picture_shows_the_exact_position(pacer: Pacer, screen: FakeScreen) -> None:
    pacer.show(PlaybackState(5000 - LEAD_MS, is_paused=True))
    assert "Breathe in" in screen.text()


def test_another_size_is_another_picture(pacer: Pacer, screen: FakeScreen) -> None:
    pacer.show(PlaybackState(3000))
    screen.columns, screen.lines = 20, 5
    pacer.show(PlaybackState(3000))
    assert len(screen.picture) == 5


def test_the_keys_come_and_go(pacer: Pacer, screen: FakeScreen) -> None:
    state = PlaybackState(3000)
    for shown in (True, False):
        pacer.show(replace(state, keys_shown=shown))
        assert ("show or hide the keys" in screen.text()) is shown


def test_the_screen_is_given_back_once_and_a_line_is_left(pacer: Pacer, screen: FakeScreen, said: list[str]) -> None:
    pacer.show(PlaybackState(21_000))
    pacer.end()
    pacer.end()
    pacer.show(PlaybackState(22_000))
    assert screen.history == ["taken", "given back"]
    assert said == ["T, 0:21 of 0:49"]


def test_one_session_after_another(pacer: Pacer, screen: FakeScreen, said: list[str]) -> None:
    pacer.end()
    pacer.begin(TIMELINE)
    pacer.show(PlaybackState(2000))
    pacer.end()
    assert screen.history == ["taken", "given back"] * 2
    assert said == ["T, 0:00 of 0:49", "T, 0:02 of 0:49"]


def test_what_is_to_be_read_first_is_there_for_a_while_and_where_there_is_room(said: list[str]) -> None:
    screen, note = FakeScreen(), "Stop whenever something hurts."
    pacer = Pacer(screen, said.append, notes=lambda: (note,))
    pacer.begin(scripted("  - say: Sit down.\n    for: 90s\n"))
    there = []
    for at_ms in (10_000, 10_000 + NOTES_MS - 100, 10_000 + NOTES_MS):
        pacer.show(PlaybackState(at_ms))
        there.append(note in screen.text())
    assert there == [True, True, False]
    screen.columns, screen.lines = 12, 4
    pacer.show(PlaybackState(10_000))
    assert "Sit down." in screen.text()
    assert "Stop" not in screen.text()
