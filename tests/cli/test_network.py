"""Nothing connects to a network but ``voices --install``: the system calls of whole commands say so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
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


@pytest.fixture
def connections(tmp_path: Path) -> Callable[..., list[str]]:
    """Run ``player`` with an empty store; its system calls that reach for a network."""
    (tmp_path / "tiny.yaml").write_text(SCRIPT)
    ours = {name: str(tmp_path / name) for name in ("PLAYER_STORE", "PLAYER_SCRIPTS", "PLAYER_VOICES")}
    env = {**os.environ, **ours, "PYTHONPATH": str(ROOT)}

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
