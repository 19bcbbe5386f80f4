"""Programmes at the command line: listed, shown, exported, and played at a loudspeaker that is recorded."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from player.live.device.noise import LEAD_IN
from player.units import RATE
from tests.sound_server import LOUDEST_NOISE, Loudspeaker, wait_until

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]

SESSION = """\
title: TITLE
background: {sound: rain, fade_in: 0s, fade_out: 1s}
safety: Stop whenever you like.
steps:
  - say: TITLE.
    for: 3s
"""
WEEK = """\
title: Week
summary: Two days.
parts:
  - title: Day 1
    about: Begin here.
    sessions: [one, two]
  - title: Day 2
    sessions:
      - {session: one, before: Put it away.}
"""
SHOWN = """\
Week                                                                        0:09
Two days.

 1  Day 1                                                                   0:06
    Begin here.
       0:03  one  One
       0:03  two  Two

 2  Day 2                                                                   0:03
    ! Put it away.
       0:03  one  One
"""


@pytest.fixture
def week(tmp_path: Path) -> str:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(SESSION.replace("TITLE", name.title()))
    (tmp_path / "week.yaml").write_text(WEEK)
    return "week.yaml"


@pytest.fixture(params=["simpleaudio", "miniaudio"])
def kind(request: pytest.FixtureRequest) -> str:
    if not importlib.util.find_spec(request.param):
        pytest.skip(f"needs {request.param}: pip install {request.param}")
    return str(request.param)


def test_programmes_are_listed_below_the_sessions(run: Run, week: str, tmp_path: Path) -> None:
    (tmp_path / "own" / "programmes").mkdir(parents=True)
    (tmp_path / "own" / "programmes" / "mine.yaml").write_text("title: Mine\nsessions: [micro-break, micro-break]\n")
    sessions, _, programmes = run("list").stdout.partition("\nProgrammes\n")
    assert "box-breathing" in sessions
    assert programmes == run("list", "--programmes").stdout
    rows = programmes.splitlines()
    assert [row.split()[0] for row in rows] == [
        *("desk-day", "evening", "first-week", "flare-up-week", "fortnight-of-worry", "six-weeks-pmr"),
        *("two-weeks-of-sleep", "mine"),
    ]
    assert rows[-1].split() == ["mine", "1", "part", "3:00", "Mine"]


def test_programs_read_two_lists(run: Run) -> None:
    sessions = json.loads(run("list", "--json").stdout)
    assert {tuple(each) for each in sessions} == {
        ("name", "title", "technique", "length_ms", "exact", "language", "reviewed")
    }
    programmes = {each["name"]: each for each in json.loads(run("list", "--programmes", "--json").stdout)}
    facts = {"title": "Evening", "parts": 3, "sessions": 3, "length_ms": 2_790_000, "exact": True}
    assert programmes["evening"] == {"name": "evening"} | facts
    assert not programmes.keys() & {each["name"] for each in sessions}


def test_show_tells_the_plan(run: Run, week: str) -> None:
    assert run("show", week, env={"COLUMNS": "80"}).stdout == SHOWN
    shown = json.loads(run("show", week, "--json").stdout)
    assert (shown["title"], shown["total_ms"], shown["exact"]) == ("Week", 9000, True)
    assert [part["title"] for part in shown["parts"]] == ["Day 1", "Day 2"]
    assert shown["parts"][1]["sessions"] == [
        {
            "session": "one.yaml",
            "title": "One",
            "length_ms": 3000,
            "exact": True,
            "params": {},
            "before": "Put it away.",
        }
    ]


def test_a_programme_of_one_part_is_shown_without_it(run: Run, week: str, tmp_path: Path) -> None:
    (tmp_path / "short.yaml").write_text("title: Short\nsessions: [one, two]\n")
    assert [line.split() for line in run("show", "short.yaml").stdout.splitlines()] == [
        ["Short", "0:06"],
        [],
        ["0:03", "one", "One"],
        ["0:03", "two", "Two"],
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("play", "week.yaml", "--from", "1:00"), "--from is for one session; begin a programme at one of its parts"),
        (("play", "week.yaml", "--part", "3"), "'week.yaml' has parts 1 to 2, so there is no part 3"),
        (("play", "one.yaml", "--part", "1"), "--part is for programmes, and 'one.yaml' is a session"),
        (("play", "week.yaml", "--length", "5m"), "--length is for one session"),
        (("show", "week.yaml", "--skip", "neck"), "--skip is for one session"),
        (("show", "week.yaml", "-p", "side=3s"), "no session of 'week.yaml' has a parameter 'side'; there is none"),
        (("export", "week.yaml", "-o", "week.mp3"), "name a folder with -o, and the format with --format"),
        (("export", "week.yaml", "-o", "one.yaml"), "one.yaml is a file, and a programme becomes a folder of files"),
        (("export", "week.yaml"), "week is a file, and a programme becomes a folder of files; name a folder with -o"),
        (("export", "lost.yaml"), "lost.yaml:2:11: there is no session 'onne'; did you mean 'one'?"),
        (("play", "lost.yaml"), "lost.yaml:2:11: there is no session 'onne'; did you mean 'one'?"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_2(
    run: Run, week: str, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "lost.yaml").write_text("title: Lost\nsessions: onne\n")
    (tmp_path / "week").write_text("precious")
    done = run(*arguments)
    assert words in done.stderr
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_export_makes_a_folder_of_numbered_files(run: Run, week: str, tmp_path: Path) -> None:
    done = run("export", week)
    names = ["week/01-one.mp3", "week/02-two.mp3", "week/03-one.mp3", "week/week.m3u8"]
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, names, "Week, 3 sessions, 0:09\n")
    assert sorted(map(str, (tmp_path / "week").iterdir())) == [str(tmp_path / name) for name in names]
    assert soundfile.info(tmp_path / names[1]).duration == pytest.approx(3, abs=0.1)
    again = run("export", week)
    assert again.returncode == 2
    assert "01-one.mp3 is there already" in again.stderr
    part = run("export", week, "--part", "2", "-o", "other/folder", "--format", "flac", "-q")
    assert (part.stdout, part.stderr) == ("", "")
    assert soundfile.info(tmp_path / "other/folder/03-one.flac").frames == 3 * RATE


def start_of(part: np.ndarray, recording: np.ndarray) -> int:
    at = recording.tobytes().find(part[:200].tobytes())
    assert at >= 0, "it was not heard"
    return at // 4


@pytest.mark.device
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_sessions_are_heard_one_after_another(
    kind: str, week: str, run: Run, loudspeaker: Loudspeaker, tmp_path: Path
) -> None:
    assert run("export", week, "--format", "wav").returncode == 0
    one, two = (soundfile.read(tmp_path / "week" / name, dtype="int16")[0] for name in ("01-one.wav", "02-two.wav"))
    done = run("play", week, "--part", "1", env=loudspeaker.env | {"PLAYER_SPEAKER": kind})
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        "Week, 2 sessions, 0:06",
        "",
        "Day 1",
        "  Begin here.",
        "1 of 3: One, 0:03",
        "  Stop whenever you like.",
        "2 of 3: Two, 0:03",
        "  Stop whenever you like.",
    ]
    recording = loudspeaker.recording()
    first, second = start_of(one, recording), start_of(two, recording)
    for start, sound in ((first, one), (second, two)):
        np.testing.assert_array_equal(recording[start : start + len(sound)], sound)
    silence = second - LEAD_IN - (first + len(one))
    assert not recording[first + len(one) : second - LEAD_IN - RATE].any()
    assert 1.4 < silence / RATE < 4, "2 s, less the lead-in, and the time that it takes to open the device"


@pytest.mark.device
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_without_a_terminal_it_stops_where_an_answer_is_needed(
    week: str, run: Run, loudspeaker: Loudspeaker, tmp_path: Path
) -> None:
    done = run("play", week, "-q", env=loudspeaker.env)
    told = "Put it away. There is no terminal to answer at, so playing stops here; go on with "
    assert (done.returncode, done.stderr) == (1, f"{told}`player play week.yaml --part 2`\n")
    heard = len(np.flatnonzero(loudspeaker.recording().any(axis=1)))
    going_on = run("play", week, "--part", "2", "-q", env=loudspeaker.env)
    assert (going_on.returncode, going_on.stderr) == (0, "Put it away.\n")
    assert len(np.flatnonzero(loudspeaker.recording().any(axis=1))) > heard + 2 * RATE


@pytest.mark.device
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_inside_a_part_it_says_which_session_comes_next(
    week: str, run: Run, loudspeaker: Loudspeaker, tmp_path: Path
) -> None:
    (tmp_path / "two.yaml").write_text(SESSION.replace("steps", "params: {calm: yes indeed}\nsteps"))
    (tmp_path / "pair.yaml").write_text(
        "title: Pair\nsessions: [one, {session: two, params: {calm: not yet}, before: Stand up.}]\n"
    )
    done = run("play", "pair.yaml", "-q", env=loudspeaker.env)
    assert done.returncode == 1
    assert done.stderr.endswith("go on with `player play two.yaml -p 'calm=not yet'`\n")


@pytest.mark.device
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_what_only_the_voice_can_tell_comes_after_the_present_session(
    week: str, run: Run, loudspeaker: Loudspeaker, tmp_path: Path
) -> None:
    (tmp_path / "two.yaml").write_text(SESSION.replace("TITLE", "Far too long for this").replace("3s", "300ms"))
    assert run("export", "one.yaml", "-o", "one.wav").returncode == 0
    done = run("play", week, "-q", env=loudspeaker.env)
    assert done.returncode == 2
    assert done.stderr.startswith("two.yaml:5:5: 'Far too long for this.' takes ")
    one, recording = soundfile.read(tmp_path / "one.wav", dtype="int16")[0], loudspeaker.recording()
    start = start_of(one, recording)
    np.testing.assert_array_equal(recording[start : start + len(one)], one)


@pytest.mark.device
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_ctrl_c_ends_the_whole_programme_softly(
    week: str, run: Run, loudspeaker: Loudspeaker, tmp_path: Path, store_folder: Path
) -> None:
    (tmp_path / "two.yaml").write_text("title: Two\nsteps:\n" + "".join(f"  - say: Word {n}.\n" for n in range(400)))
    command = [sys.executable, "-m", "player", "play", week]
    env = loudspeaker.env | {"PLAYER_STORE": str(store_folder)}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True) as playing:
        loudspeaker.wait_for(RATE)  # the second session is being spoken by now
        playing.send_signal(signal.SIGINT)
        _, told = playing.communicate(timeout=20)
    assert playing.returncode == 130
    assert told.endswith("1 of 3: One, 0:03\n  Stop whenever you like.\n\nStopped.\n")
    recording = loudspeaker.recording().astype(int)
    heard = np.flatnonzero((np.abs(recording) > LOUDEST_NOISE).any(axis=1))
    assert np.abs(recording[heard[-1] - RATE // 20 : heard[-1] + 1]).max() < 100, "it ended with a jump"


@pytest.mark.device
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal: run it on Linux or macOS")
def test_at_a_terminal_it_waits_for_enter(
    week: str, run: Run, loudspeaker: Loudspeaker, tmp_path: Path, store_folder: Path
) -> None:
    (tmp_path / "pair.yaml").write_text("title: Pair\nsessions: [one, {session: two, before: Stand up.}]\n")
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "player", "play", "pair.yaml"]
    env = loudspeaker.env | {"PLAYER_STORE": str(store_folder)}
    told = b""

    def says(words: bytes) -> bool:
        nonlocal told
        told += os.read(ours, 1000)
        return words in told

    with subprocess.Popen(command, cwd=tmp_path, env=env, stdin=theirs, stderr=theirs, stdout=theirs) as playing:
        wait_until(lambda: says(b"Stand up.\r\nThen press Enter "), "it does not ask")
        before = len(np.flatnonzero(loudspeaker.recording().any(axis=1)))
        assert playing.poll() is None
        assert b"Two" not in told
        os.write(ours, b"\n")
        wait_until(lambda: says(b"2 of 2: Two, 0:03"), "it does not go on")
        assert playing.wait(20) == 0
    os.close(ours)
    os.close(theirs)
    assert len(np.flatnonzero(loudspeaker.recording().any(axis=1))) > before + 2 * RATE
