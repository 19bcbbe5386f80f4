"""From the sink to a sound server in real time, with the real libraries."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray
from pydub import AudioSegment

from player.errors import DeviceError
from player.live.device.child import STALL_S, DeviceProcess
from player.live.device.device import LEAD_IN
from player.live.device.fades import lead_in
from player.live.device.ringbuffer import SharedRingBuffer, State
from player.live.device.speaker import LoudspeakerSink
from player.units import RATE
from tests.sound_server import Loudspeaker, wait_until, without_devices

if TYPE_CHECKING:
    from collections.abc import Iterator

Frames = NDArray[np.int16]

pytestmark = pytest.mark.device


def noise(seconds: float) -> Frames:
    """No two stretches of it are alike, no frame is silent, and it is far louder than the lead-in."""
    samples = np.random.default_rng(5).integers(1000, 9000, (int(seconds * RATE), 2), dtype=np.int16)
    return np.where(np.arange(len(samples))[:, None] % 2, samples, -samples)


def hum(seconds: float) -> Frames:
    wave = 9000 * np.sin(2 * np.pi * 220 / RATE * np.arange(int(seconds * RATE)))
    return np.repeat(wave.astype(np.int16)[:, None], 2, axis=1)


def segment(frames: Frames) -> AudioSegment:
    return AudioSegment(frames.tobytes(), frame_rate=RATE, sample_width=2, channels=2)


def find(part: Frames, recording: Frames) -> int:
    """The frame of the recording at which the part begins, or -1."""
    at = recording.tobytes().find(part[:64].tobytes())
    return at // 4 if at >= 0 else -1


def test_the_loudspeaker_plays_the_programme_sample_for_sample(kind: str, loudspeaker: Loudspeaker) -> None:
    programme = noise(6)
    with LoudspeakerSink(total_ms=6000, kind=kind, environ=loudspeaker.env) as sink:
        for block in np.array_split(programme, 4):
            sink.write(segment(block))
    recording = loudspeaker.recording()
    start = find(programme, recording)
    assert np.array_equal(recording[start : start + len(programme)], programme)
    assert not recording[start + len(programme) :].any()
    assert recording[start - LEAD_IN : start].tobytes() == lead_in()
    assert not recording[: start - LEAD_IN].any()
    assert sink.position_ms == 6000


def test_a_slow_source_is_heard_late_and_whole(kind: str, loudspeaker: Loudspeaker) -> None:
    programme = noise(4)
    with LoudspeakerSink(total_ms=4000, kind=kind, environ=loudspeaker.env) as sink:
        sink.write(segment(programme[: 2 * RATE]))
        loudspeaker.wait_for(LEAD_IN // 2 + 2 * RATE)
        time.sleep(0.5)
        sink.write(segment(programme[2 * RATE :]))
    recording = loudspeaker.recording()
    first, second = find(programme, recording), find(programme[2 * RATE :], recording)
    assert np.array_equal(recording[first : first + 2 * RATE], programme[: 2 * RATE])
    assert np.array_equal(recording[second : second + 2 * RATE], programme[2 * RATE :])
    assert second > first + 2 * RATE


def test_a_fade_out_leaves_no_edge(kind: str, loudspeaker: Loudspeaker) -> None:
    programme = hum(10)
    sink = LoudspeakerSink(total_ms=10_000, kind=kind, environ=loudspeaker.env)
    sink.write(segment(programme))
    loudspeaker.wait_for(LEAD_IN // 2 + RATE)
    sink.abort()
    heard = loudspeaker.recording()[:, 0].astype(int)
    end = np.flatnonzero(np.abs(heard) > 8990)[-1]
    tail = heard[end : end + RATE]
    assert np.abs(np.diff(heard[end - RATE :])).max() <= np.abs(np.diff(programme[:, 0].astype(int))).max()
    assert np.flatnonzero(tail)[-1] == pytest.approx(0.3 * RATE, abs=0.03 * RATE)
    assert np.abs(tail[int(0.15 * RATE) :]).max() == pytest.approx(4500, abs=500)
    assert not heard[end + RATE // 2 :].any()


def test_killing_its_process_says_where_to_go_on(kind: str, loudspeaker: Loudspeaker) -> None:
    children: list[DeviceProcess] = []

    def spawn(kind: str, ring: SharedRingBuffer, environ: dict[str, str]) -> DeviceProcess:
        children.append(DeviceProcess(kind, ring, environ))
        return children[-1]

    sink = LoudspeakerSink(total_ms=100_000, start_ms=60_000, kind=kind, environ=loudspeaker.env, spawn=spawn)  # type: ignore[arg-type]
    sink.write(segment(noise(10)))
    loudspeaker.wait_for(LEAD_IN // 2 + RATE)
    os.kill(children[0].pid, signal.SIGKILL)
    with pytest.raises(
        DeviceError, match=r"stopped at 1:0\d \(its process was ended by SIGKILL\); go on with --from 1:0\d"
    ):
        sink.write(segment(noise(30)))
    sink.abort()
    assert 60_500 < sink.position_ms < 70_000


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
    with LoudspeakerSink(total_ms=60_000, kind=kind, environ=environ) as sink:
        for _ in range(20):
            sink.write(segment(noise(3)))


PLAYS = """
import sys
from pydub import AudioSegment
from pydub.generators import Sine
from player.live.device.child import DeviceProcess
from player.live.device.speaker import LoudspeakerSink

def spawn(*args):
    child = DeviceProcess(*args)
    print(child.pid, flush=True)
    return child

with LoudspeakerSink(total_ms=60_000, kind=sys.argv[1], spawn=spawn) as sink:
    hum = Sine(220, sample_rate=48_000).to_audio_segment(duration=1000, volume=-12).set_channels(2)
    for _ in range(60):
        sink.write(hum)
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
        loudspeaker.wait_for(LEAD_IN // 2 + RATE)
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
    with LoudspeakerSink(
        total_ms=800, kind="simpleaudio", environ={**os.environ, "ALSA_CONFIG_PATH": str(config)}
    ) as sink:
        sink.write(segment(programme))
    heard = np.fromfile(target, np.int16).reshape(-1, 2)
    assert np.array_equal(heard[LEAD_IN : LEAD_IN + len(programme)], programme)
    assert not heard[LEAD_IN + len(programme) :].any()
