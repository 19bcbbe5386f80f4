from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from player.live.controls.commands import AnyControl, Control, ForcedPause, GoTo, Quit, SetVolume
from player.live.loop import steer
from tests.fakes_programme import STEP_MS, TransportRun

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def here() -> Iterator[TransportRun]:
    listening = TransportRun()
    listening.listen_until(24_000)
    yield listening
    listening.close()


@pytest.mark.parametrize(
    ("controls", "paused", "step"),
    [
        ([Control.PAUSE], True, 2),
        ([Control.PAUSE, Control.PAUSE], True, 2),
        ([Control.PAUSE_OR_RESUME], True, 2),
        ([Control.PAUSE_OR_RESUME, Control.PAUSE_OR_RESUME], False, 2),
        ([Control.PAUSE, Control.RESUME], False, 2),
        ([Control.RESUME], False, 2),
        ([Control.STEP_BACK], False, 1),
        ([Control.STEP_ON], False, 3),
        ([Control.STEP_ON, Control.STEP_ON], False, 4),
        ([Control.STEP_ON, Control.REPEAT_STEP], False, 3),
        ([Control.NEXT_SECTION], False, 3),
        ([GoTo(55_000)], False, 5),
        ([ForcedPause("The lid was closed."), Control.STEP_BACK], True, 1),
        ([Control.SHOW_KEYS, Control.QUIT, Quit(143)], False, 2),
    ],
)
def test_each_control_does_what_it_is_called(
    here: TransportRun, controls: list[AnyControl], paused: bool, step: int
) -> None:
    for control in controls:
        steer(here.transport, control)
    here.listen(0.5)
    assert here.transport.is_paused == paused
    assert (here.transport.position_ms + 100) // STEP_MS == step


def test_the_reason_of_a_pause_is_the_notice(here: TransportRun) -> None:
    steer(here.transport, ForcedPause("The lid was closed."))
    assert here.transport.notice == "The lid was closed."
    steer(here.transport, Control.RESUME)
    assert here.transport.notice == ""


def test_what_is_changed_is_how_it_sounds(here: TransportRun) -> None:
    for control in (Control.SOFTER, Control.SOFTER, Control.LOUDER, Control.BACKGROUND):
        steer(here.transport, control)
    assert (here.transport.settings.volume_db, here.transport.settings.has_background) == (-2, False)
    steer(here.transport, SetVolume(-math.inf))
    assert here.transport.settings.volume_db == -math.inf
