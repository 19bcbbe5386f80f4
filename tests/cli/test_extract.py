"""`player extract`, as a user has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from player.cli.extract import _shown
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


STRANGE = "\x1b[2J\u202e\ud800"
SHOWN = "\\x1b[2J\\u202e\\ud800"


def strange(path: Path) -> Path:
    facts = {
        "version": STRANGE,
        "spoken_by": STRANGE,
        "parameters": {STRANGE: STRANGE},
        STRANGE: [STRANGE],
        "name": "x",
    }
    script = "title: \u202ea\u0645\u200c\nsteps: [pause: 1s]\n".encode()
    return exported(
        path, chirp(4800), Tags("Calm", origin=Origin(f"{STRANGE}.yaml", script, facts, {"a.yaml": script}))
    )


def test_nothing_that_a_file_says_steers_a_terminal(run: Run, tmp_path: Path) -> None:
    strange(tmp_path / "a.flac")
    notes = run("extract", "a.flac", "-o", "a.yaml").stderr
    assert notes.splitlines()[0] == f"# {SHOWN}.yaml, made by {SHOWN}"
    assert {each for each in notes if not each.isprintable()} == {"\n"}
    done = run("extract", "a.flac", "--json")
    assert {each for each in done.stdout if not each.isprintable()} == {"\n", "\u200c"}
    found = json.loads(done.stdout)
    assert (found["name"], found["version"]) == (f"{SHOWN}.yaml", STRANGE)
    assert found["script"].encode() == (tmp_path / "a.yaml").read_bytes()


def test_a_terminal_is_shown_a_script_as_it_may_be_seen() -> None:
    script = "\ufefftitle: \u202ea\u0645\u200c\r\nsteps:\t[]\r# \u2069"
    assert _shown(script.encode()) == "title: \\u202ea\u0645\u200c\nsteps:\t[]\\r# \\u2069"


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in folders")
def test_a_pipe_is_not_waited_for(run: Run, tmp_path: Path) -> None:
    for name in ("a.mp3", "a.html"):
        os.mkfifo(tmp_path / name)
        done = run("extract", name)
        assert (done.returncode, done.stderr) == (1, f"{name} is a pipe or a device; name a file\n")


def test_an_include_never_stands_in_for_the_script(run: Run, tmp_path: Path) -> None:
    includes = {"b.yaml": b"title: other\n", "b.yaml/c.yaml": b"title: c\n"}
    exported(tmp_path / "a.flac", chirp(4800), Tags("Calm", origin=Origin("b.yaml", SCRIPT, {}, includes)))
    assert run("extract", "a.flac", "-o", "b.yaml").stdout == "b.yaml\n"
    assert (tmp_path / "b.yaml").read_bytes() == SCRIPT


@pytest.mark.slow
def test_an_exported_session_gives_its_script_back(run: Run, voice: None) -> None:
    from player.script import library  # noqa: PLC0415

    assert run("export", "micro-break", "--rate", "110", "-o", "b.flac").returncode == 0
    done = run("extract", "b.flac")
    assert done.stdout == library.find("micro-break").text
    assert "# player export micro-break.yaml --rate 110" in done.stderr
