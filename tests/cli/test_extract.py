"""`player extract`, as a user has it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from player.export.tags import Origin, Tags
from tests.fakes_output import chirp, exported

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

SCRIPT = b"title: Calm\r\nsteps: [pause: 1s]  # \xe2\x98\x95"
FACTS = {"version": "player 1", "parameters": {"side": "4s"}, "rate": 105, "spoken_by": "gmw/en", "engine": "e"}


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return exported(tmp_path / "calm.mp3", chirp(4800), Tags("Calm", origin=Origin("calm.yaml", SCRIPT, FACTS)))


def test_the_script_goes_to_stdout_byte_for_byte_and_the_rest_to_stderr(sound: Path) -> None:
    command = [sys.executable, "-m", "player", "extract", str(sound)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout == SCRIPT
    assert done.stderr.decode().splitlines()[-1] == "# player export calm.yaml -p side=4s --rate 105"


def test_it_goes_to_a_file_but_over_none(run: Run, sound: Path, tmp_path: Path) -> None:
    done = run("extract", "calm.mp3", "-o", "again.yaml", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "again.yaml").read_bytes() == SCRIPT
    done = run("extract", "calm.mp3", "-o", "again.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--force" in done.stderr
    assert run("extract", "calm.mp3", "-o", "again.yaml", "--force").stdout == "again.yaml\n"


def test_json_has_everything(run: Run, sound: Path) -> None:
    found = json.loads(run("extract", "calm.mp3", "--json").stdout)
    assert found["script"].encode() == SCRIPT
    assert (found["name"], found["parameters"], found["version"]) == ("calm.yaml", {"side": "4s"}, "player 1")


def test_a_file_without_a_script_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"")
    done = run("extract", "a.mp3")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "a.mp3 carries no script that is whole; name a sound file that player export has made\n"


@pytest.mark.slow
def test_an_exported_session_gives_its_script_back(run: Run, voice: None) -> None:
    from player.script import library  # noqa: PLC0415

    assert run("export", "micro-break", "--rate", "110", "-o", "b.flac").returncode == 0
    done = run("extract", "b.flac")
    assert done.stdout == library.find("micro-break").text
    assert "# player export micro-break.yaml --rate 110" in done.stderr
