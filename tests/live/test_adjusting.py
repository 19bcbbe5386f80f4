"""Guidance and the background's level, changed while a session is heard: in simulated time, with a voice that hums."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile

from player import pipeline
from player.live.adjusting import Adjuster, Adjustments
from player.live.controls.commands import Control
from player.live.device.device import OutputDevice
from player.live.device.noise import LEAD_IN
from player.live.playback import new_transport
from player.storage.store import Store
from player.units import RATE
from tests.fakes_speaker import FakeLoudspeakers
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from player.pipeline import Prepared

BREATHS = """\
title: Breaths
background: BED
steps:
  - pause: 2s
  - breathe: {in: 3s, out: 3s, cycles: 8}
    guide: count
  - pause: 6s
"""
BREATH_MS = 6000
AS_WRITTEN = Adjustments()
TURN_S = 0.05


Begin = Callable[..., "Listening"]
Make = Callable[..., "Prepared"]


class Listening:
    """A session that is adjusted and heard, in a time of its own."""

    def __init__(self, ready: Prepared, adjusted: Adjustments) -> None:
        self.speakers = FakeLoudspeakers()
        self.adjuster = Adjuster(ready, adjusted)
        device = self._open(ready.timeline.total_ms * 48)
        self.transport = new_transport(ready.timeline, pipeline.mix(ready), device, self._open)

    def _open(self, frames: int) -> OutputDevice:
        spawn = self.speakers.spawn
        return OutputDevice(frames, changes=True, kind="miniaudio", environ={}, spawn=spawn, installed=("miniaudio",))

    def press(self, *controls: Control) -> None:
        """Carry out controls, and let what they ask for be made before time goes on."""
        for control in controls:
            assert self.adjuster.carry_out(control, self.transport)
        for _ in range(3):  # prepared, mixed, heard
            self.adjuster.tick(self.transport)
            for thread in [each for each in threading.enumerate() if each.name == "adjusting"]:
                thread.join()
        self.adjuster.tick(self.transport)

    def listen(self, seconds: float) -> None:
        for _ in range(round(seconds / TURN_S)):
            self.adjuster.tick(self.transport)
            self.transport.tick()
            self.speakers.sleep(TURN_S)

    def listen_until(self, ms: int) -> None:
        while self.transport.position_ms < ms:
            self.listen(TURN_S)

    @property
    def heard(self) -> NDArray[np.int64]:
        return self.speakers.opened[-1].sound()[LEAD_IN:].astype(int)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def prepared(tmp_path: Path, engine: FakeEngine) -> Make:
    noise = np.random.default_rng(1).normal(0, 0.1, (RATE * 4, 2))
    soundfile.write(tmp_path / "noise.wav", noise, RATE)
    machine = pipeline.Machine(engine, Store(tmp_path / "store"))

    def make(bed: str = "none", text: str = BREATHS, **asked: object) -> Prepared:
        (tmp_path / "breaths.yaml").write_text(text.replace("BED", bed))
        return pipeline.prepare(pipeline.SessionRequest(str(tmp_path / "breaths.yaml"), **asked), machine)  # type: ignore[arg-type]

    return make


@pytest.fixture
def listening() -> Iterator[Callable[..., Listening]]:
    begun: list[Listening] = []

    def begin(ready: Prepared, adjusted: Adjustments = AS_WRITTEN) -> Listening:
        begun.append(Listening(ready, adjusted))
        return begun[-1]

    yield begin
    for each in begun:
        each.adjuster.close()
        each.transport.leave(lambda _: None)


def mixed(ready: Prepared, start_ms: int, end_ms: int) -> NDArray[np.int64]:
    return np.frombuffer(pipeline.mix(ready).block(start_ms, end_ms).raw_data, np.int16).reshape(-1, 2).astype(int)


@pytest.mark.parametrize(("times", "guide"), [(1, "words"), (2, "tones"), (3, "silent"), (4, "count")])
def test_another_guidance_begins_with_the_next_breath_and_not_a_frame_is_lost(
    prepared: Make, listening: Begin, times: int, guide: str
) -> None:
    here = listening(prepared())
    here.listen_until(9000)
    here.press(*[Control.NEXT_GUIDANCE] * times)
    assert here.adjuster.guide == guide
    here.listen_until(30_000)
    breath_ms, lead_ms = 2000 + 2 * BREATH_MS, 500  # a word begins before its beat
    from_ms = breath_ms - (lead_ms if guide in {"count", "words"} else 0)
    before, after = mixed(prepared(), 0, breath_ms - lead_ms), mixed(prepared(guide=guide), from_ms, 30_000)
    assert np.array_equal(here.heard[: len(before)], before)
    assert np.array_equal(here.heard[from_ms * 48 : 30_000 * 48], after)
    assert after.any() == (guide != "silent")


def test_a_step_back_is_guided_as_it_is_now(prepared: Make, listening: Begin) -> None:
    here = listening(prepared())
    here.listen_until(15_000)
    here.press(Control.NEXT_GUIDANCE, Control.NEXT_GUIDANCE)
    here.transport.step_back()
    here.listen(1)
    here.listen_until(13_000)
    tones = mixed(prepared(guide="tones"), 10_000, 12_000)
    assert tones.any()
    assert here.heard.astype(np.int16).tobytes().find(tones.astype(np.int16).tobytes()) >= 0


def test_the_level_of_the_background_is_that_of_the_option_after_a_ramp_without_a_jump(
    prepared: Make, listening: Begin
) -> None:
    here = listening(prepared("noise.wav", guide="silent"))
    here.listen_until(6000)
    here.press(*[Control.BED_SOFTER] * 5)
    assert here.adjuster.bed_db == -30
    here.listen_until(12_000)
    before, after = prepared("noise.wav", guide="silent"), prepared("noise.wav", guide="silent", bed_db=-30.0)
    assert np.array_equal(here.heard[: 6 * RATE], mixed(before, 0, 6000))
    assert np.array_equal(here.heard[7 * RATE : 12 * RATE], mixed(after, 7000, 12_000))
    loudness = [float(np.sqrt((here.heard[at : at + RATE] ** 2).mean())) for at in (5 * RATE, 7 * RATE)]
    assert 20 * np.log10(loudness[1] / loudness[0]) == pytest.approx(-10, abs=0.2)


def test_below_the_lowest_level_the_background_is_off_and_comes_back_by_the_other_key(
    prepared: Make, listening: Begin
) -> None:
    here = listening(prepared("noise.wav", bed_db=-58.0))
    here.press(Control.BED_SOFTER)
    assert (here.adjuster.bed_db, here.transport.settings.has_background) == (-60, True)
    here.press(Control.BED_SOFTER, Control.BED_SOFTER)
    assert (here.adjuster.bed_db, here.transport.settings.has_background) == (-60, False)
    here.press(Control.BED_LOUDER)
    assert (here.adjuster.bed_db, here.transport.settings.has_background) == (-60, True)
    here.press(*[Control.BED_LOUDER] * 40)
    assert here.adjuster.bed_db == 0


def test_the_loudest_background_stays_under_the_peak(prepared: Make, listening: Begin) -> None:
    here = listening(prepared("noise.wav"))
    here.listen_until(4000)
    here.press(*[Control.BED_LOUDER] * 20)
    here.listen_until(20_000)
    assert np.abs(here.heard[5 * RATE :]).max() <= 32_768 * 10 ** (-1.5 / 20)


def test_without_a_background_or_breaths_the_keys_change_nothing(prepared: Make, listening: Begin) -> None:
    here = listening(prepared(text="title: Still\nsteps:\n  - pause: 20s\n"))
    here.press(Control.NEXT_GUIDANCE, Control.BED_SOFTER, Control.BED_LOUDER)
    assert (here.adjuster.guide, here.adjuster.bed_db, here.adjuster.wanted) == ("", None, Adjustments())
    assert not here.adjuster.carry_out(Control.PAUSE, here.transport)


def test_a_choice_passes_through_a_session_without_breaths(prepared: Make, listening: Begin) -> None:
    here = listening(prepared(text="title: Still\nsteps:\n  - pause: 20s\n"), Adjustments("tones", -30))
    here.press(Control.NEXT_GUIDANCE)
    assert (here.adjuster.guide, here.adjuster.wanted) == ("", Adjustments("tones", -30))


def test_words_that_are_new_are_spoken_meanwhile(prepared: Make, listening: Begin, engine: FakeEngine) -> None:
    here, told = listening(prepared(guide="silent")), []
    engine.while_speaking = lambda: told.append(here.adjuster.speaks)
    assert not engine.spoken
    here.press(Control.NEXT_GUIDANCE)
    assert engine.spoken["Breathe in"]
    assert any(told)
    assert not here.adjuster.speaks


def test_what_cannot_be_spoken_leaves_the_guidance_as_it_is_and_says_so(
    prepared: Make, listening: Begin, engine: FakeEngine
) -> None:
    here = listening(prepared(guide="silent"))
    engine.fails_on = frozenset({"Breathe in"})
    here.press(Control.NEXT_GUIDANCE)
    assert here.adjuster.guide == "silent"
    assert "cannot speak 'Breathe in'" in here.adjuster.notice


def test_a_disk_that_fails_leaves_the_guidance_as_it_is_and_says_so(
    prepared: Make, listening: Begin, engine: FakeEngine
) -> None:
    def fails() -> None:
        raise OSError(errno.EIO, "Input/output error")

    here = listening(prepared(guide="silent"))
    engine.while_speaking = fails
    here.press(Control.NEXT_GUIDANCE)
    assert here.adjuster.guide == "silent"
    told = "The guidance stays as it is: cannot go on: Input/output error; try again, or use another disk"
    assert here.adjuster.notice == told


def test_what_does_not_fit_is_told(prepared: Make, listening: Begin) -> None:
    halves = BREATHS.replace("3s", "3500ms").replace("count", "silent")
    here = listening(prepared(text=halves))
    here.press(Control.NEXT_GUIDANCE)
    assert here.adjuster.guide == "count where it fits"
    here.press(Control.NEXT_GUIDANCE)
    assert here.adjuster.guide == "words"


def test_what_was_chosen_in_the_session_before_holds_by_itself(prepared: Make, listening: Begin) -> None:
    ready = prepared("noise.wav").at_bed_level(-30)
    here = listening(ready, Adjustments("tones", -30))
    here.press()
    here.listen_until(20_000)
    expected = mixed(prepared("noise.wav", guide="tones", bed_db=-30.0), 12_000, 20_000)
    assert np.array_equal(here.heard[12 * RATE :][: len(expected)], expected)


@pytest.mark.parametrize(
    ("options", "before", "keys", "chosen"),
    [
        ({"guide": "count", "bed_db": -24.0}, AS_WRITTEN, (), AS_WRITTEN),
        ({"guide": "count"}, AS_WRITTEN, (Control.NEXT_GUIDANCE,), Adjustments("words")),
        ({}, Adjustments("tones", -30), (), Adjustments("tones", -30)),
        ({"bed_db": -24.0}, Adjustments("tones"), (Control.BED_SOFTER,), Adjustments("tones", -26)),
    ],
)
def test_only_what_keys_chose_is_handed_on(
    prepared: Make,
    listening: Begin,
    options: dict[str, Any],
    before: Adjustments,
    keys: tuple[Control, ...],
    chosen: Adjustments,
) -> None:
    here = listening(prepared("noise.wav", **options), before)
    here.press(*keys)
    assert here.adjuster.by_keys == chosen
