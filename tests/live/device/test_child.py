"""The device's process with a sound library of the test's own: it plays, it fails, and it ends in many ways."""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from player.live.device import child
from player.live.device.child import DeviceProcess
from player.live.device.ringbuffer import SharedRingBuffer, State
from player.live.device.simpleaudio import PADDING
from tests.fakes_system import loaded_on
from tests.sound_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FRAMES = 2400
LIBRARY = """
import time

class Sound:
    def __init__(self):
        self.until = time.monotonic() + 0.05
    def is_playing(self):
        return time.monotonic() < self.until
    def stop(self):
        self.until = 0

def play_buffer(sound, channels, width, rate):
    with open({log!r}, "ab") as log:
        log.write(bytes(sound[:{size}]))
    {then}
    return Sound()
"""


@pytest.fixture
def ring() -> Iterator[SharedRingBuffer]:
    ring = SharedRingBuffer.create(FRAMES, FRAMES + PADDING)
    yield ring
    ring.close()


@pytest.fixture
def play(ring: SharedRingBuffer, tmp_path: Path) -> Iterator[Callable[[str], DeviceProcess]]:
    """Starts the device's process with a library that does something when it is to play."""
    started: list[DeviceProcess] = []

    def start(then: str = "") -> DeviceProcess:
        ring.write(b"\1\2\3\4" * FRAMES)
        ring.go = 1
        code = LIBRARY.format(log=str(tmp_path / "log"), size=FRAMES * 4, then=then)
        (tmp_path / "simpleaudio.py").write_text(code)
        started.append(DeviceProcess("simpleaudio", ring, {**os.environ, "PYTHONPATH": str(tmp_path)}))
        return started[-1]

    yield start
    for each in started:
        each.end()


@pytest.mark.skipif(sys.platform == "win32", reason="the folder of the library is found otherwise there")
def test_all_of_the_sound_reaches_the_library_and_the_process_ends(
    play: Callable[..., DeviceProcess], ring: SharedRingBuffer, tmp_path: Path
) -> None:
    process = play()
    wait_until(lambda: process.is_done or process.failure() is not None, "nothing came of it")
    assert process.failure() is None
    assert (tmp_path / "log").read_bytes() == b"\1\2\3\4" * FRAMES
    assert ring.head == FRAMES
    assert ring.heartbeat > 0
    process.end()
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="the folder of the library is found otherwise there")
@pytest.mark.parametrize(
    ("then", "reason", "tried"),
    [
        ("raise OSError('no card', 'is in use')", "no card, is in use", 1),
        ("raise MemoryError", "MemoryError", 1),
        (
            "from player.live.device.simpleaudio import StuckError; raise StuckError",
            "the device takes no more sound",
            4,  # once, and three times anew
        ),
    ],
)
def test_what_keeps_the_library_from_playing_is_told_in_its_words(
    play: Callable[[str], DeviceProcess], tmp_path: Path, then: str, reason: str, tried: int
) -> None:
    process = play(then)
    wait_until(lambda: process.failure() is not None, "no reason came")
    assert process.failure() == reason
    assert len((tmp_path / "log").read_bytes()) == tried * FRAMES * 4


@pytest.fixture
def ending(ring: SharedRingBuffer, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], DeviceProcess]:
    """A process that does something else than play."""

    def start(code: str) -> DeviceProcess:
        command = [sys.executable, "-S", "-c", f"import os, sys, time; {code}"]
        made = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert made.stdout
        made.stdout.close()
        monkeypatch.setattr(child, "_spawn", lambda *_: made)
        return DeviceProcess("miniaudio", ring)

    return start


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("sys.exit(3)", "its process ended with exit code 3"),
        ("sys.exit()", "its process ended with exit code 0"),
        ("os.kill(os.getpid(), 11)", "its process was ended by SIGSEGV"),
        ("os.kill(os.getpid(), 9)", "its process was ended by SIGKILL"),
        pytest.param(
            "os.kill(os.getpid(), 36)",
            "its process was ended by signal 36",  # one of those for programs, which have no names
            marks=pytest.mark.skipif(not hasattr(signal, "SIGRTMIN"), reason="no such signals here"),
        ),
    ],
)
def test_a_process_that_ends_too_early_is_a_reason(
    ending: Callable[[str], DeviceProcess], code: str, reason: str
) -> None:
    process = ending(code)
    wait_until(lambda: process.failure() is not None, "its end was not noticed")
    assert process.failure() == reason
    process.end()


def test_what_the_process_wrote_last_counts_more_than_how_it_ended(
    ending: Callable[[str], DeviceProcess], ring: SharedRingBuffer
) -> None:
    ring.fail("there is no device")
    process = ending("sys.exit(3)")
    wait_until(lambda: process._process.poll() is not None, "it did not end")
    assert process.failure() == "there is no device"
    ring.state = State.DONE
    assert process.failure() is None
    process.end()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_process_that_does_not_leave_by_itself_is_killed(ending: Callable[[str], DeviceProcess]) -> None:
    process = ending("time.sleep(60)")
    began = time.monotonic()
    process.end()
    assert process._process.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 10


def test_a_process_that_the_system_holds_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver that hangs keeps even a killed process."""
    waited: list[float] = []

    def wait(timeout: float) -> None:
        waited.append(timeout)
        raise subprocess.TimeoutExpired("it", timeout)

    held = SimpleNamespace(stdin=None, wait=wait, kill=lambda: waited.append(0))
    monkeypatch.setattr(child, "_spawn", lambda *_: held)
    DeviceProcess("miniaudio", SimpleNamespace(state=0)).end()  # type: ignore[arg-type]
    assert waited == [1, 0, 5]


def test_on_windows_the_process_is_begun_without_a_window_and_above_others(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[list[str], dict[str, Any]]] = []
    module = loaded_on("win32", "player.live.device.child", monkeypatch)
    flags = {"CREATE_NEW_PROCESS_GROUP": 1, "CREATE_NO_WINDOW": 2, "ABOVE_NORMAL_PRIORITY_CLASS": 4}
    fake = SimpleNamespace(
        Popen=lambda command, **how: begun.append((command, how)),
        PIPE=subprocess.PIPE,
        DEVNULL=subprocess.DEVNULL,
        **flags,
    )
    monkeypatch.setattr(module, "subprocess", fake)
    module.DeviceProcess("miniaudio", SimpleNamespace(handle="player-7-ab", capacity=9, state=0), {"A": "1"})
    ((command, how),) = begun
    assert command[1:6] == ["-m", "player.live.device.process", "miniaudio", "player-7-ab", "9"]
    assert how["creationflags"] == 7
    assert how["env"]["A"] == "1"
    assert "pass_fds" not in how


def test_on_windows_the_ring_is_memory_of_a_name_that_the_other_process_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    named: dict[str, mmap.mmap] = {}

    def mapped(file: int, size: int, *, tagname: str) -> mmap.mmap:
        assert file == -1
        return named.setdefault(tagname, mmap.mmap(-1, size))

    ours = loaded_on("win32", "player.live.device.ringbuffer", monkeypatch)
    monkeypatch.setattr(ours, "mmap", SimpleNamespace(mmap=mapped, PAGESIZE=mmap.PAGESIZE))
    ring = ours.SharedRingBuffer.create(100, 50)
    assert ring.handle.startswith(f"player-{os.getpid()}-")
    ring.write(b"\1\2\3\4" * 20)
    ring.forget(20)
    assert ours.SharedRingBuffer.open(ring.handle, 50).read(0, 20) == b"\1\2\3\4" * 20
    assert list(named) == [ring.handle]
