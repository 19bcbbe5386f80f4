"""The transport with the real libraries and a sound server in real time: when a control is heard, and how."""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from player.live.controls.commands import AnyControl, Control, GoTo, SetVolume
from player.live.device.child import DeviceProcess
from player.live.device.device import OutputDevice
from player.live.device.noise import lead_in
from player.live.loop import Loop
from player.live.participants import Participants
from player.live.running import RunningParticipants
from player.live.source import ListenerSettings, MixSource
from player.live.transport import Transport
from player.timeline.steps import Steps
from player.units import RATE
from tests.fakes_participants import FakeObserver
from tests.fakes_programme import BED, STEP_MS, VOICE, TellingMix, telling_timeline, told
from tests.sound_server import Loudspeaker, mortal_server, prompt, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from player.live.observer import PlaybackState

pytestmark = pytest.mark.device


class Playing:
    """A programme of a minute whose frames tell their position, played to a sound server while keys are pressed."""

    def __init__(self, kind: str, env: dict[str, str]) -> None:
        self.observer = FakeObserver()
        self.children: list[DeviceProcess] = []
        self.running = RunningParticipants(Participants(observers=(lambda: self.observer,), pauses_when_lost=True))
        self._open = partial(OutputDevice, changes=True, kind=kind, environ=env, spawn=self._spawn)

    def play(self, waits_s: float = 0.0) -> None:
        """Return when it is over or was ended; its device has been open for ``waits_s`` before."""
        total_ms = 60_000
        timeline, source = telling_timeline(total_ms), MixSource(TellingMix(), total_ms, ListenerSettings())
        device = self._open(total_ms * 48)
        if waits_s:
            device.begin()
            wait_until(lambda: device.has_begun, "no lead-in is heard")
            time.sleep(waits_s)
        transport = Transport(source, Steps(timeline), 0, device, self._open)
        try:
            with self.running, self.running.session(timeline):
                Loop(transport, self.running).run()
        finally:
            transport.leave()

    def press(self, control: AnyControl) -> float:
        """Put a control into the inbox, and return the time."""
        self.running.participants.inbox.put(control)
        return time.monotonic()

    @property
    def now(self) -> PlaybackState:
        """The last state."""
        return self.observer.states[-1]

    def wait_for_position(self, ms: int) -> None:
        wait_until(lambda: bool(self.observer.states) and self.now.at_ms >= ms, f"it does not come to {ms}")

    def _spawn(self, *how: Any) -> DeviceProcess:
        self.children.append(DeviceProcess(*how))
        return self.children[-1]


@pytest.fixture
def presser() -> Iterator[KeyPresser]:
    presser = KeyPresser()
    yield presser
    presser.join()


class KeyPresser:
    """Presses keys in a thread, while the loop has the main thread."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._failed: BaseException | None = None

    def do(self, what: Callable[[], None], playing: Playing) -> None:
        """Call ``what`` in a thread, then end playing."""

        def run() -> None:
            try:
                what()
            except BaseException as error:  # noqa: BLE001 - raised where the test waits
                self._failed = error
            finally:
                playing.press(Control.QUIT)

        self._thread = threading.Thread(target=run)
        self._thread.start()

    def join(self) -> None:
        if self._thread:
            self._thread.join()
        if self._failed:
            failed, self._failed = self._failed, None
            raise failed


def test_volume_and_place_change_at_once_and_without_a_jump(
    kind: str, loudspeaker: Loudspeaker, presser: KeyPresser
) -> None:
    """The best of five times counts: other tests may have the processors. tests/bench/live.py tells all of them."""
    playing = Playing(kind, prompt(loudspeaker.env))
    volumes, places = [-6, -12, -18, -12, -6], [25_000, 35_000, 45_000, 55_000, 15_000]
    turned: list[float] = []
    jumped: list[float] = []

    def keys() -> None:
        playing.wait_for_position(1000)
        for db in volumes:
            turned.append(playing.press(SetVolume(db)))
            time.sleep(0.4)
        playing.press(SetVolume(0))
        time.sleep(0.5)
        for at_ms in places:
            jumped.append(playing.press(GoTo(at_ms)))
            time.sleep(0.6)

    presser.do(keys, playing)
    playing.play()
    presser.join()
    heard = loudspeaker.recording().astype(int)
    at = first = int(np.flatnonzero(heard[:, 1] == VOICE + BED)[0])
    frames = []
    for before, after in pairwise([0, *volumes]):
        level = (VOICE + BED) * 10 ** ((before + after) / 40)
        at += int(np.flatnonzero((heard[at:, 1] > level) == (after > before))[0])
        frames.append(at)
    assert late(loudspeaker, turned, frames) < 0.2
    arrived = [int(np.flatnonzero(heard[:, 0] == at_ms // STEP_MS * STEP_MS // 2 + 1)[0]) for at_ms in places]
    assert late(loudspeaker, jumped, arrived) < 0.3
    assert np.abs(np.diff(heard[first : arrived[-1], 1])).max() < 5


def late(ear: Loudspeaker, since: list[float], frames: list[int]) -> float:
    """The shortest of the times from a key to its frame, in seconds."""
    return min(ear.time_of(frame) - at for at, frame in zip(since, frames, strict=True))


@pytest.mark.parametrize("waits_s", [0.25, 1.5])
def test_the_lead_in_does_not_wait_for_the_programme_which_is_heard_from_its_first_frame_on(
    kind: str, waits_s: float, loudspeaker: Loudspeaker, presser: KeyPresser
) -> None:
    playing = Playing(kind, loudspeaker.env)
    presser.do(lambda: playing.wait_for_position(3000), playing)
    playing.play(waits_s)
    presser.join()
    heard = loudspeaker.recording().astype(int)
    before = heard[: int(np.flatnonzero(heard[:, 1] == VOICE + BED)[0])]
    noise = np.frombuffer(lead_in(), np.int16).astype(int)
    assert np.abs(before).max() == np.abs(noise).max()
    sounding = np.flatnonzero(before.any(axis=1))
    assert len(sounding) >= max(waits_s, 0.45) * RATE
    assert np.diff(sounding).max() < RATE // 10, "there was a silence between the noise and the programme"
    assert told(heard[len(before) :])[0][0] == 0


def test_pausing_is_soft_and_going_on_begins_the_step_again(
    kind: str, loudspeaker: Loudspeaker, presser: KeyPresser
) -> None:
    playing = Playing(kind, loudspeaker.env)

    def keys() -> None:
        playing.wait_for_position(500)
        playing.press(GoTo(25_000))
        playing.wait_for_position(21_000)
        playing.press(Control.PAUSE)
        time.sleep(1)
        assert playing.now.is_paused
        playing.press(Control.RESUME)
        playing.wait_for_position(21_000)

    presser.do(keys, playing)
    playing.play()
    presser.join()
    heard = loudspeaker.recording().astype(int)
    runs = told(heard)
    assert [run[0] for run in runs] == [0, pytest.approx(20_000, abs=12), pytest.approx(19_900, abs=12)]
    sounding = np.flatnonzero(heard[:, 1] == VOICE + BED)
    assert np.abs(np.diff(heard[sounding[0] :, 1])).max() < 5
    assert not heard[sounding[-1] + 2 * RATE :].any()
    assert len(playing.children) == 1


def test_a_killed_loudspeaker_is_reported_and_another_one_goes_on_at_the_step(
    kind: str, loudspeaker: Loudspeaker, presser: KeyPresser
) -> None:
    playing = Playing(kind, loudspeaker.env)

    def keys() -> None:
        playing.wait_for_position(500)
        playing.press(GoTo(25_000))
        playing.wait_for_position(21_000)
        os.kill(playing.children[0].pid, signal.SIGKILL)
        wait_until(lambda: playing.now.is_paused, "it is not noticed")
        playing.press(Control.RESUME)
        playing.wait_for_position(20_500)

    presser.do(keys, playing)
    playing.play()
    presser.join()
    (notice,) = {state.notice for state in playing.observer.states} - {""}
    assert notice == "The loudspeaker stopped at 0:21 (its process was ended by SIGKILL); space tries again."
    assert told(loudspeaker.recording().astype(int))[-1][0] == pytest.approx(19_900, abs=12)


def test_a_killed_sound_server_is_reported_and_the_position_is_kept_until_there_is_one_again(
    kind: str, presser: KeyPresser
) -> None:
    with mortal_server() as server:
        playing = Playing(kind, server.env)

        def keys() -> None:
            playing.wait_for_position(500)
            playing.press(GoTo(25_000))
            playing.wait_for_position(21_000)
            server.kill()
            wait_until(lambda: playing.now.is_paused, "it is not noticed")
            playing.press(Control.RESUME)
            wait_until(lambda: "could be opened" in playing.now.notice, "no notice says that there is none")
            assert playing.now.at_ms == 20_000
            server.start()
            playing.press(Control.RESUME)
            playing.wait_for_position(20_500)

        presser.do(keys, playing)
        playing.play()
        presser.join()
    notices = list(dict.fromkeys(state.notice for state in playing.observer.states))
    assert notices[1].startswith("The loudspeaker stopped at 0:21 (")
    assert notices[2].startswith(f"No audio device could be opened by {kind} (")
