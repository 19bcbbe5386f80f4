"""From a mix to a sound server in real time, with the real libraries."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from player.errors import DeviceError
from player.live.controls.commands import Control
from player.live.controls.inbox import Inbox
from player.live.device.child import STALL_S, DeviceProcess
from player.live.device.device import OutputDevice
from player.live.device.noise import LEAD_IN, lead_in
from player.live.device.ringbuffer import SharedRingBuffer, State
from player.live.playback import play_through
from player.units import RATE
from tests.fakes_programme import SoundMix, empty_timeline
from tests.sound_server import Loudspeaker, wait_until, without_devices

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pydub import AudioSegment

Frames = NDArray[np.int16]

pytestmark = pytest.mark.device


def noise(seconds: float) -> Frames:
    """No two stretches of it are alike, no frame is silent, and it is far louder than the lead-in."""
    samples = np.random.default_rng(5).integers(1000, 9000, (int(seconds * RATE), 2), dtype=np.int16)
    return np.where(np.arange(len(samples))[:, None] % 2, samples, -samples)


def hum(seconds: float) -> Frames:
    wave = 9000 * np.sin(2 * np.pi * 220 / RATE * np.arange(int(seconds * RATE)))
    return np.repeat(wave.astype(np.int16)[:, None], 2, axis=1)


def play(sound: Frames, kind: str, environ: dict[str, str], mix: SoundMix | None = None, **how: Any) -> None:
    open_device = partial(OutputDevice, kind=kind, environ=environ, **how)
    play_through(empty_timeline(len(sound) * 1000 // RATE), mix or SoundMix(sound), open_device=open_device)


def find(part: Frames, recording: Frames) -> int:
    """The frame of the recording at which the part begins, or -1."""
    at = recording.tobytes().find(part[:64].tobytes())
    return at // 4 if at >= 0 else -1


def test_the_loudspeaker_plays_the_programme_sample_for_sample(kind: str, loudspeaker: Loudspeaker) -> None:
    programme = noise(6)
    play(programme, kind, loudspeaker.env)
    recording = loudspeaker.recording()
    start = find(programme, recording)
    assert np.array_equal(recording[start : start + len(programme)], programme)
    assert not recording[start + len(programme) :].any()
    assert recording[start - LEAD_IN : start].tobytes() == lead_in()
    assert not recording[: start - LEAD_IN].any()


def test_a_slow_source_is_heard_late_and_whole(kind: str, loudspeaker: Loudspeaker) -> None:
    programme = noise(4)

    class SlowMix(SoundMix):
        """Its third second is there only when the first second has long been heard."""

        def block(self, start_ms: int, end_ms: int, layers: Collection[str]) -> AudioSegment:
            if start_ms == 1000 and not waited:
                loudspeaker.wait_for(RATE * 9 // 10)
                time.sleep(0.5)
                waited.append(True)
            return super().block(start_ms, end_ms, layers)

    waited: list[bool] = []
    play(programme, kind, loudspeaker.env, SlowMix(programme))
    recording = loudspeaker.recording()
    first, second = find(programme, recording), find(programme[RATE:], recording)
    assert np.array_equal(recording[first : first + RATE], programme[:RATE])
    assert np.array_equal(recording[second : second + 3 * RATE], programme[RATE:])
    assert second > first + RATE


def test_a_fade_out_leaves_no_edge(kind: str, loudspeaker: Loudspeaker) -> None:
    programme, inbox = hum(10), Inbox()
    end_it = threading.Thread(
        target=lambda: (loudspeaker.wait_for(RATE), inbox.put(Control.QUIT))  # type: ignore[func-returns-value]
    )
    end_it.start()
    open_device = partial(OutputDevice, kind=kind, environ=loudspeaker.env)
    play_through(empty_timeline(10_000), SoundMix(programme), inbox, open_device=open_device)
    end_it.join()
    heard = loudspeaker.recording()[:, 0].astype(int)
    end = np.flatnonzero(np.abs(heard) > 8990)[-1]
    tail = heard[end : end + 2 * RATE]
    assert np.abs(np.diff(heard[end - RATE :])).max() <= np.abs(np.diff(programme[:, 0].astype(int))).max()
    assert np.flatnonzero(tail)[-1] == pytest.approx(1.5 * RATE, abs=0.05 * RATE)
    assert np.abs(tail[int(0.75 * RATE) :]).max() == pytest.approx(4500, abs=500)
    assert not heard[end + 2 * RATE :].any()


def test_killing_its_process_says_where_to_go_on(kind: str, loudspeaker: Loudspeaker) -> None:
    children: list[DeviceProcess] = []

    def spawn(kind: str, ring: SharedRingBuffer, environ: dict[str, str]) -> DeviceProcess:
        children.append(DeviceProcess(kind, ring, environ))
        return children[-1]

    def kill() -> None:
        loudspeaker.wait_for(RATE)
        os.kill(children[0].pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(
        DeviceError, match=r"stopped at 0:0\d \(its process was ended by SIGKILL\); go on with --from 0:0\d"
    ) as caught:
        play(noise(40), kind, loudspeaker.env, spawn=spawn)
    killer.join()
    assert caught.value.position_ms is not None
    assert 500 < caught.value.position_ms < 10_000


def test_a_process_that_stands_still_is_given_up(kind: str, loudspeaker: Loudspeaker) -> None:
    ring = SharedRingBuffer.create(total=20 * RATE, capacity=30 * RATE)
    ring.write(noise(10).tobytes())
    now = 0.0
    child = DeviceProcess(kind, ring, loudspeaker.env, clock=lambda: now)
    ring.go = 1
    wait_until(lambda: ring.state == State.PLAYING, "it does not begin")
    os.kill(child.pid, signal.SIGSTOP)
    reasons = []
    for _ in range(int(4 * STALL_S)):
        now += 0.4
        reasons.append(child.failure())
    child.end()
    ring.close()
    assert reasons[5] is None
    assert reasons[-1] == "it did not answer for 5 seconds"


def test_without_a_device_the_error_comes_at_once(kind: str, tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=rf"no audio device could be opened by {kind} \(.+\); export") as caught:
        listen_in_vain(kind, without_devices(tmp_path))
    assert "did not answer" not in str(caught.value)


def listen_in_vain(kind: str, environ: dict[str, str]) -> None:
    play(noise(60), kind, environ)


PLAYS = """
import sys
from functools import partial
import numpy as np
from player.live.device.child import DeviceProcess
from player.live.device.device import OutputDevice
from player.live.playback import play_through
from tests.fakes_programme import SoundMix, empty_timeline

def spawn(*args):
    child = DeviceProcess(*args)
    print(child.pid, flush=True)
    return child

wave = np.rint(8230 * np.sin(2 * np.pi * 220 / 48_000 * np.arange(60 * 48_000))).astype(np.int16)
hum = np.repeat(wave[:, None], 2, axis=1)
play_through(empty_timeline(60_000), SoundMix(hum), open_device=partial(OutputDevice, kind=sys.argv[1], spawn=spawn))
"""


@contextlib.contextmanager
def player(kind: str, loudspeaker: Loudspeaker) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that plays, as in a terminal of its own, and the number of its loudspeaker's process."""
    command = [sys.executable, "-W", "ignore", "-c", PLAYS, kind]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=loudspeaker.env, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    ) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        loudspeaker.wait_for(RATE)
        yield process, child


def test_when_the_player_is_killed_its_loudspeaker_goes_too(kind: str, loudspeaker: Loudspeaker) -> None:
    with player(kind, loudspeaker) as (process, child):
        process.kill()
    wait_until(lambda: not is_running(child), "it goes on alone")


def test_ctrl_c_in_a_terminal_ends_with_a_fade(kind: str, loudspeaker: Loudspeaker) -> None:
    with player(kind, loudspeaker) as (process, child):
        os.killpg(process.pid, signal.SIGINT)  # what a terminal does: every process of the session's foreground gets it
    assert not is_running(child)
    heard = loudspeaker.recording()[:, 0].astype(int)
    loud = np.flatnonzero(np.abs(heard) > 8000)[-1]
    assert np.abs(np.diff(heard[loud:])).max() < 400
    assert np.flatnonzero(heard[loud:])[-1] > 0.2 * RATE


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_its_process_loads_no_more_than_it_needs(kind: str) -> None:
    """Each of these takes longer to load than all the rest; the first sound would be late."""
    names = f"player.live.device.process, player.live.device.{kind}"
    script = f"import sys, {names}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "pydub", "soundfile", "mutagen"} & set(loaded)


def test_a_programme_under_a_second_reaches_alsa_whole(tmp_path: Path) -> None:
    """ALSA's file plugin has no clock and takes all sound at once: everything must be in the ring at the beginning."""
    if not importlib.util.find_spec("simpleaudio"):
        pytest.skip("needs simpleaudio: pip install simpleaudio")
    target, config = tmp_path / "heard.raw", tmp_path / "asound.conf"
    config.write_text(f'pcm.!default {{ type file slave.pcm {{ type null }} file "{target}" format "raw" }}\n')
    programme = noise(0.8)
    play(programme, "simpleaudio", {**os.environ, "ALSA_CONFIG_PATH": str(config)})
    heard = np.fromfile(target, np.int16).reshape(-1, 2)
    assert np.array_equal(heard[LEAD_IN : LEAD_IN + len(programme)], programme)
    assert not heard[LEAD_IN + len(programme) :].any()
