"""The loop in simulated time: each look at the inbox lets one tick pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from player.errors import DeviceError
from player.live.controls.commands import AnyControl, Control, ForcedPause, Quit
from player.live.controls.inbox import Inbox
from player.live.device.fades import FADE_OUT_MS
from player.live.device.noise import LEAD_IN
from player.live.loop import Loop
from player.live.participants import Participants
from player.live.running import RunningParticipants, exit_code
from player.units import RATE
from tests.fakes_participants import FakeObserver, FakeProgressListener
from tests.fakes_programme import BED, STEP_MS, TURN_S, VOICE, TransportRun, telling_timeline
from tests.fakes_speaker import FakeLoudspeakers

if TYPE_CHECKING:
    from collections.abc import Iterator


class TimedParticipants(RunningParticipants):
    """Participants that let the time of a `TransportRun` pass; ``controls`` come at their seconds."""

    def __init__(self, here: TransportRun, participants: Participants, controls: dict[float, AnyControl]) -> None:
        super().__init__(participants)
        self._here = here
        self._planned = controls

    def controls(self, wait_s: float) -> Iterator[AnyControl]:
        self._here.sleep(TURN_S)
        for at in [at for at in self._planned if self._here.now >= 100 + at]:
            yield self._planned.pop(at)


class LoopRun:
    """A loop with its transport and participants."""

    def __init__(self, controls: dict[float, AnyControl], *, pauses_when_lost: bool = False, **how: Any) -> None:
        self.here = TransportRun(**how)
        self.observer, self.listener = FakeObserver(), FakeProgressListener()
        participants = Participants(
            Inbox(),
            observers=(lambda: self.observer,),
            progress_listener=self.listener,
            pauses_when_lost=pauses_when_lost,
        )
        self.running = TimedParticipants(self.here, participants, controls)

    def run(self) -> int | None:
        try:
            with self.running, self.running.session(telling_timeline()):
                return Loop(self.here.transport, self.running).run()
        finally:
            self.here.close()

    @property
    def notices(self) -> list[str]:
        found = [state.notice for state in self.observer.states]
        return [each for at, each in enumerate(found) if each and (not at or found[at - 1] != each)]


def test_heard_to_its_end_it_asks_for_no_exit_code() -> None:
    run = LoopRun({}, total_ms=12_000)
    assert run.run() is None
    places = [state.at_ms for state in run.observer.states]
    assert places == sorted(places)
    assert places[-1] == 12_000
    assert run.observer.events == ["begin Told", "end"]
    assert [at for at, _ in run.listener.reached_ms] == [heard for _, heard in run.listener.reached_ms]
    assert len(run.listener.reached_ms) == pytest.approx(13, abs=1)


@pytest.mark.parametrize(("control", "code"), [(Control.QUIT, 0), (Quit(), 0), (Quit(143), 143)])
def test_the_control_that_ends_it_sets_the_exit_code(control: AnyControl, code: int) -> None:
    run = LoopRun({5: control, 5.01: Control.STEP_ON})
    assert run.run() == code
    assert 3500 < run.observer.states[-1].at_ms < 5000


def test_what_is_shown_is_what_is_going_on() -> None:
    run = LoopRun({
        3: Control.SOFTER,
        4: Control.BACKGROUND,
        5: Control.SHOW_KEYS,
        12: ForcedPause("The lid was closed."),
        15: Control.SHOW_KEYS,
        20: Control.QUIT,
    })  # fmt: skip
    run.run()
    seen = list(dict.fromkeys(
        (each.is_paused, each.volume_db, each.has_background, each.keys_shown) for each in run.observer.states
    ))  # fmt: skip
    assert seen == [
        (False, 0, True, False),
        (False, -2, True, False),
        (False, -2, False, False),
        (False, -2, False, True),
        (True, -2, False, True),
        (True, -2, False, False),
    ]
    assert run.notices == ["The lid was closed."]
    assert run.observer.states[-1].at_ms == STEP_MS
    assert run.listener.reached_ms[-1][0] == STEP_MS - 100


def test_a_lost_loudspeaker_ends_it_unless_it_waits() -> None:
    run = LoopRun({}, speakers=FakeLoudspeakers(dies_at=LEAD_IN + 14 * RATE))
    with pytest.raises(DeviceError, match=r"stopped at 0:14 \(it died\); go on with --from 0:14"):
        run.run()
    assert run.observer.events[-1] == "end"


def test_with_waits_a_lost_loudspeaker_is_a_pause() -> None:
    speakers = FakeLoudspeakers(dies_at=LEAD_IN + 14 * RATE)
    run = LoopRun({60: Control.RESUME, 70: Control.QUIT}, pauses_when_lost=True, speakers=speakers)
    run.observer.on_show = lambda state: setattr(speakers, "dies_at", None) if state.is_paused else None
    assert run.run() == 0
    assert run.notices == ["The loudspeaker stopped at 0:14 (it died); space tries again."]
    assert len(speakers.opened) == 2
    assert run.observer.states[-1].at_ms > 17_000


@pytest.mark.parametrize(("control", "code"), [(Control.QUIT, None), (Quit(143), 143)])
def test_waiting_for_a_loudspeaker_can_be_ended(control: AnyControl, code: int | None) -> None:
    run = LoopRun({30: control}, pauses_when_lost=True, speakers=FakeLoudspeakers(dies_at=LEAD_IN + 14 * RATE))
    if code is not None:
        assert run.run() == code
        return
    with pytest.raises(DeviceError, match="stopped at 0:14"):
        run.run()


class Leaving:
    """A loop that is left after five seconds; ``controls`` come while it fades."""

    def __init__(self, *controls: AnyControl) -> None:
        self.here, inbox = TransportRun(), Inbox()
        self.here.listen_until(5000)
        self.observer, self.waits = FakeObserver(), 0
        self.running = RunningParticipants(Participants(inbox, observers=(lambda: self.observer,)))
        self._controls = list(controls)
        self.running.wait = self._wait  # type: ignore[method-assign]

    def leave(self) -> float:
        """How much of the fade was heard, in ms."""
        with self.running, self.running.session(telling_timeline()):
            Loop(self.here.transport, self.running).leave()
        return len(np.flatnonzero(self.here.heard()[:, 1] < VOICE + BED)) / 48

    def _wait(self, seconds: float) -> int | None:
        self.here.sleep(seconds)
        self.waits += 1
        return exit_code(self._controls.pop(0)) if self._controls and self.waits > 3 else None


def test_the_listener_sees_what_is_heard_while_it_fades() -> None:
    leaving = Leaving()
    assert leaving.leave() == pytest.approx(FADE_OUT_MS, abs=50)
    places = [state.at_ms for state in leaving.observer.states]
    assert places == sorted(places)
    assert places[-1] - places[0] > FADE_OUT_MS * 0.8


@pytest.mark.parametrize("control", [Control.QUIT, Quit(143)])
def test_who_asks_for_the_end_twice_does_not_wait_for_the_fade(control: AnyControl) -> None:
    assert Leaving(control).leave() < 300


def test_a_window_that_is_closed_may_say_so_twice() -> None:
    assert Leaving(Quit(129), Quit(129), Control.PAUSE).leave() == pytest.approx(FADE_OUT_MS, abs=50)
