"""Every number that is shown, at its ends: silence and full, the first millisecond and a day, no columns at all."""

from __future__ import annotations

import math

from hypothesis import example, given, settings
from hypothesis import strategies as st

from player.live.controls.keys import HELP
from player.live.observer import PlaybackObserver, PlaybackState
from player.live.screen.lines import SpokenObserver
from player.live.screen.pacer import Pacer
from player.live.screen.rows import length
from player.units import LONGEST_MS
from tests.fakes_picture import scripted
from tests.fakes_screen import FakeScreen

SHORTEST = scripted("  - pause: 1ms\n")
TIMELINES = (
    SHORTEST,
    scripted("  - say: Sit down.\n    for: 2s\n  - breathe: {in: 4s, out: 6s, cycles: 2}\n"),
    scripted("  - pause: 12h\n  - breathe: {in: 4s, out: 6s, cycles: 1}\n  - pause: 11h\n"),
)
PLACES = st.sampled_from([-1, 0, 1, 999, 1000, 59_999, 3_600_000, LONGEST_MS - 1, LONGEST_MS, 2 * LONGEST_MS, 1 << 40])
LEVELS = st.sampled_from([-math.inf, math.nan, -50.0, -0.5, -0.0, 0.0, math.inf])
STATES = st.builds(
    PlaybackState,
    PLACES | st.integers(0, 60_000),
    is_paused=st.booleans(),
    volume_db=LEVELS | st.floats(),
    has_background=st.booleans(),
    notice=st.sampled_from(["", "a" * 300]),
    keys_shown=st.booleans(),
    is_full=st.booleans(),
)
SIZES = st.tuples(st.sampled_from([0, 1, 2, 3, 30, 80, 500]), st.sampled_from([0, 1, 2, 5, 8, 24, 300]))


@settings(max_examples=150)
@given(st.sampled_from(TIMELINES), st.lists(st.tuples(STATES, SIZES), max_size=8))
@example(SHORTEST, [(PlaybackState(0, volume_db=-math.inf), (80, 24)), (PlaybackState(0), (0, 0))])
def test_both_views_show_it(timeline: object, seen: list[tuple[PlaybackState, tuple[int, int]]]) -> None:
    said: list[str] = []
    screen = FakeScreen()
    views: list[PlaybackObserver] = [Pacer(screen, said.append, HELP, lambda: ["b " * 200])]
    views += [SpokenObserver(said.append, HELP)]
    for view in views:
        view.begin(timeline)  # type: ignore[arg-type]  # a tuple of timelines
        for state, (screen.columns, screen.lines) in seen:
            view.show(state)
            if view is views[0]:
                assert len(screen.picture) == screen.lines
                assert max(map(length, screen.picture), default=0) <= screen.columns
        view.end()
    assert all(line.isprintable() for line in said)
    assert not any(word in line for line in said for word in ("inf ", "nan", "-0 dB"))
