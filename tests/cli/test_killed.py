"""The whole command, ended in the middle by a signal that cannot be caught."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """\
title: Tiny
params: {rest: {default: 1s, min: 500ms, max: 9s}}
steps:
  - section: Settle in
  - say: Sit down.
    for: 3s
  - pause: $rest
  - section: Breathe
  - breathe: {in: 2s, out: 2s, cycles: 1}
    guide: words
  - pause: $rest
  - chime: bell
"""
SHAPES = {
    "mp3": ("-o", "calm.mp3"),
    "opus": ("-o", "calm.opus"),
    "sidecars": ("-o", "calm.wav", "--captions", "vtt,srt,lrc", "--chapters", "json", "--labels"),
    "pieces": ("-o", "calm.flac", "--split"),
    "stems": ("-o", "calm.wav", "--stems"),
}
KILLS = 4


class ExportFolder:
    """A folder for files, one for temporary ones, and a store; ``export`` says how long it took."""

    def __init__(self, folder: Path, shape: str) -> None:
        self.out, self.temporary, self.store = folder / "out", folder / "temporary", folder / "store"
        for each in (self.out, self.temporary):
            each.mkdir()
        (folder / "tiny.yaml").write_text(SCRIPT)
        self.command = [sys.executable, "-m", "player", "export", "../tiny.yaml", *SHAPES[shape], "--force"]
        self.env = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PLAYER_STORE": str(self.store),
            "PLAYER_SCRIPTS": str(folder / "own"),
            "TMPDIR": str(self.temporary),
        }

    def start(self, rest: str, **more: Any) -> subprocess.Popen[bytes]:
        command = [*self.command, "-p", f"rest={rest}"]
        return subprocess.Popen(command, cwd=self.out, env=self.env, stderr=subprocess.PIPE, **more)

    def export(self, rest: str) -> float:
        began = time.monotonic()
        with self.start(rest, stdout=subprocess.DEVNULL) as player:
            _, stderr = player.communicate()
        assert player.returncode == 0, stderr.decode()
        return time.monotonic() - began

    def files(self) -> dict[str, str]:
        """Digests by name."""
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self.out.iterdir()}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that cannot be caught")
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
@pytest.mark.parametrize("shape", SHAPES)
def test_killed_at_any_time_it_leaves_old_files_or_new_ones(tmp_path: Path, shape: str) -> None:
    folder, times = ExportFolder(tmp_path, shape), random.Random(shape)
    folder.export("1s")
    first = folder.files()
    seconds = folder.export("2s")
    second = folder.files()
    assert first.keys() == second.keys()
    for number in range(KILLS):
        if number % 2:
            shutil.rmtree(folder.store, ignore_errors=True)
        with folder.start("2s" if number % 2 else "1s", stdout=subprocess.DEVNULL) as player:
            time.sleep(seconds * times.uniform(number, number + 1) / KILLS)
            player.kill()
        found = folder.files()
        assert all(found[name] in {first[name], second[name]} for name in first)
        assert all(name.endswith(".part") for name in found.keys() - first.keys())
    folder.export("1s")
    assert folder.files() == first
    assert list(folder.temporary.iterdir()) == []
    assert list(folder.store.rglob("*.tmp")) == []
