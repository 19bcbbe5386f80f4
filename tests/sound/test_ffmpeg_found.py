"""ffmpeg is looked for by its name, in whole paths alone."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from player.sound import ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

NAME = "ffmpeg.exe" if sys.platform == "win32" else "ffmpeg"


def program(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_first_in_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "first").mkdir()
    found = program(tmp_path / "second" / NAME)
    program(tmp_path / "third" / NAME)
    monkeypatch.setenv("PATH", os.pathsep.join(str(tmp_path / each) for each in ("first", "second", "third")))
    assert ffmpeg.find() == str(found)


@pytest.mark.parametrize("path", ["", ".", "here", os.pathsep, f"{os.pathsep}here{os.pathsep}."])
def test_the_current_folder_is_never_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """There may be what a stranger put beside a script; Windows and pydub would look there first."""
    program(tmp_path / NAME)
    program(tmp_path / "here" / NAME)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", path)
    assert ffmpeg.find() is None


def test_another_program_is_not_taken_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pydub would run avconv, where that is."""
    program(tmp_path / "bin" / "avconv")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert ffmpeg.find() is None
