"""``player breathe``: refused in a sentence, printed, made into a file, heard, and silently watched."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player.history.diary import Diary
from player.history.entries import Bookmark
from player.history.requests import as_json, as_request
from player.pipeline import SessionRequest, patterns
from player.units import RATE
from tests.sound_server import Loudspeaker, without_devices

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("boxx",), "did you mean 'box'?"),
        (("4-4", "--for", "soon"), "must be a duration such as 4s"),
        (("478", "--for", "10m"), "so --for must be 2m32s or less, not 10m"),
        (("box", "--tones", "--silent"), "leave one of them out"),
        (("box", "--silent", "-o", "box.mp3"), "-o is to be heard, and with --silent nothing is"),
        (("box", "--silent", "--background", "rain"), "--background is to be heard, and with --silent nothing is"),
        (("box", "--silent", "--voice", "heart"), "--voice is to be heard, and with --silent nothing is"),
        (("box", "--silent", "--rate", "90"), "--rate is to be heard, and with --silent nothing is"),
        (("box", "--silent", "--bed", "-20"), "--bed is to be heard, and with --silent nothing is"),
        (("box", "--print", "-o", "box.mp3"), "--print shows the script and makes no sound, so -o has no use"),
        (("box", "--print", "--from", "5s"), "--print shows the script and makes no sound, so --from has no use"),
        (
            ("box", "-o", "x.mp3", "--from", "9:00"),
            "-o makes a file of the whole and plays nothing, so --from has no use; leave one of them out",
        ),
        (("box", "-o", "x.mp3", "--plain"), "plays nothing, so --plain has no use; leave one of them out"),
        (
            ("box", "--bed", "-20"),
            "--bed is the level of a background, and there is none; choose one with --background",
        ),
        (("box", "-o", ""), "--output is empty; name one, or leave it out"),
        (("box", "-o", "x.txt"), ".html) and is no folder; name one, such as box.mp3"),
        (("box", "--silent", "--for", "16s", "--from", "5:00"), "the session ends at 0:16, so it cannot begin at 5:00"),
    ],
)
def test_what_cannot_be_is_one_sentence(run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    done = run("breathe", *arguments, env=without_devices(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr.splitlines()[-1]


def test_the_script_can_be_printed_and_checks_clean(run: Run, tmp_path: Path, voice: None) -> None:
    printed = run("breathe", "4-0-6-2", "--for", "5m", "--background", "rain", "--print")
    assert (printed.returncode, printed.stderr) == (0, "")
    (tmp_path / "mine.yaml").write_text(printed.stdout)
    assert "in: 4s, out: 6s, rest: 2s, for: 5m" in printed.stdout
    assert run("check", "mine.yaml").stdout == "mine.yaml: fine, 5:08\n"


def test_silently_it_needs_no_loudspeaker_and_lasts_as_long_as_it_says(run: Run, tmp_path: Path) -> None:
    started = time.monotonic()
    done = run(
        "breathe", "1-1", "--silent", "--for", "2s", env=without_devices(tmp_path) | {"PLAYER_STORE": str(tmp_path)}
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("Breathing 1-1, 0:02\n")
    assert "Take care: a breath lasts 2s, 30 a minute" in done.stderr
    assert time.monotonic() - started > 2.5


def test_without_a_loudspeaker_the_command_that_makes_a_file_is_told(run: Run, tmp_path: Path) -> None:
    env = without_devices(tmp_path) | {"PLAYER_STORE": str(tmp_path / "s")}
    done = run("breathe", "4-6", "--tones", "--for", "10s", env=env)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("; export the session instead, e.g. `player breathe 4-6 -o 4-6.mp3`")


def test_resumed_silently_it_needs_no_loudspeaker_either(run: Run, tmp_path: Path) -> None:
    request = patterns.session_request("1-1", 4000, "nothing")
    asked = as_json(request)
    assert as_request(asked, SessionRequest("")) == request
    bookmark = Bookmark(request.session, "Breathing 1-1", asked, 1000, 4000, datetime.now(timezone.utc))
    with Diary(pytest.fail, tmp_path / "diary.sqlite") as diary:
        diary.note(None, request.session, bookmark)
    env = without_devices(tmp_path) | {
        "PLAYER_STORE": str(tmp_path / "s"),
        "PLAYER_DIARY": str(tmp_path / "diary.sqlite"),
    }
    done = run("play", "--resume", env=env)
    assert (done.returncode, done.stdout) == (0, "")
    assert "Breathing 1-1" in done.stderr


def test_tones_start_no_voice(run: Run, tmp_path: Path) -> None:
    done = run(
        "breathe", "4-6", "--tones", "--for", "10s", "-o", "tones.wav", env={"PLAYER_STORE": str(tmp_path / "s")}
    )
    assert (done.returncode, done.stdout) == (0, "tones.wav\n")
    sound, _ = soundfile.read(tmp_path / "tones.wav", dtype="int16")
    assert len(sound) == 18_500 * 48
    assert not (tmp_path / "s").exists(), "a voice that was asked would be in the store"


@pytest.mark.device
@pytest.mark.engine
def test_from_an_empty_store_it_is_heard_as_it_is_exported(
    run: Run, tmp_path: Path, voice: None, loudspeaker: Loudspeaker
) -> None:
    env = loudspeaker.env | {"PLAYER_STORE": str(tmp_path / "s")}
    played = run("breathe", "2-2", "--for", "4s", "--from", "0:03", env=env)
    assert (played.returncode, played.stdout) == (0, "")
    assert played.stderr.splitlines()[0] == "Breathing 2-2, 0:12"
    assert run("breathe", "2-2", "--for", "4s", "-o", "2-2.wav", env=env).stdout == "2-2.wav\n"
    exported = soundfile.read(tmp_path / "2-2.wav", dtype="int16")[0][3 * RATE :]
    recording = loudspeaker.recording()
    first = exported[np.flatnonzero(exported.any(axis=1))[0] :][:2000]
    assert recording.tobytes().find(first.tobytes()) >= 0, "it was not heard"
