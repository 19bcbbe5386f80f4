from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from player.live.observer import PlaybackObserver, PlaybackState
from player.live.screen.lines import SpokenObserver
from tests.fakes_picture import bundled, scripted

if TYPE_CHECKING:
    from player.timeline.model import Timeline

KEYS = (("space", "pause, or go on"),)
SHORT = scripted(
    """\
  - section: Settle
  - say: Sit down. Let your shoulders drop.
    for: 6s
  - pause: 4s
  - section: Breathe
  - breathe: {in: 4s, out: 5500ms, cycles: 12}
    guide: [count 1, silent]
"""
)


def played(timeline: Timeline, *states: PlaybackState, keys: tuple[tuple[str, str], ...] = ()) -> list[str]:
    said: list[str] = []
    observer: PlaybackObserver = SpokenObserver(said.append, keys)
    observer.begin(timeline)
    for state in states:
        observer.show(state)
    observer.end()
    observer.end()
    return said


def through(start_ms: int, end_ms: int, like: PlaybackState | None = None) -> list[PlaybackState]:
    return [replace(like or PlaybackState(0), at_ms=at_ms) for at_ms in range(start_ms, end_ms, 50)]


def test_a_session_is_printed_step_by_step_and_breaths_once() -> None:
    assert played(SHORT, *through(0, SHORT.total_ms)) == [
        "0:00 – Settle –",
        "0:00 Sit down. Let your shoulders drop.",
        "0:10 – Breathe –",
        "0:10 Breathe in, 4 seconds",
        "0:14 Breathe out, 5.5 seconds",
        "1:00 1:04 left",
        "2:00 0:04 left",
        "Heard 2:04 of 2:04.",
    ]


def test_a_long_session_has_few_lines_and_no_control_characters() -> None:
    for name, most in (("box-breathing", 30), ("pmr-7", 110), ("sleep-wind-down", 60)):
        _, timeline = bundled(name)
        said = played(timeline, *through(0, timeline.total_ms))
        assert len(said) <= most, said
        assert all(line.isprintable() for line in said)
        spoken = {cue.text for cue in timeline.cues if cue.kind == "speech"}
        assert all(any(text in line for line in said) for text in spoken)


def test_muscles_are_printed_as_they_are_guided() -> None:
    _, timeline = bundled("pmr-7")
    said = played(timeline, *through(182_000, 204_000))
    assert said[0].endswith("Tense and let go –")
    assert [line.split(" ", 1)[1].split(".")[0] for line in said[1:-1]][:3] == [
        "We'll go to your right arm",
        "Now",
        "Let go",
    ]
    assert [line for line in said if "When I say now, make a fist" in line] == said[1:2]


def test_pauses_and_changes_are_printed_with_their_times() -> None:
    paused = PlaybackState(12_000, is_paused=True, notice="The headphones were unplugged.")
    softer = PlaybackState(12_050, volume_db=-2.0, has_background=False)
    said = played(SHORT, *through(11_000, 12_000), paused, paused, softer, replace(softer, volume_db=0.0))
    assert said[2:] == [
        "0:12 The headphones were unplugged.",
        "0:12 Paused.",
        "0:12 Goes on.",
        "0:12 Volume -2 dB.",
        "0:12 Background off.",
        "0:12 Volume full.",
        "Heard 0:12 of 2:04.",
    ]


def test_silence_and_full_are_told_in_words() -> None:
    levels = [-48.0, -50.0, -math.inf, -math.inf, -50.0, 0.0]
    states = [PlaybackState(0, volume_db=db) for db in levels]
    full = PlaybackState(0, is_full=True)
    said = played(SHORT, PlaybackState(0), *states, PlaybackState(0), full, full, PlaybackState(0))
    assert [line for line in said if "olume" in line or "uted" in line] == [
        "0:00 Volume -48 dB.",
        "0:00 Volume -50 dB.",
        "0:00 Muted.",
        "0:00 Volume -50 dB.",
        "0:00 Volume full.",
        "0:00 Volume full.",
    ]


def test_a_jump_tells_where_it_leads() -> None:
    said = played(SHORT, *through(0, 1000), *through(10_000, 11_000), *through(0, 500))
    assert said[2:] == [
        "0:10 – Breathe –",
        "0:10 Breathe in, 4 seconds",
        "0:00 – Settle –",
        "0:00 Sit down. Let your shoulders drop.",
        "Heard 0:00 of 2:04.",
    ]


def test_nothing_is_told_of_a_session_that_was_not_heard() -> None:
    assert played(SHORT) == []  # no loudspeaker opened


def test_the_keys_are_printed_when_they_are_asked_for() -> None:
    shown = PlaybackState(100, keys_shown=True)
    said = played(SHORT, PlaybackState(0), shown, replace(shown, at_ms=150), PlaybackState(200), keys=KEYS)
    assert said[0] == "Press ? for the keys."
    assert said.count("  space: pause, or go on") == 1


def test_guidance_and_the_level_of_the_background_are_printed_when_they_change() -> None:
    words = PlaybackState(100, guide="words", bed_db=-26.0)
    speaking = replace(words, at_ms=150, guide="count", speaks=True)
    said = played(SHORT, words, replace(words, at_ms=120), speaking, replace(speaking, at_ms=200, speaks=False))
    assert [line for line in said if "–" not in line and "Sit" not in line] == [
        "0:00 Background -26 dB.",
        "0:00 Guidance: words.",
        "0:00 Guidance: count.",
        "0:00 Speaking…",
        "Heard 0:00 of 2:04.",
    ]


def test_a_script_cannot_steer_the_terminal() -> None:
    timeline = replace(SHORT, cues=(replace(SHORT.cues[0], text="a\x1b[2J"), *SHORT.cues[1:]))
    assert any("a\\x1b[2J" in line for line in played(timeline, *through(0, 500)))
