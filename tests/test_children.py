"""Child programs that do not do what they should: each is waited for no longer than is allowed, and nothing is left."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from player import children
from player.children import ChildProgram, StalledError, ending, is_stopped
from tests.voice.conftest import is_alive, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its programs are for sh")

LEAVE = (
    "import subprocess, sys, time; child = subprocess.Popen(['sleep', '600'], **{how}); print(child.pid, flush=True)"
)


@pytest.fixture
def started() -> Iterator[Callable[..., ChildProgram]]:
    """Starts a program for sh or for Python; all are gone at the end."""
    made: list[ChildProgram] = []

    def start(program: str, *, python: bool = False, piece: int = 1, heard: int = 0) -> ChildProgram:
        command = [sys.executable, "-SEs", "-c", program] if python else ["sh", "-c", program]
        made.append(ChildProgram(command, stdin=True, stdout=True, piece=piece, heard=heard))
        return made[-1]

    yield start
    for each in made:
        each.end()
        assert not Path(f"/proc/{each.pid}").exists(), "it was not waited for"


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_SLICE_S", 0.1)


def write_on(child: ChildProgram, within_s: float) -> None:
    for _ in range(4):
        child.write(bytes(2**17), within_s)


def test_it_gives_back_what_it_gets(started: Callable[..., ChildProgram]) -> None:
    child = started("cat; echo done >&2; exit 3", piece=2**18)
    data = os.urandom(2**20 + 7)
    given = b""

    def write() -> None:
        for at in range(0, len(data), 2**17):
            child.write(data[at : at + 2**17], 10)
        child.close_input()

    writer = threading.Thread(target=write)
    writer.start()
    while piece := child.read(10):
        assert len(piece) == 2**18 or len(given) + len(piece) == len(data)
        given += piece
    writer.join()
    assert given == data
    assert child.read(10) == b""
    assert child.wait(10) == 3
    assert child.last_words() == "done"


def test_who_is_held_by_nobody_is_ended() -> None:
    child = ChildProgram(["sleep", "600"], stdin=True, stdout=True)
    pid = child.pid
    assert Path(f"/proc/{pid}").exists() or sys.platform != "linux"
    del child
    with pytest.raises(ChildProcessError):  # it was waited for
        os.waitpid(pid, os.WNOHANG)


def test_silence_is_waited_for_so_long(started: Callable[..., ChildProgram]) -> None:
    child = started("sleep 600")
    with pytest.raises(StalledError, match="it stood still"):
        child.read(0.1)
    with pytest.raises(StalledError):
        child.wait(0.1)


def test_what_is_not_read_is_waited_for_so_long(started: Callable[..., ChildProgram]) -> None:
    child = started("sleep 600")
    with pytest.raises(StalledError):
        write_on(child, 0.1)


def test_a_broken_pipe_is_told_at_the_next_write(started: Callable[..., ChildProgram]) -> None:
    child = started("exec <&-; echo closed; sleep 600")
    assert child.read(10) == b"closed\n"
    with pytest.raises(BrokenPipeError):
        write_on(child, 10)


def test_an_order_that_did_not_arrive_is_not_waited_for(started: Callable[..., ChildProgram]) -> None:
    child = started("exec <&-; echo closed; sleep 600")
    assert child.read(10) == b"closed\n"
    child.write(b"do it\n", 10)
    began = time.monotonic()
    assert child.read(60) == b""
    assert time.monotonic() - began < 30


def test_a_child_whose_input_cannot_be_closed_is_not_waited_for(
    started: Callable[..., ChildProgram], monkeypatch: pytest.MonkeyPatch
) -> None:
    child = started("cat >&2")
    pipe = child._process.stdin
    assert pipe
    left_open = os.dup(pipe.fileno())
    monkeypatch.setattr(pipe, "close", partial(os.close, -1))
    child.write(b"do it\n", 10)
    child.close_input()
    began = time.monotonic()
    with pytest.raises(BrokenPipeError):
        child.wait(60)
    assert time.monotonic() - began < 30
    monkeypatch.undo()
    pipe.close()
    os.close(left_open)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a pipe")
@pytest.mark.parametrize("how", [{}, {"start_new_session": True}])
def test_what_a_child_leaves_behind_does_not_hold_the_pipe(
    started: Callable[..., ChildProgram], how: dict[str, bool]
) -> None:
    child = started(LEAVE.format(how=how), python=True)
    left = int(child.read(10))
    began = time.monotonic()
    assert child.read(60) == b""
    assert time.monotonic() - began < 30
    assert wait_until(lambda: not is_alive(left))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a pipe")
def test_a_session_that_left_is_ended_with_the_child(started: Callable[..., ChildProgram]) -> None:
    child = started(LEAVE.format(how={"start_new_session": True}) + "; time.sleep(600)", python=True)
    left = int(child.read(10))
    child.end()
    assert wait_until(lambda: not is_alive(left))


def test_signals_that_are_ignored_do_not_help_it(started: Callable[..., ChildProgram]) -> None:
    child = started("trap '' INT TERM HUP; echo ready; while :; do sleep 600; done")
    assert child.read(10) == b"ready\n"
    child.end()
    assert child.code == -signal.SIGKILL


def test_a_stopped_child_is_given_up_soon(
    started: Callable[..., ChildProgram], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "STOPPED_S", 0.3)
    child = started("kill -STOP $$")
    with pytest.raises(StalledError, match="it was stopped by a signal") as caught:
        child.read(60)
    assert caught.value.is_stopped
    assert is_stopped(child.pid)
    with pytest.raises(StalledError, match="it was stopped by a signal"):
        child.wait(60)


def test_a_child_that_goes_on_is_not_given_up(
    started: Callable[..., ChildProgram], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "STOPPED_S", 0.5)
    child = started("kill -STOP $$; sleep 0.4; echo here")
    threading.Timer(0.3, os.kill, (child.pid, signal.SIGCONT)).start()
    assert child.read(30) == b"here\n"


def test_of_many_words_the_first_and_the_last_are_kept(started: Callable[..., ChildProgram]) -> None:
    child = started("seq 300000 >&2; printf 'the \\033[2J\\342\\200\\256end\\n\\n' >&2", heard=20)
    assert child.wait(30) == 0
    assert child.said() == "1\n2\n3\n4\n5\n6\n7\n8\n9\n10"[:20]
    assert child.last_words() == "the \\x1b[2J\\u202eend"


def test_it_is_waited_for_as_long_as_it_gets_on(started: Callable[..., ChildProgram]) -> None:
    child = started("sleep 0.5; exit 4")
    steps = iter(range(10**9))
    assert child.wait(0.3, lambda: next(steps)) == 4


def test_what_cannot_be_read_is_not_the_end(
    started: Callable[..., ChildProgram], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object, pipe: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(children._Answers, "_next", fail)
    child = started("sleep 600")
    for _ in range(2):
        with pytest.raises(BrokenPipeError):
            child.read(10)


@pytest.mark.parametrize("program", ["", "no program"])
def test_what_is_no_program_cannot_be_started(tmp_path: Path, program: str) -> None:
    path = tmp_path / "text"
    path.write_text(program)
    path.chmod(0o755)
    with pytest.raises(OSError, match="Exec format error"):
        ChildProgram([str(path)])


@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
def test_no_descriptor_is_left(started: Callable[..., ChildProgram]) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = descriptors()
    for program in ("exit 0", "yes", "cat", "sleep 600"):
        started(program).end()
    assert descriptors() == before


@pytest.mark.parametrize(
    ("code", "words"), [(0, "exit code 0"), (3, "exit code 3"), (-11, "SIGSEGV"), (-99, "signal 99")]
)
def test_an_end_is_told_in_words(code: int, words: str) -> None:
    assert ending(code) == words
