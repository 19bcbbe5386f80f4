from __future__ import annotations

import numpy as np
import pytest

from player.picture.curves import SILENT_DB, BedCurve, curve, guidance
from player.sound.envelope import Envelope
from player.timeline.body import AT_REST, LEFT_OVER, Run, moves, runs
from player.timeline.model import Span, Stretch
from player.units import FRAMES_PER_MS
from tests.fakes_picture import bundled, scripted

BOX = """\
  - pause: 2s
  - breathe: {in: 4s, hold: 4s, out: 4s, rest: 4s, cycles: 4}
    guide: [count 1, words 1, tones 1, silent]
"""


def levels(run: Run, *times: int) -> list[float]:
    points = curve(moves(run), 50)
    return [float(np.interp(at, points[:, 0], points[:, 1])) for at in times]


def breaths(*phases: tuple[str, int]) -> Run:
    slots, at = [], 0
    for guide, length in phases:
        slots.append(Stretch(at, length, guide))
        at += length
    return Run("breath", tuple(slots))


def test_a_breath_rises_stays_falls_and_rests() -> None:
    (run,) = runs(scripted(BOX))
    times = (2000, 4000, 6000, 8000, 10_000, 12_000, 14_000, 16_000, 18_000, 20_000)
    assert levels(run, *times) == pytest.approx([0, 0.5, 1, 1, 1, 0.5, 0, 0, 0, 0.5], abs=1e-3)


def test_a_breath_drawn_in_two_goes_has_a_shoulder() -> None:
    run = breaths(("in", 3000), ("in", 1000), ("out", 6000))
    assert levels(run, 0, 3000, 4000, 7000, 10_000) == pytest.approx([0, 0.75, 1, 0.5, 0], abs=1e-3)


def test_a_breath_that_begins_by_breathing_out_begins_full() -> None:
    run = breaths(("out", 4000), ("hold", 2000), ("in", 4000))
    assert levels(run, 0, 4000, 6000, 10_000) == pytest.approx([1, 0, 0, 1])


def test_muscles_tense_at_once_and_let_go_soon() -> None:
    run = Run("tension", (Stretch(1000, 6000, "tense"), Stretch(7000, 35_000, "release")))
    times = (1000, 2000, 6999, 9500, 42_000)
    assert levels(run, *times) == pytest.approx([0, 1, 1, LEFT_OVER, 0], abs=1e-3)


def test_muscles_that_were_not_tensed_ebb_for_as_long_as_the_release_lasts() -> None:
    run = Run("tension", (Stretch(0, 22_000, "release"),))
    assert levels(run, 0, 11_000, 22_000) == pytest.approx([AT_REST, AT_REST / 2, 0])


def test_a_run_ends_where_the_guiding_does() -> None:
    steps = "  - breathe: {in: 2s, out: 2s, cycles: 2}\n    guide: silent\n"
    found = runs(scripted(f"{steps}{steps}  - pause: 5s\n{steps}"))
    assert [(run.body, run.start_ms, run.end_ms) for run in found] == [
        ("breath", 0, 16_000),
        ("breath", 21_000, 29_000),
    ]


def test_breath_and_tension_are_reported_apart() -> None:
    _, timeline = bundled("pmr-release-only")
    bodies = [run.body for run in runs(timeline)]
    assert bodies == ["breath", *["tension"] * 12]


def test_guidance_steps_back_cycle_by_cycle() -> None:
    assert guidance(scripted(BOX)) == (
        (Span(2000, 18_000), "counted"),
        (Span(18_000, 34_000), "words"),
        (Span(34_000, 50_000), "tones"),
        (Span(50_000, 66_000), ""),
    )


def test_equal_guidance_of_two_steps_is_one_span() -> None:
    step = "  - breathe: {in: 2s, out: 2s, cycles: 2}\n    guide: words\n"
    assert guidance(scripted(f"  - pause: 1s\n{step}{step}")) == ((Span(1000, 17_000), "words"),)


def test_the_bed_is_as_loud_as_its_envelope_says() -> None:
    timeline = scripted("  - pause: 20s\n  - say: Now.\n    for: 20s\n  - pause: 20s\n")
    times, db = BedCurve(timeline).curve("ocean", 0, 60_000, 601).T
    envelope = Envelope(timeline)
    gains = [envelope.gain("ocean", int(at * FRAMES_PER_MS), 1)[0, 0] for at in times[:-1]]
    assert 10 ** (db[1:-1] / 20) == pytest.approx(gains[1:], rel=1e-5)
    known = dict(zip(times, db, strict=True))
    assert known[0] == SILENT_DB
    assert (known[15_000], known[20_200], known[40_000]) == pytest.approx((-16, -20, -16))
    assert known[60_000] < -60


def test_the_bed_knows_its_sounds_and_levels() -> None:
    bed = BedCurve(
        scripted("  - pause: 9s\n  - bed: {sound: rain, under_voice: -30 dB}\n  - pause: 9s\n  - bed: off\n")
    )
    assert bed.sounds == ("ocean", "rain")
    assert bed.levels_db == (-30, -20, -16)
    assert BedCurve(scripted("  - pause: 9s\n", background="none")).sounds == ()
