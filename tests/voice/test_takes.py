"""Folders for takes: nothing of them stays, not even after a crash."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from player.storage.stale_files import machine_id
from player.voice import takes

CRASH = """
import os
from player.voice import takes
with takes.folder() as folder:
    (folder / takes.FILE).write_bytes(b"half")
    os._exit(9)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    takes._sweep_once.cache_clear()
    return folder


def test_a_folder_goes_with_its_take(temporary: Path) -> None:
    with takes.folder() as folder:
        assert folder.is_absolute()
        (folder / takes.FILE).write_bytes(b"sound")
        assert list(temporary.iterdir()) == [folder]
    assert list(temporary.iterdir()) == []


def test_a_disk_that_fails_once_leaves_no_take(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink, failures = os.unlink, [OSError(errno.EIO, "Input/output error")]

    def fails_once(path: str, *, dir_fd: int | None = None) -> None:
        if failures:
            raise failures.pop()
        unlink(path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "unlink", fails_once)
    with takes.folder() as folder:
        (folder / takes.FILE).write_bytes(b"sound")
    assert (failures, list(temporary.iterdir())) == ([], [])


def test_what_a_crash_left_is_removed(temporary: Path) -> None:
    env = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", CRASH], env=env, check=False).returncode == 9
    assert len(list(temporary.iterdir())) == 1
    with takes.folder():
        pass
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    "name", [f"player-{os.getppid()}-{machine_id()}-ab", "player-99-0ddba1-ab", "player-mine", "other"]
)
def test_what_may_belong_to_others_stays(temporary: Path, name: str) -> None:
    (temporary / name).mkdir()
    with takes.folder():
        pass
    assert (temporary / name).is_dir()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_no_link_is_followed(temporary: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / takes.FILE).write_bytes(b"precious")
    os.utime(tmp_path / "mine", (time.time() - 9_000,) * 2)
    (temporary / "player-99-0ddba1-ab").symlink_to(tmp_path / "mine")
    with takes.folder():
        pass
    assert (tmp_path / "mine" / takes.FILE).read_bytes() == b"precious"
