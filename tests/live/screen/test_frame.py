from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from player.live.controls.keys import HELP
from player.live.observer import PlaybackState
from player.live.screen.frame import frame
from player.live.screen.rows import Look, length
from player.timeline.pacer_index import PacerIndex
from tests.fakes_picture import bundled, scripted
from tests.fakes_screen import text

NAMES = ("box-breathing", "pmr-7", "grounding-54321", "alternate-nostril")
SESSIONS = {name: PacerIndex(bundled(name)[1]) for name in NAMES}
UNICODE, KEYLESS, ASCII = Look(keys=HELP), Look(), Look("ascii", HELP)
WIDE = PacerIndex(
    scripted("  - section: 深呼吸の章\n  - say: 深呼吸をして、肩の力を抜いてください。ゆっくりと。\n    for: 9s\n")
)

states = st.builds(
    PlaybackState,
    st.integers(0, 900_000),
    is_paused=st.booleans(),
    volume_db=st.floats(-60, 0),
    has_background=st.booleans(),
    notice=st.sampled_from(["", "The headphones were unplugged, so it waits here until you say that it is to go on."]),
    keys_shown=st.booleans(),
    guide=st.sampled_from(["", "count where it fits"]),
    bed_db=st.none() | st.floats(-60, 0),
    speaks=st.booleans(),
)


def drawn(index: PacerIndex, state: PlaybackState, columns: int, rows: int, look: Look = UNICODE) -> str:
    return "\n".join(map(text, frame(index.at(state.at_ms), state, look, columns, rows)))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([*SESSIONS.values(), WIDE]),
    states,
    st.integers(1, 140),
    st.integers(1, 50),
    st.sampled_from([UNICODE, KEYLESS, ASCII, Look("latin-1", HELP)]),
)
@example(SESSIONS["box-breathing"], PlaybackState(80_000), 20, 5, UNICODE)
@example(SESSIONS["pmr-7"], PlaybackState(83_000, keys_shown=True), 20, 5, ASCII)
def test_a_picture_is_as_high_as_the_screen_and_never_wider(
    index: PacerIndex, state: PlaybackState, columns: int, rows: int, look: Look
) -> None:
    picture = frame(index.at(state.at_ms), state, look, columns, rows)
    assert len(picture) == rows
    assert max(map(length, picture)) <= columns
    for row in picture:
        text(row).encode(look.encoding)


@settings(max_examples=60, deadline=None)
@given(st.integers(79_000, 300_000), st.integers(20, 140), st.integers(4, 40))
def test_phase_and_count_are_there_on_every_screen(at_ms: int, columns: int, rows: int) -> None:
    index = SESSIONS["box-breathing"]
    scene = index.at(at_ms)
    picture = drawn(index, PlaybackState(at_ms), columns, rows)
    assert scene.phase.word in picture
    assert f"{scene.phase.word}{scene.count:>4}" in picture


@settings(max_examples=40, deadline=None)
@given(st.integers(79_000, 90_000), st.integers(20, 140), st.integers(3, 40))
def test_the_phase_stays_where_it_is(at_ms: int, columns: int, rows: int) -> None:
    index = SESSIONS["box-breathing"]
    one, other = (drawn(index, PlaybackState(at), columns, rows).splitlines() for at in (at_ms, at_ms + 4000))
    words = ("Breathe in ", "Breathe out ", "Stay ", "Be still ")
    places = [[n for n, row in enumerate(rows) if row.strip().startswith(words)] for rows in (one, other)]
    assert places[0] == places[1]
    assert len(places[0]) == 1


def test_the_smallest_window_has_breath_count_progress_and_time() -> None:
    assert drawn(SESSIONS["box-breathing"], PlaybackState(89_000), 20, 5).splitlines() == [
        "⢸   ⢸⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡇   ⡇",
        "  Breathe out   3",
        "",
        "━━━━────────────────",
        "Breathe        −5:31",
    ]


def test_in_ascii() -> None:
    assert drawn(SESSIONS["box-breathing"], PlaybackState(89_000), 40, 5, ASCII).splitlines() == [
        "(        ======================        )",
        "            Breathe out   3",
        "",
        "  ========----------------------------",
        "  Breathe                 5:31 of 7:00",
    ]


def test_title_time_and_keys_frame_a_larger_one() -> None:
    rows = drawn(SESSIONS["pmr-7"], PlaybackState(190_000), 80, 24).splitlines()
    assert rows[0] == f"  Muscle relaxation, seven groups{' ' * 39}? keys"
    assert rows[-1] == f"  Tense and let go: your right arm{' ' * 25}11:50 left of 15:00"


def test_without_keys_none_are_spoken_of() -> None:
    index = SESSIONS["box-breathing"]
    assert "?" not in drawn(index, PlaybackState(80_000), 80, 24, KEYLESS)
    assert "space" not in drawn(index, PlaybackState(80_000, is_paused=True), 80, 24, KEYLESS)
    assert "Breathe" in drawn(index, PlaybackState(80_000, keys_shown=True), 80, 24, KEYLESS)


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 16), (80, 12), (60, 14), (200, 50)])
def test_every_key_is_in_the_panel(columns: int, rows: int) -> None:
    picture = " ".join(drawn(SESSIONS["pmr-7"], PlaybackState(84_000, keys_shown=True), columns, rows).split())
    for key, does in HELP:
        assert key in picture
        assert does in picture


def test_a_pause_and_its_reason_are_shown() -> None:
    index = SESSIONS["box-breathing"]
    state = PlaybackState(80_000, is_paused=True, notice="The headphones were unplugged.")
    picture = drawn(index, state, 80, 24)
    assert "Paused · space goes on" in picture
    assert "The headphones were unplugged." in picture
    assert "Paused" in drawn(index, PlaybackState(80_000, is_paused=True), 20, 5)


def test_what_was_changed_is_shown() -> None:
    picture = drawn(SESSIONS["box-breathing"], PlaybackState(80_000, volume_db=-6.0, has_background=False), 80, 24)
    assert "volume −6 dB · no background" in picture.splitlines()[0]
    adjusted = PlaybackState(80_000, guide="words, tones", bed_db=-26.0, speaks=True)
    picture = drawn(SESSIONS["box-breathing"], adjusted, 80, 24)
    assert picture.splitlines()[0].endswith("Speaking… · guide words, tones · background −26 dB")


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (PlaybackState(0, volume_db=-math.inf), "muted"),
        (PlaybackState(0, volume_db=-50.0), "volume −50 dB"),
        (PlaybackState(0, volume_db=-0.2), "? keys"),
        (PlaybackState(0), "? keys"),
        (PlaybackState(0, is_full=True), "volume full"),
    ],
)
def test_the_volume_is_told_from_silence_to_full(state: PlaybackState, told: str) -> None:
    assert drawn(SESSIONS["box-breathing"], state, 80, 24).splitlines()[0].endswith(f"  {told}")


def test_sentences_stand_where_they_will_stay() -> None:
    index = SESSIONS["grounding-54321"]
    spoken = next(phase for phase in index.phases if len(phase.lines) > 1)
    at = [line.start_ms + 10 for line in spoken.lines]
    places = [
        next(
            n
            for n, row in enumerate(drawn(index, PlaybackState(at_ms), 80, 24).splitlines())
            if spoken.lines[0].text[:20] in row
        )
        for at_ms in at
    ]
    assert len(set(places)) == 1


def test_a_long_sentence_turns_its_pages() -> None:
    line = "Let " + "the breath come and go as it likes " * 8 + "and rest."
    timeline = scripted(f"  - say: {line}\n    for: 30s\n")
    index, cue = PacerIndex(timeline), timeline.cues[0]
    pages = [
        drawn(index, PlaybackState(at), 20, 5)
        for at in range(cue.start_ms, cue.end_ms, (cue.end_ms - cue.start_ms) // 8)
    ]
    assert "Let the breath" in pages[0]
    assert "rest." in drawn(index, PlaybackState(cue.end_ms), 20, 5)
    assert len(set(pages)) > 3


def test_a_step_without_a_shape_tells_how_long_it_goes_on() -> None:
    index = PacerIndex(scripted("  - say: Sit down.\n    for: 12s\n  - pause: 8s\n  - pause: 3s\n"))
    last = [
        drawn(index, PlaybackState(at_ms), 30, 8).splitlines()[5].strip()
        for at_ms in (0, 1, 4001, 12_000, 19_999, 21_000)
    ]
    assert last == ["0:12", "0:12", "0:08", "0:08", "0:01", ""]


def test_a_small_window_uses_its_free_rows_for_what_is_said() -> None:
    index = SESSIONS["pmr-7"]
    phase = next(each for each in index.phases if each.body == "tension" and each.own)
    at_ms = phase.start_ms + phase.length_ms - 100
    rows = [row.strip() for row in drawn(index, PlaybackState(at_ms), 30, 8).splitlines()]
    assert phase.lines[-1].text in " ".join(rows)


@pytest.mark.parametrize(
    ("columns", "rows", "high"), [(80, 24, 17), (80, 30, 19), (200, 60, 35), (60, 60, 30), (400, 150, 39)]
)
def test_the_disc_grows_with_the_window_up_to_a_calm_size(columns: int, rows: int, high: int) -> None:
    index = SESSIONS["box-breathing"]
    full = max(index.phases, key=lambda phase: phase.guide == "hold")
    picture = drawn(index, PlaybackState(full.start_ms + 100), columns, rows).splitlines()
    assert sum("⣿" in row for row in picture) == pytest.approx(high, abs=2)
