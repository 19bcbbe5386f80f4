"""Sessions to fall asleep by: a slow fade at the end, and no bell after the last word."""

from __future__ import annotations

import pytest

from player.timeline.for_sleep import asleep_from_ms, is_for_sleep
from tests.fakes_mix import sounded, spoken, timeline
from tests.fakes_picture import bundled

MINUTE_MS = 60_000
NIGHT_MS = 5 * MINUTE_MS
WORD = spoken("Rest.", 1000, 2000)


@pytest.mark.parametrize(
    ("fade_out_ms", "fades_evenly", "from_ms"),
    [
        (10_000, False, None),
        (MINUTE_MS - 1, False, None),
        (MINUTE_MS, False, NIGHT_MS - MINUTE_MS),
        (2 * MINUTE_MS, False, NIGHT_MS - 2 * MINUTE_MS),
        (30_000, True, NIGHT_MS - 30_000),  # with --outlive it is for sleep, however short
        (NIGHT_MS + 1000, False, 0),
    ],
)
def test_a_listener_is_asleep_when_only_a_slow_fade_is_left(
    fade_out_ms: int, from_ms: int | None, *, fades_evenly: bool
) -> None:
    session = timeline(NIGHT_MS, cues=(WORD,), fade_out_ms=fade_out_ms, fades_evenly=fades_evenly)
    assert asleep_from_ms(session) == from_ms
    assert is_for_sleep(session) is (from_ms is not None)


@pytest.mark.parametrize(
    ("start_ms", "kind", "sleeps"),
    [
        (2000, "chime", False),
        (200_000, "chime", False),
        (1999, "chime", True),
        (0, "chime", True),
        (200_000, "tone", True),
    ],
)
def test_a_bell_after_the_last_word_wakes_who_sleeps(start_ms: int, kind: str, *, sleeps: bool) -> None:
    cue = sounded(start_ms, start_ms + 3000, kind=kind)  # type: ignore[arg-type]
    assert is_for_sleep(timeline(NIGHT_MS, cues=(WORD, cue), fade_out_ms=MINUTE_MS)) is sleeps


def test_where_nothing_is_said_any_bell_wakes() -> None:
    assert not is_for_sleep(timeline(NIGHT_MS, cues=(sounded(0, 3000, kind="chime"),), fade_out_ms=MINUTE_MS))
    assert is_for_sleep(timeline(NIGHT_MS, fade_out_ms=MINUTE_MS))


@pytest.mark.parametrize(
    ("name", "sleeps"), [("sleep-wind-down", True), ("awake-at-night", True), ("box-breathing", False)]
)
def test_the_sessions_for_the_night_are_for_sleep(name: str, *, sleeps: bool) -> None:
    assert is_for_sleep(bundled(name)[1]) is sleeps
