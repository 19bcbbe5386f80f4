"""Whether the process that wrote a file still runs, on each system, and where little can be known."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from player.storage import stale_files
from player.storage.stale_files import MARK, STALE_AFTER_S, mark, remove_stale
from tests.fakes_system import loaded_on, windows_libraries

PART = re.compile(rf"calm\.{MARK}\.part")


def ended_pid() -> int:
    """The number of a process that has just ended."""
    with subprocess.Popen([sys.executable, "-S", "-c", ""]) as process:
        process.wait()
    return process.pid


def left_by(folder: Path, pid: int, machine: str | None = None, age_s: float = 0) -> Path:
    path = folder / f"calm.{pid}-{machine or stale_files.machine_id()}.part"
    path.touch()
    os.utime(path, (time.time() - age_s,) * 2)
    return path


def test_only_what_a_process_left_that_has_ended_is_removed(tmp_path: Path) -> None:
    gone, ours = left_by(tmp_path, ended_pid()), left_by(tmp_path, os.getpid())
    fresh = left_by(tmp_path, 77, "0ddba1", age_s=STALE_AFTER_S - 60)
    old = left_by(tmp_path, 78, "0ddba1", age_s=STALE_AFTER_S + 60)
    remove_stale(tmp_path, PART)
    assert [path.exists() for path in (gone, ours, fresh, old)] == [False, True, True, False]


@pytest.mark.skipif(sys.platform != "linux", reason="only there it is known when a process began")
def test_a_number_that_was_given_to_a_new_process_keeps_nothing(tmp_path: Path) -> None:
    left = left_by(tmp_path, os.getpid(), age_s=365 * 24 * 3600)  # this process is younger
    remove_stale(tmp_path, PART)
    assert not left.exists()


@pytest.mark.parametrize(
    ("error", "stays"),
    [
        (ProcessLookupError(), False),
        (PermissionError(), True),  # it runs, as another user
        (OverflowError(), True),  # no number of a process: nothing is known of it
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_process_that_cannot_be_asked_keeps_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, stays: bool
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, "kill", refuse)
    left = left_by(tmp_path, os.getpid())
    remove_stale(tmp_path, PART)
    assert left.exists() is stays


def test_where_nobody_tells_when_a_process_began_its_file_stays_while_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "")  # as where /proc is another one
    left = left_by(tmp_path, os.getpid(), age_s=365 * 24 * 3600)
    remove_stale(tmp_path, PART)
    assert left.exists()


def test_without_namespaces_a_machine_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> os.stat_result:
        raise FileNotFoundError

    whole = stale_files.machine_id.__wrapped__
    monkeypatch.setattr(Path, "stat", refuse)
    ids = []
    for name in ("attic", "attic", "cellar"):
        monkeypatch.setattr("platform.node", lambda name=name: name)
        ids.append(whole())
    assert ids[0] == ids[1] != ids[2]
    assert all(re.fullmatch(MARK, f"1-{each}") for each in ids)


def test_a_mark_is_that_of_this_process() -> None:
    found = re.fullmatch(MARK, mark())
    assert found is not None
    assert int(found["pid"]) == os.getpid()


@pytest.mark.parametrize(("waited", "alive"), [(0x102, True), (0, False)])
def test_windows_is_asked_with_a_handle_that_is_closed_again(
    monkeypatch: pytest.MonkeyPatch, waited: int, alive: bool
) -> None:
    asked: list[tuple[Any, ...]] = []

    def opened(*asked_for: int) -> int:
        asked.append(asked_for)
        return 40 if asked_for[2] == 7 else 0

    windows_libraries(
        monkeypatch,
        kernel32={
            "OpenProcess": opened,
            "WaitForSingleObject": lambda handle, ms: {(40, 0): waited}[handle, ms],
            "CloseHandle": lambda handle: asked.append((handle,)),
        },
    )
    on_windows = loaded_on("win32", "player.storage.stale_files", monkeypatch)
    assert on_windows._is_alive(7) is alive
    assert on_windows._is_alive(8) is False
    assert asked == [(0x00100000, 0, 7), (40,), (0x00100000, 0, 8)]
