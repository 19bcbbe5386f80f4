"""Many files at once at the command line; bells, so that no voice is needed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import soundfile

from tests.sound_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]

BELL = "title: Bell\nparams: {rest: {default: 1s, min: 1s, max: 9h}}\nsteps: [{chime: bell}, {pause: $rest}]\n"


@pytest.fixture(autouse=True)
def sessions(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(BELL)
    (tmp_path / "bad.yaml").write_text("title: Bad\nsteps: [{sai: x}]\n")
    (tmp_path / "week.yaml").write_text("title: Week\nsessions: [one, two]\n")
    return tmp_path


def made(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_sessions_and_programmes_end_in_a_table(run: Run, tmp_path: Path) -> None:
    done = run("export", "one.yaml", "week.yaml", "-o", "out", "--format", "wav")
    assert (done.returncode, done.stderr) == (0, "")
    assert made(tmp_path / "out") == ["one.wav", "week/01-one.wav", "week/02-two.wav", "week/week.m3u8"]
    head, *rows, total = [line.split() for line in done.stdout.splitlines()]
    assert head == ["file", "length", "size", "time"]
    for row, name in zip(rows, ("out/one.wav", "out/week/01-one.wav", "out/week/02-two.wav"), strict=True):
        size = f"{(tmp_path / name).stat().st_size / 1e6:.1f}"
        assert row[:4] == [name, "0:07", size, "MB"]
    assert total[:3] == ["3", "sessions", "0:21"]


@pytest.mark.parametrize(
    ("session", "to", "files"),
    [
        ("one.yaml", ("-o", "out/calm.flac"), ["out/calm.flac"]),
        ("one.yaml", ("-o", "out"), ["out/one.mp3"]),
        ("week.yaml", ("-o", "out"), ["out/01-one.mp3", "out/02-two.mp3", "out/week.m3u8"]),
        ("week.yaml", (), ["week/01-one.mp3", "week/02-two.mp3", "week/week.m3u8"]),
    ],
)
def test_one_alone_goes_where_it_does_without_jobs(
    run: Run, tmp_path: Path, session: str, to: tuple[str, ...], files: list[str]
) -> None:
    before = made(tmp_path)
    done = run("export", session, "--jobs", "1", *to)
    assert done.returncode == 0, done.stderr
    assert sorted(set(made(tmp_path)) - set(before)) == files


def test_any_number_of_jobs_makes_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for jobs in ("1", "2"):
        assert run("export", "one.yaml", "two.yaml", "--jobs", jobs, "-o", jobs, "-q").stdout == ""
    assert made(tmp_path / "1") == made(tmp_path / "2") == ["one.mp3", "two.mp3"]
    for name in made(tmp_path / "1"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


@pytest.mark.engine
def test_speech_too_is_the_same_from_an_empty_store(run: Run, voice: None, tmp_path: Path) -> None:
    (tmp_path / "said.yaml").write_text("title: Said\nsteps: [{say: Breathe out., for: 3s}]\n")
    for jobs in ("1", "2"):
        done = run("export", "said.yaml", "one.yaml", "--jobs", jobs, "-o", jobs, env={"PLAYER_STORE": f"store-{jobs}"})
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "1" / "said.mp3").read_bytes() == (tmp_path / "2" / "said.mp3").read_bytes()


def test_failures_are_named_at_the_end_and_stop_nothing(run: Run, tmp_path: Path) -> None:
    done = run("export", "bad.yaml", "one.yaml", "-o", "out")
    assert done.returncode == 1
    assert made(tmp_path / "out") == ["one.mp3"]
    assert done.stderr == (
        "1 of 2 could not be made\nbad.yaml: bad.yaml:2:10: unknown step 'sai'; did you mean 'say'?\n"
    )


def test_where_nothing_could_be_made_no_table_is_printed(run: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("title: T\nsteps: [{play: gone.wav}]\n")
    done = run("export", "a.yaml", "b.yaml", "-o", "out")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("2 of 2 could not be made\na: a.yaml:2:9:")


def test_nothing_is_made_where_one_file_is_in_the_way(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "two.vtt").write_text("precious")
    done = run("export", "one.yaml", "two.yaml", "-o", "out", "--captions", "vtt")
    assert done.returncode == 2
    assert done.stderr.startswith("out/two.vtt is there already")
    assert made(tmp_path / "out") == ["two.vtt"]


def test_a_file_for_each_person(run: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes("name;rest\r\nZoë;2s\r\nBen;3s\r\n".encode("utf-8-sig"))
    done = run("export", "one.yaml", "--each", "people.csv", "-o", "out/{name}-{session}.flac")
    assert done.returncode == 0, done.stderr
    lengths = {path.name: soundfile.info(path).frames // 48_000 for path in (tmp_path / "out").iterdir()}
    assert lengths == {"Zoë-one.flac": 8, "Ben-one.flac": 9}


def test_a_table_that_does_not_fit_is_reported_with_the_session_that_is_missing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name,side\nAnna,4s\n")
    done = run("export", "bad.yaml", "one.yaml", "--each", "people.csv", "-o", "{name}-{session}.mp3")
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first == "bad.yaml: bad.yaml:2:10: unknown step 'sai'; did you mean 'say'?"
    assert second.startswith("people.csv:1:2: the column 'side' is no parameter")


def test_notes_stand_below_the_table_and_are_printed_in_quiet(run: Run) -> None:
    done = run("export", "one.yaml", "two.yaml", "-o", "out", "--format", "opus", "--preset", "audiobook", "-q")
    assert (done.returncode, done.stdout) == (0, "")
    starts = [line.partition(" -")[0] for line in done.stderr.splitlines()]
    assert starts == ["out/one.opus: The file has", "out/two.opus: The file has"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name a session to export"),
        (("one.yaml", "--all"), "--all is every session there is"),
        (("one.yaml", "nothing-such"), "there is no session 'nothing-such'"),
        (("one.yaml", "two.yaml", "--part", "1"), "--part is for one programme"),
        (("one.yaml", "two.yaml", "-o", "people.csv"), "people.csv is a file"),
        (("one.yaml", "two.yaml", "-o", "{name}"), "has braces, which are for --each"),
        (("one.yaml", "two.yaml", "-o", "a.mp3"), "a.mp3 is the name of a file"),
        (("week.yaml", "--jobs", "2", "-o", "a.mp3"), "a.mp3 is the name of a file"),
        (("one.yaml", "--each", "people.csv", "-o", "{name}"), "has no ending that says its format"),
        (("one.yaml", "--each", "people.csv"), "-o must be a pattern with a column in braces"),
        (("one.yaml", "--each", "people.csv", "-o", "{name}.mp3"), "people.csv:2:2: rest must be 1s to 9h, not 0s"),
        (("one.yaml", "--cluster", "there"), "--cluster must be an address such as tcp://"),
        (("one.yaml", "--cluster", "tcp://h:1", "--jobs", "2"), "--jobs is for this machine"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    (tmp_path / "people.csv").write_text("name,rest\nAnna,0s\n")
    before = made(tmp_path)
    done = run("export", *arguments)
    assert (done.returncode, made(tmp_path)) == (2, before)
    assert told in " ".join(done.stderr.split())


def test_all_sessions_that_have_names(run: Run, tmp_path: Path) -> None:
    """Something is in the way, so that nothing needs to be made to see which they are."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mine.yaml").write_text(BELL)
    names = [each["name"] for each in json.loads(run("list", "--json").stdout)]
    assert "mine" in names
    (tmp_path / "out").mkdir()
    for name in ("mine", names[0]):
        (tmp_path / "out" / f"{name}.wav").mkdir()
        done = run("export", "--all", "-o", "out", "--format", "wav")
        assert done.stderr == f"cannot write out/{name}.wav: it is a folder; name a file in it\n"
    assert made(tmp_path / "out") == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_leaves_nothing(tmp_path: Path, store_folder: Path) -> None:
    env = {**os.environ, "PLAYER_STORE": str(store_folder)}
    command = [sys.executable, "-m", "player", "export", "one.yaml", "two.yaml", "-p", "rest=3h", "-o", "out"]
    with subprocess.Popen([*command, "--format", "wav"], cwd=tmp_path, env=env, stderr=subprocess.PIPE) as player:
        out = tmp_path / "out"
        wait_until(lambda: any(path.stat().st_size > 10**6 for path in out.glob(".*.part")), "nothing was begun")
        player.send_signal(signal.SIGINT)
        _, told = player.communicate(timeout=20)
    assert (player.returncode, told.strip()) == (130, b"Stopped.")
    assert made(tmp_path / "out") == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_one_progress_bar_on_a_terminal(tmp_path: Path, store_folder: Path) -> None:
    shown = on_a_terminal(
        [sys.executable, "-m", "player", "export", "one.yaml", "two.yaml", "-o", "out"],
        tmp_path,
        {**os.environ, "PLAYER_STORE": str(store_folder)},
    )
    assert "Making" in shown
    assert "100%" in shown
    assert shown.replace("\r", "").count("\n") <= 2


def on_a_terminal(command: list[str], folder: Path, env: Mapping[str, str]) -> str:
    """What a command writes to stderr where that is a terminal."""
    import pty  # noqa: PLC0415 (not on Windows)

    ours, theirs = pty.openpty()
    with subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=theirs) as player:
        os.close(theirs)
        shown, until = b"", time.monotonic() + 60
        while time.monotonic() < until:
            try:
                piece = os.read(ours, 1000)
            except OSError:  # the other end is closed
                break
            shown += piece
        assert player.wait(10) == 0
    os.close(ours)
    return shown.decode()
