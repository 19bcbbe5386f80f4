"""``player play``, heard at a loudspeaker that is recorded."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player.live.device.noise import LEAD_IN
from player.live.entrance import FADE_IN_MS
from player.live.transport import JOIN_MS
from player.units import RATE
from tests.sound_server import LOUDEST_NOISE, Loudspeaker, without_devices

if TYPE_CHECKING:
    from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = [pytest.mark.device, pytest.mark.engine, pytest.mark.usefixtures("voice")]

SCRIPT = """\
title: Heard
background: {sound: rain, fade_in: 0s, fade_out: 1s}
steps:
  - section: Only
  - say: Sit down.
    for: 3s
  - breathe: {in: 2s, out: 2s, cycles: 1}
"""


@pytest.fixture
def script(tmp_path: Path) -> str:
    (tmp_path / "heard.yaml").write_text(SCRIPT)
    return "heard.yaml"


def start_of(part: np.ndarray, recording: np.ndarray) -> int:
    at = recording.tobytes().find(part[:200].tobytes())
    assert at >= 0, "the programme was not heard"
    return at // 4


def test_what_is_heard_is_what_is_exported(
    kind: str, script: str, run: Run, loudspeaker: Loudspeaker, tmp_path: Path
) -> None:
    assert run("export", script, "-o", "heard.wav").returncode == 0
    done = run("play", script, env=loudspeaker.env | {"PLAYER_SPEAKER": kind})
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Heard, 0:07\n"
    exported, recording = soundfile.read(tmp_path / "heard.wav", dtype="int16")[0], loudspeaker.recording()
    start = start_of(exported, recording)
    np.testing.assert_array_equal(recording[start : start + len(exported)], exported)
    assert not recording[start + len(exported) :].any()
    assert recording[start - LEAD_IN : start].any()


def test_playing_can_begin_later(kind: str, script: str, run: Run, loudspeaker: Loudspeaker, tmp_path: Path) -> None:
    assert run("export", script, "-o", "heard.wav").returncode == 0
    assert run("play", script, "--from", "0:05", env=loudspeaker.env | {"PLAYER_SPEAKER": kind}).returncode == 0
    at = 5 * RATE + (FADE_IN_MS + JOIN_MS) * 48
    exported, recording = soundfile.read(tmp_path / "heard.wav", dtype="int16")[0], loudspeaker.recording()
    start = start_of(exported[at:], recording)
    np.testing.assert_array_equal(recording[start : start + len(exported) - at], exported[at:])
    before = np.abs(recording[:start].astype(int)).max(axis=1)
    begins = int(np.flatnonzero(before > 10)[0])
    assert before[begins : begins + RATE // 20].max() < 100, "it began with a jump"


def test_ctrl_c_fades_and_leaves_with_130(
    kind: str, script: str, run: Run, loudspeaker: Loudspeaker, tmp_path: Path, store_folder: Path
) -> None:
    assert run("show", script).returncode == 0
    command = [sys.executable, "-m", "player", "play", script]
    env = loudspeaker.env | {"PLAYER_SPEAKER": kind, "PLAYER_STORE": str(store_folder)}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True) as playing:
        loudspeaker.wait_for(2 * RATE)
        playing.send_signal(signal.SIGINT)
        _, told = playing.communicate(timeout=20)
    assert playing.returncode == 130
    assert told == "Heard, 0:07\n\nStopped.\n"  # Click ends the line on which the terminal showed ^C
    recording = loudspeaker.recording().astype(int)
    heard = np.flatnonzero((np.abs(recording) > LOUDEST_NOISE).any(axis=1))
    end = recording[heard[-1] - RATE // 20 : heard[-1] + 1]
    assert len(recording[heard[0] : heard[-1]]) < 6 * RATE
    assert np.abs(end).max() < 100, "it ended with a jump"


def test_a_start_behind_the_end_is_refused(kind: str, script: str, run: Run, loudspeaker: Loudspeaker) -> None:
    done = run("play", script, "--from", "0:07", "-q", env=loudspeaker.env | {"PLAYER_SPEAKER": kind})
    assert (done.returncode, done.stderr) == (2, "the session ends at 0:07, so it cannot begin at 0:07\n")


def test_no_device_is_one_sentence(kind: str, script: str, run: Run, tmp_path: Path) -> None:
    done = run("play", script, env=without_devices(tmp_path) | {"PLAYER_SPEAKER": kind})
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("no audio device")
    assert "player export" in done.stderr
    assert done.stderr.count("\n") == 2
