"""One's own voice, as its speaker types it: record, and --takes where a session is made."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SCRIPT = """\
title: Mine
background: {sound: none}
params: {name: {default: Ann}}
steps:
  - section: Hello
  - say: Hello, ${name}. Sit down.
    for: 6s
  - breathe: {in: 4s, out: 4s, cycles: 1}
    guide: words
"""
RATE = 44_100


@pytest.fixture
def takes(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(SCRIPT)
    (tmp_path / "takes").mkdir()
    take(tmp_path / "takes" / "002-sit-down.flac", 1.0)
    take(tmp_path / "takes" / "breathe-in.wav", 0.5)
    return tmp_path / "takes"


def take(path: Path, seconds: float) -> None:
    tone = 0.2 * np.sin(2 * np.pi * 700 * np.arange(round(RATE * seconds)) / RATE)
    soundfile.write(path, np.concatenate((np.zeros(RATE // 2), tone, np.zeros(RATE // 2))), RATE)


# record


@pytest.mark.usefixtures("takes")
def test_record_lists_what_there_is_to_speak(run: Run) -> None:
    done = run("record", "mine.yaml", "-p", "name=Bo")
    assert (done.returncode, done.stderr) == (0, "4 lines to speak.\n")
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["name", "at", "most", "heard", "section", "text"],
        ["001-hello-bo.wav", "2.5", "s", "1", "x", "Hello", "Hello,", "Bo."],
        ["002-sit-down.wav", "2.2", "s", "1", "x", "Hello", "Sit", "down."],
        ["003-breathe-in.wav", "beat", "+", "3.8", "s", "1", "x", "Hello", "Breathe", "in"],
        ["004-breathe-out.wav", "beat", "+", "3.8", "s", "1", "x", "Hello", "Breathe", "out"],
    ]


def test_record_tells_what_there_is_of_it(run: Run, takes: Path) -> None:
    take(takes / "other.wav", 1)
    done = run("record", "mine.yaml", "--takes", "takes")
    assert done.returncode == 0
    assert done.stderr == "2 of 4 lines there, 2 missing, 1 unused.\n"
    assert [tuple(line.split()[:3]) for line in done.stdout.splitlines()] == [
        ("take", "lasts", "name"),
        ("missing", "001-hello-ann.wav", "2.6"),
        ("there", "1.1", "s"),
        ("there", "0.6", "s"),
        ("missing", "004-breathe-out.wav", "beat"),
        ("unused", "other.wav"),
    ]


def test_what_is_wrong_with_takes_is_reported_and_is_exit_code_1(run: Run, takes: Path) -> None:
    take(takes / "002-sit-down.flac", 5)
    take(takes / "1 Breathe in.mp3", 0.5)
    (takes / "hello-ann.wav").write_bytes(b"no sound")
    done = run("record", "mine.yaml", "--takes", "takes")
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        *("take", "unreadable", "too", "twice", "missing"),
    ]
    told = done.stderr.splitlines()
    assert told[0].startswith("takes/hello-ann.wav: ")  # the rest depends on whether there is ffmpeg
    assert told[1] == "takes/002-sit-down.flac: it lasts 5.11s and has 2.16s; speak it faster"
    assert told[2] == (
        "takes/1 Breathe in.mp3 and takes/breathe-in.wav are takes of the same line, 'Breathe in'; "
        "keep one of them there"
    )
    assert told[3:] == ["0 of 4 lines there, 1 missing, 3 to be mended."]


def test_record_gives_programs_everything(run: Run, takes: Path) -> None:
    (takes / "other.ogg").touch()
    done = run("record", "mine.yaml", "--takes", "takes", "--json", "--quiet")
    found = json.loads(done.stdout)
    assert (done.stderr, found["title"], found["unused"]) == ("", "Mine", ["other.ogg"])
    looked = {"state": "there", "take": "002-sit-down.flac", "length_ms": 1110, "told": ""}
    line = {"number": 2, "file": "002-sit-down.wav", "section": "Hello", "text": "Sit down.", "room_ms": 2160}
    assert found["lines"][1] == {**line, "on_beat": False, "times": 1, **looked}
    bare = json.loads(run("record", "mine.yaml", "--json").stdout)
    assert "unused" not in bare
    assert set(bare["lines"][0]) == {"number", "file", "section", "text", "room_ms", "on_beat", "times"}


@pytest.mark.usefixtures("takes")
def test_a_sheet_is_whole_or_not_there_and_has_what_is_missing(run: Run, tmp_path: Path) -> None:
    done = run("record", "mine.yaml", "-o", "lines.txt")
    assert (done.returncode, done.stdout) == (0, "lines.txt\n")
    whole = (tmp_path / "lines.txt").read_text(encoding="utf-8")
    assert "002-sit-down.wav   (at most 2.1 s)\n    Sit down.\n" in whole
    assert run("record", "mine.yaml", "-o", "lines.txt").returncode == 2
    assert (tmp_path / "lines.txt").read_text(encoding="utf-8") == whole
    run("record", "mine.yaml", "-o", "lines.txt", "--takes", "takes", "--force")
    rest = (tmp_path / "lines.txt").read_text(encoding="utf-8")
    assert "Mine: 2 lines to speak" in rest
    assert ("Sit down." in rest, "Breathe out" in rest) == (False, True)
    assert run("record", "mine.yaml", "-o", "no/lines.txt").returncode == 1


def test_a_programme_is_one_list(run: Run) -> None:
    found = json.loads(run("record", "desk-day", "--json").stdout)
    assert len({line["text"] for line in found["lines"]}) == len(found["lines"]) > 30
    assert found["lines"][0]["section"].startswith("Comfort check at the desk: ")


@pytest.mark.usefixtures("takes")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mine.yaml", "--takes", "nowhere"], "there is no folder nowhere with takes; name the one that they are in"),
        (["mine.yaml", "--takes", "mine.yaml"], "mine.yaml is a file, and takes are in a folder; name that"),
        (["nothing-like-it"], "there is no session 'nothing-like-it'; `player list` shows them"),
        (["mine.yaml", "--skip", "neck"], "there is no 'neck' to leave out; nothing in this session can be left out"),
    ],
)
def test_slips_are_one_sentence_and_exit_code_2(run: Run, arguments: list[str], message: str) -> None:
    done = run("record", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{message}\n")


# --takes


@pytest.mark.engine
@pytest.mark.usefixtures("voice", "takes")
def test_an_export_says_how_much_of_it_is_ones_own(run: Run, tmp_path: Path) -> None:
    done = run("export", "mine.yaml", "-o", "a.flac", "--takes", "takes", "--voice", "gmw/en")
    assert done.returncode == 0, done.stderr
    assert "  In your own voice: 2 of 4 lines.\n" in done.stderr
    heard, _ = soundfile.read(tmp_path / "a.flac")
    word = heard[6 * 48_000 : 6 * 48_000 + 14_400, 0]
    assert np.abs(np.fft.rfft(word * np.hanning(len(word)))).argmax() * 48_000 / len(word) == pytest.approx(700, abs=10)
    extracted = run("extract", "a.flac").stderr
    assert "# lines from takes of the author's own: 2\n" in extracted
    assert extracted.rstrip().endswith("--takes FOLDER")


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_show_and_check_hear_takes_too(run: Run, takes: Path) -> None:
    shown = run("show", "mine.yaml", "--takes", "takes", "--voice", "gmw/en", "--json")
    cues = {cue["text"]: cue for cue in json.loads(shown.stdout)["cues"]}
    assert cues["Sit down."]["end_ms"] - cues["Sit down."]["start_ms"] == 1110
    assert run("check", "mine.yaml", "--takes", "takes").stdout == "mine.yaml: fine, 0:14\n"
    take(takes / "002-sit-down.flac", 5)
    done = run("check", "mine.yaml", "--takes", "takes")
    assert done.returncode == 2
    assert done.stderr.startswith("mine.yaml:6:5: 'Hello, Ann. Sit down.' takes ")
    assert done.stderr.endswith("or longer, or speak it again, faster\n")


@pytest.mark.usefixtures("takes")
@pytest.mark.parametrize("command", [("play",), ("export", "-q"), ("show",), ("check",), ("every", "2h")])
def test_a_folder_that_is_not_there_stops_every_command(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, "mine.yaml", "--takes", "nowhere")
    assert done.returncode == 2
    assert done.stderr.endswith("there is no folder nowhere with takes; name the one that they are in\n")
