"""``player log``, ``player play --resume`` and ``player play`` alone, typed as a user types them."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player.history.diary import Diary
from player.live.transport import JOIN_MS
from player.timeline.steps import LEAD_MS
from player.units import FRAMES_PER_MS, RATE
from tests.fakes_diary import NOON, make_bookmark, make_entry
from tests.sound_server import LOUDEST_NOISE, Loudspeaker, mortal_server, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

BEGINNING = 5000 - LEAD_MS
"""Where playing goes on that was stopped in the last step, in ms."""
Run = Callable[..., "subprocess.CompletedProcess[str]"]
Begin = Callable[..., "Terminal"]

SCRIPT = """\
title: Heard
background: {sound: rain, fade_in: 0s, fade_out: 1s}
params: {more: {default: 0s, max: 60s}}
steps:
  - say: Sit down.
    for: 3s
  - pause: 2s
  - say: Lie down.
    for: 2s
  - pause: $more
"""


@pytest.fixture
def script(tmp_path: Path) -> str:
    (tmp_path / "heard.yaml").write_text(SCRIPT)
    return "heard.yaml"


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    """The one that ``run`` has."""
    return Diary(pytest.fail, tmp_path / "diary.sqlite3")


@pytest.fixture
def stopped(diary: Diary, script: str, tmp_path: Path) -> Diary:
    """The script was stopped at 0:06 of 0:07, in the step that begins at 0:05."""
    key = str(tmp_path / script)
    with diary:
        diary.note(None, key, replace(make_bookmark(key, 6000), title="Heard", asked={"session": key}, total_ms=7000))
    return diary


# The history


@pytest.fixture
def many_entries(diary: Diary) -> None:
    with diary:
        for number in range(25):
            at = NOON + number * timedelta(days=1)
            diary.note(make_entry(str(number), "pmr-7" if number % 5 else "pmr-4", at), "", None)
        diary.note(None, "pmr-7", make_bookmark("pmr-7"))


@pytest.mark.usefixtures("many_entries")
def test_the_log_shows_the_last_twenty_the_newest_last(run: Run) -> None:
    done = run("log", env={"TZ": "UTC"})
    lines = done.stdout.splitlines()
    assert (done.returncode, len(lines)) == (0, 20)
    assert lines[0].split() == ["Sun", "30", "Nov", "2025", "12:00", "Box", "breathing", "7:00", "whole"]
    assert lines[-1].split()[:4] == ["Fri", "19", "Dec", "2025"]
    assert done.stderr == "The last 20 of 25; -n 25 shows all.\n"
    assert len(run("log", "-n", "25").stdout.splitlines()) == 25
    assert len(run("log", "-n", "3").stdout.splitlines()) == 3


@pytest.mark.usefixtures("many_entries")
def test_the_log_of_one_session(run: Run) -> None:
    assert len(run("log", "pmr-4").stdout.splitlines()) == 5
    assert run("log", "pmr-16").stdout == ""


@pytest.mark.usefixtures("many_entries")
def test_the_log_as_json_has_everything(run: Run) -> None:
    entries = json.loads(run("log", "--json").stdout)
    assert len(entries) == 25
    assert entries[0] == {
        "session": "pmr-4",
        "title": "Box breathing",
        "asked": {"session": "box-breathing", "values": {"rounds": "3"}, "skip": ["neck"], "rate": 120},
        "programme": "",
        "began": "2025-11-25T12:00:00+00:00",
        "heard_ms": 420_000,
        "at_ms": 420_000,
        "total_ms": 420_000,
        "whole": True,
    }
    assert [entry["began"][:10] for entry in json.loads(run("log", "--json", "-n", "2").stdout)] == [
        "2025-12-18",
        "2025-12-19",
    ]


def test_an_empty_log_is_a_sentence(run: Run) -> None:
    done = run("log")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Nothing is remembered yet.\n")
    assert run("log", "--json").stdout == "[]\n"


@pytest.mark.usefixtures("many_entries")
def test_forgetting_says_what_was_forgotten(run: Run) -> None:
    assert run("log", "pmr-4", "--forget", "--yes").stdout == (
        "Forgotten: 5 sessions that you practised, and 0 places to go on at.\n"
    )
    assert run("log", "--forget", "--yes").stdout == (
        "Forgotten: 20 sessions that you practised, and 1 place to go on at.\n"
    )
    assert run("log", "--forget", "--yes").stdout == "There was nothing to forget.\n"
    assert run("log").stdout == ""


@pytest.mark.usefixtures("many_entries")
def test_what_is_no_session_and_not_remembered_cannot_be_forgotten(run: Run) -> None:
    shown = run("log", "nosuch")
    for sure in ((), ("--yes",)):
        done = run("log", "--forget", "nosuch", *sure)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", shown.stderr)
    assert done.stderr.startswith("there is no session 'nosuch'; ")
    assert run("log", "--forget", "box-breathing", "--yes").stdout == "There was nothing to forget.\n"


@pytest.mark.usefixtures("many_entries")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("--forget",),
            "`player log --forget --yes` forgets everything that you practised, and every place to go on at",
        ),
        (("pmr-4", "--forget"), "`player log pmr-4 --forget --yes` forgets all about 'pmr-4'"),
    ],
)
def test_without_a_terminal_nothing_is_forgotten(run: Run, diary: Diary, arguments: tuple[str, ...], told: str) -> None:
    done = run("log", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"there is no terminal to ask at; {told}\n"
    with diary:
        assert len(diary.entries()) == 25


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--yes",), "--yes is for --forget alone; name both, or leave it out\n"),
        (("--forget", "--json"), "--forget shows nothing, and -n and --json do; ask for one after the other\n"),
        (("nosuch",), "there is no session 'nosuch'; `player list` shows them\n"),
    ],
)
def test_what_log_cannot_do_is_a_sentence(run: Run, arguments: tuple[str, ...], told: str) -> None:
    done = run("log", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)


@pytest.mark.parametrize("name", ["pmr-7", "evening"])
def test_a_session_of_which_nothing_is_remembered_is_named(run: Run, name: str) -> None:
    done = run("log", name)
    assert (done.returncode, done.stderr) == (0, f"Nothing is remembered of {name} yet.\n")


def test_a_diary_that_cannot_be_read_is_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    done = run("log", env={"PLAYER_DIARY": str(tmp_path / "folder")})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{tmp_path}/folder is no ordinary file; set PLAYER_DIARY to another file")


def test_a_file_that_is_no_diary_is_a_sentence_and_stays(run: Run, tmp_path: Path) -> None:
    (tmp_path / "diary.sqlite3").write_text("what is this?" * 1000)
    done = run("log")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("diary.sqlite3 is no diary; set PLAYER_DIARY to another file, or move this one away\n")
    assert (tmp_path / "diary.sqlite3").read_text() == "what is this?" * 1000


def test_a_diary_below_a_file_is_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "e.db").write_text("in the way")
    for arguments in (["log"], ["log", "--json"], ["log", "--forget", "--yes"], ["play", "--resume"]):
        done = run(*arguments, env={"PLAYER_DIARY": str(tmp_path / "e.db" / "x")})
        assert (done.returncode, done.stdout) == (2, "")
        told = f"{tmp_path}/e.db/x cannot be the diary, as {tmp_path}/e.db is no folder; set PLAYER_DIARY to another"
        assert done.stderr == f"{told} file\n"


@pytest.mark.usefixtures("many_entries")
def test_what_another_program_holds_is_not_forgotten_and_a_sentence_says_so(run: Run, diary: Diary) -> None:
    with closing(sqlite3.connect(diary.path, isolation_level=None)) as other:
        other.execute("BEGIN").execute("SELECT * FROM places").fetchone()
        done = run("log", "--forget", "--yes")
    told = f"nothing was forgotten, as another program holds the diary {diary.path}; end it, and forget again\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)
    assert len(run("log", "-n", "30").stdout.splitlines()) == 25
    assert run("log", "--forget", "--yes").returncode == 0


# Wrong use


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("play", "pmr-7", "--resume"),
            "'pmr-7' has no place to go on from; a place is remembered in heard (0:06 of 0:07)",
        ),
        (("play", "evening", "--resume"), "'evening' has no place to go on from; a place is remembered in heard"),
        (("play", "pmr-8", "--resume"), "there is no session 'pmr-8'; did you mean"),
        (("play", "heard.yaml", "--resume", "--from", "0"), "--resume begins where you stopped, and --from at a time"),
        (("play", "--from", "1:00"), "--from, --part and --remember are for a session or programme that is named"),
        (("play", "--part", "1"), "--from, --part and --remember are for a session or programme that is named"),
        (
            ("play",),
            "name a session, such as `player play box-breathing`; `player list` shows them, and `player play --res",
        ),
        (("log", "-n", "0"), "-n must be 1 to 1000000, not 0"),
    ],
)
@pytest.mark.usefixtures("stopped")
def test_wrong_use_is_one_sentence_and_exit_2(run: Run, arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert words in done.stderr
    assert (done.returncode, done.stdout) == (2, "")


def test_with_nothing_remembered_play_alone_tells_how_to_begin(run: Run) -> None:
    for arguments, words in (
        (["play"], "name a session, such as `player play box-breathing`; `player list` shows them\n"),
        (["play", "--resume"], "nothing was stopped that could go on; `player list` shows the sessions, and"),
    ):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr


def test_looking_for_what_is_remembered_makes_no_file(run: Run, diary: Diary) -> None:
    for arguments in (["play"], ["play", "--resume"], ["play", "pmr-7", "--resume"], ["log"], ["log", "--forget"]):
        run(*arguments)
    assert not diary.path.exists()


# At a terminal


def own_env(tmp_path: Path, store_folder: Path) -> dict[str, str]:
    own = {"PLAYER_STORE": store_folder, "PLAYER_DIARY": tmp_path / "diary.sqlite3", "PLAYER_SCRIPTS": tmp_path / "own"}
    return {name: str(path) for name, path in own.items()}


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, arguments: list[str], folder: Path, env: dict[str, str]) -> None:
        self.told = b""
        self._ours, theirs = os.openpty()
        command = [sys.executable, "-m", "player", *arguments]
        self.process = subprocess.Popen(command, cwd=folder, env=env, stdin=theirs, stderr=theirs, stdout=theirs)
        os.close(theirs)

    def wait_for(self, words: bytes) -> None:
        wait_until(lambda: self._says(words), f"it does not say {words!r}")

    def types(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def ends(self) -> tuple[int, str]:
        """Its exit code, and everything that it said."""
        wait_until(self._is_over, "it does not end")
        return self.process.wait(20), self.told.decode()

    def close(self) -> None:
        """Leave nothing behind, also where a test has failed."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def _says(self, words: bytes) -> bool:
        self._is_over()
        return words in self.told

    def _is_over(self) -> bool:
        """Read what has been said, and whether that was all."""
        if not select.select([self._ours], [], [], 0)[0]:
            return False
        try:
            said = os.read(self._ours, 1000)
        except OSError:  # so Linux tells the end
            return True
        self.told += said
        return not said


@pytest.fixture
def terminal(tmp_path: Path, store_folder: Path) -> Iterator[Begin]:
    """A function that begins a command at a terminal."""
    begun = []

    def begin(*arguments: str, folder: Path = tmp_path, env: Mapping[str, str] = os.environ) -> Terminal:
        begun.append(Terminal([*arguments], folder, {**env, **own_env(tmp_path, store_folder)}))
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


needs_a_terminal = pytest.mark.skipif(
    sys.platform == "win32", reason="needs a pseudo-terminal: run it on Linux or macOS"
)


@needs_a_terminal
@pytest.mark.usefixtures("stopped")
def test_after_no_it_says_how_to_begin_another(terminal: Begin) -> None:
    at = terminal("play")
    at.wait_for(b"Heard, stopped at 0:06 of 0:07 on 25 November")
    at.wait_for(b" Go on? [Y/n]: ")
    at.types(b"n\n")
    code, told = at.ends()
    assert code == 0
    assert told.endswith("`player list` shows the sessions, and `player play NAME` begins one.\r\n")


@needs_a_terminal
def test_ctrl_c_at_the_question_ends_it(stopped: Diary, terminal: Begin) -> None:
    at = terminal("play")
    at.wait_for(b"Go on?")
    at.process.send_signal(signal.SIGINT)
    code, told = at.ends()
    assert (code, told.splitlines()[-1]) == (130, "Stopped.")
    assert len(stopped.bookmarks()) == 1
    stopped.close()


@needs_a_terminal
@pytest.mark.usefixtures("many_entries")
@pytest.mark.parametrize(("answer", "left"), [(b"\n", 25), (b"y\n", 0)])
def test_forgetting_asks_first(diary: Diary, terminal: Begin, answer: bytes, left: int) -> None:
    at = terminal("log", "--forget")
    at.wait_for(b"Forget everything that you practised, and every place to go on at? [y/N]: ")
    at.types(answer)
    code, told = at.ends()
    assert code == 0
    assert told.endswith("Nothing was forgotten.\r\n" if left else "and 1 place to go on at.\r\n")
    with diary:
        assert len(diary.entries()) == left


@needs_a_terminal
@pytest.mark.usefixtures("many_entries")
def test_yes_asks_nothing(terminal: Begin) -> None:
    code, told = terminal("log", "--forget", "--yes").ends()
    assert (code, "?" in told) == (0, False)


# Heard


def start_of(part: np.ndarray, recording: np.ndarray) -> int:
    at = recording.tobytes().find(part[:200].tobytes())
    assert at >= 0, "it was not heard"
    return at // 4


def must_be_entered(exported: np.ndarray, at_ms: int, recording: np.ndarray, ms: int | None = None) -> None:
    """The programme is heard from a position on, for ``ms`` or to its end, after an entrance that begins softly."""
    sound = exported[(at_ms + JOIN_MS) * FRAMES_PER_MS :][: None if ms is None else ms * FRAMES_PER_MS]
    start = start_of(sound, recording)
    np.testing.assert_array_equal(recording[start : start + len(sound)], sound)
    heard = recording[int(np.flatnonzero(np.abs(recording.astype(int)).max(axis=1) > LOUDEST_NOISE)[0]) :]
    assert np.abs(heard[: RATE // 20].astype(int)).max() < 100, "it began with a jump"


@pytest.mark.device
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_resuming_goes_on_at_the_bookmark_and_then_forgets_it(
    script: str, stopped: Diary, run: Run, loudspeaker: Loudspeaker, tmp_path: Path
) -> None:
    assert run("export", script, "-o", "heard.wav").returncode == 0
    done = run("play", script, "--resume", env=loudspeaker.env)
    assert (done.returncode, done.stderr) == (0, "Heard, 0:07\n  It goes on at 0:05.\n")
    exported = soundfile.read(tmp_path / "heard.wav", dtype="int16")[0]
    must_be_entered(exported, BEGINNING, loudspeaker.recording())
    with stopped:
        assert stopped.bookmarks() == ()


@pytest.mark.device
@pytest.mark.engine
@needs_a_terminal
@pytest.mark.usefixtures("voice")
def test_enter_goes_on_from_any_folder(
    script: str, stopped: Diary, run: Run, loudspeaker: Loudspeaker, tmp_path: Path, terminal: Begin
) -> None:
    assert run("export", script, "-o", "heard.wav").returncode == 0
    (tmp_path / "elsewhere").mkdir()
    at = terminal("play", folder=tmp_path / "elsewhere", env=loudspeaker.env)
    at.wait_for(b"Go on?")
    at.types(b"\n")
    code, told = at.ends()
    assert (code, told.splitlines()[-1]) == (0, "  It goes on at 0:05.")
    exported = soundfile.read(tmp_path / "heard.wav", dtype="int16")[0]
    must_be_entered(exported, BEGINNING, loudspeaker.recording())


@pytest.mark.device
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_after_a_stop_it_says_how_to_go_on(
    script: str, diary: Diary, run: Run, loudspeaker: Loudspeaker, tmp_path: Path, store_folder: Path
) -> None:
    assert run("show", script, "-p", "more=60s").returncode == 0
    command = [sys.executable, "-m", "player", "play", script, "-p", "more=60s", "-q"]
    env = loudspeaker.env | own_env(tmp_path, store_folder)
    with subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True) as playing:
        loudspeaker.wait_for(RATE)  # twice the patience: on a busy machine it takes long to begin
        loudspeaker.wait_for(11 * RATE)
        playing.send_signal(signal.SIGINT)
        _, told = playing.communicate(timeout=20)
    with diary:
        (bookmark,), (entry,) = diary.bookmarks(), diary.entries()
    assert bookmark.asked == {"session": str(tmp_path / script), "values": {"more": "60s"}}
    assert 10_000 < bookmark.at_ms == entry.at_ms < 20_000
    assert entry.heard_ms == pytest.approx(entry.at_ms, abs=1000)
    assert re.fullmatch(r"\nStopped. `player play heard.yaml --resume` goes on at 0:0\d.\n", told)
    assert playing.returncode == 130
    assert run("log").stdout.split("\n")[0].endswith(f"stopped at 0:{bookmark.at_ms // 1000} of 1:07")


@pytest.mark.device
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_a_killed_sound_server_is_one_sentence_and_with_another_one_it_goes_on_at_the_step(
    kind: str, script: str, diary: Diary, run: Run, tmp_path: Path, store_folder: Path
) -> None:
    assert run("export", script, "-p", "more=60s", "-o", "heard.wav").returncode == 0
    command = [sys.executable, "-m", "player", "play", script, "-p", "more=60s", "-q"]
    with mortal_server() as server:
        env = server.env | own_env(tmp_path, store_folder) | {"PLAYER_SPEAKER": kind}
        ear = Loudspeaker(server.env)
        with subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True) as playing:
            ear.wait_for(RATE)
            ear.wait_for(11 * RATE)
            server.kill()
            _, said = playing.communicate(timeout=30)
        ear.stop()
    assert playing.returncode == 1
    with diary:
        (bookmark,) = diary.bookmarks()
    way = r"`player play heard.yaml --resume` goes on at 0:0\d\."
    assert re.fullmatch(rf"the loudspeaker stopped at 0:1\d \(.+\); go on with --from 0:1\d\. {way}\n", said)
    with mortal_server() as server:
        ear = Loudspeaker(server.env)
        env = server.env | own_env(tmp_path, store_folder) | {"PLAYER_SPEAKER": kind}
        again = [sys.executable, "-m", "player", "play", script, "--resume", "-q"]
        with subprocess.Popen(again, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True) as playing:
            ear.wait_for(4 * RATE)
            playing.send_signal(signal.SIGINT)
            playing.communicate(timeout=30)
        recording = ear.recording()
        ear.stop()
    exported = soundfile.read(tmp_path / "heard.wav", dtype="int16")[0]
    must_be_entered(exported, bookmark.at_ms, recording, 2000)


@pytest.mark.device
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_a_diary_that_cannot_be_written_never_stops_playing(
    script: str, run: Run, loudspeaker: Loudspeaker, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    env = loudspeaker.env | {"PLAYER_DIARY": str(tmp_path / "file" / "diary")}
    done = run("play", script, "-q", env=env)
    assert done.returncode == 0
    assert done.stderr.startswith("this session is not remembered: ")
    assert done.stderr.endswith("file is no folder; set PLAYER_DIARY to another file\n")
    assert done.stderr.count("\n") == 1
    assert len(np.flatnonzero(loudspeaker.recording().any(axis=1))) > 6 * RATE
