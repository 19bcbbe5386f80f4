"""``player sounds``: what it lists, and what is heard of a preview."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.live.device.noise import LEAD_IN
from player.pipeline import catalogue
from player.sound.tones import render
from player.techniques.cue import Tone
from player.units import RATE
from tests.fakes_sound import noise, written
from tests.sound_server import Loudspeaker, without_devices

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def heard(loudspeaker: Loudspeaker) -> NDArray[np.int16]:
    """From the first sample of the lead-in to the last that sounds."""
    recording = loudspeaker.recording()
    sounding = np.flatnonzero(recording.any(axis=1))
    return recording[sounding[0] : sounding[-1] + 1]


def test_sounds_lists_backgrounds_and_chimes_with_what_is_heard(run: Run) -> None:
    rows = [row.split(maxsplit=2) for row in run("sounds").stdout.splitlines()]
    assert {"ocean", "rain", "stream", "night", "bowls"} <= {name for kind, name, _ in rows if kind == "background"}
    assert [name for kind, name, _ in rows if kind == "chime"] == ["start", "end", "bell", "bowl"]


def test_every_sound_is_described() -> None:
    assert all(sound.about for sound in (*catalogue.beds(), *catalogue.chimes()))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ocaen", "there is no background, chime or sound file 'ocaen'; did you mean 'ocean'? `player sounds` lists"),
        ("bels", "did you mean 'bell'?"),
        ("no/such.wav", "there is no background, chime or sound file 'no/such.wav'; `player sounds` lists"),
    ],
)
def test_an_unknown_name_is_one_sentence(run: Run, name: str, words: str) -> None:
    done = run("sounds", "--preview", name)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert words in done.stderr


def test_a_file_that_is_no_sound_is_refused_before_anything_is_heard(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.wav").write_text("not a sound")
    done = run("sounds", "--preview", "mine.wav", env=without_devices(tmp_path))
    assert done.returncode == 1
    assert "mine.wav" in done.stderr.splitlines()[-1]
    assert "audio device" not in done.stderr


@pytest.mark.device
def test_a_bell_is_heard_as_it_rings_in_a_session(run: Run, loudspeaker: Loudspeaker) -> None:
    done = run("sounds", "--preview", "start", env=loudspeaker.env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "start, 0:05\n")
    bell = np.rint(render(Tone("start", 5000)) * 32_768).astype(np.int16)
    start = LEAD_IN + np.flatnonzero(bell.any(axis=1))[0]
    sound = heard(loudspeaker)
    found = sound.tobytes().find(bell[RATE : RATE + 200].tobytes()) // 4 - RATE
    assert abs(found - start) < RATE // 10
    np.testing.assert_array_equal(sound[found + RATE : found + 3 * RATE], bell[RATE : 3 * RATE])


@pytest.mark.device
def test_ctrl_c_ends_a_file_of_ones_own_softly(
    run: Run, loudspeaker: Loudspeaker, tmp_path: Path, store_folder: Path
) -> None:
    written(tmp_path / "mine.wav", noise(5))
    command = [sys.executable, "-m", "player", "sounds", "--preview", "mine.wav"]
    env = loudspeaker.env | {"PLAYER_STORE": str(store_folder)}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True) as playing:
        loudspeaker.wait_for(2 * RATE)
        playing.send_signal(signal.SIGINT)
        _, told = playing.communicate(timeout=20)
    assert (playing.returncode, told) == (130, "mine.wav, 0:20\n\nStopped.\n")
    sound = heard(loudspeaker).astype(int)
    assert len(sound) < 8 * RATE
    assert np.abs(sound[-RATE // 50 :]).max() < 60, "it ended with a jump"
    loud = sound[LEAD_IN + RATE : LEAD_IN + RATE + RATE // 2] / 32_768
    assert 10 * np.log10(np.square(loud).mean()) > -40
