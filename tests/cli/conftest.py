"""The command line as a user has it: a process of its own, with a store that the whole run shares."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def run(tmp_path: Path, store_folder: Path) -> Run:
    """Run ``player`` in an empty folder; never raises."""
    base = {
        **os.environ,
        "PLAYER_STORE": str(store_folder),
        "PLAYER_SCRIPTS": str(tmp_path / "own"),
        "PLAYER_DIARY": str(tmp_path / "diary.sqlite3"),
        "PLAYER_SETTINGS": str(tmp_path / "settings.toml"),
    }

    def run_player(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "player", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=base | dict(env or {}), capture_output=True, text=True, timeout=120, check=False
        )
        assert "Traceback" not in done.stderr
        return done

    return run_player


@pytest.fixture(scope="session")
def why_no_voice(store_folder: Path) -> str:
    """What ``player voices`` says where there is none; asked once, as it takes half a second."""
    command, env = [sys.executable, "-m", "player", "voices"], {**os.environ, "PLAYER_STORE": str(store_folder)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    return done.stderr.strip() if done.returncode else ""


@pytest.fixture
def voice(why_no_voice: str) -> None:
    """Skips a test where there is no voice."""
    if why_no_voice:
        pytest.skip(why_no_voice)
