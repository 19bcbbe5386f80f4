"""What an author types: new, check, and check --watch."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]

HELD = """\
title: Held
steps:
  - section: Only
  - pause: 2s
  - breathe: {in: 4s, hold: 8s, out: 6s, cycles: 2}
"""
WITH_SAFETY = HELD.replace("steps:", "safety: [The holds are optional., Not while driving.]\nsteps:")


def test_new_writes_a_script_and_tells_what_comes_next(run: Run, tmp_path: Path) -> None:
    done = run("new", "mine")
    assert (done.returncode, done.stdout) == (0, "mine.yaml\n")
    commands = [line.split("#")[0].strip() for line in done.stderr.splitlines()]
    assert commands == ["player check --watch mine.yaml", "player play mine.yaml", "player export mine.yaml"]
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=file://")
    assert run("new", "mine").returncode == 2
    assert run("new", "mine", "--force", "--quiet", "-o", "two words.yaml").stderr == ""
    assert 'player play "two words.yaml"' in run("new", "mine", "--force", "-o", "two words.yaml").stderr


def test_a_wrong_name_is_one_sentence(run: Run) -> None:
    done = run("new", "mine.yaml")
    assert done.returncode == 2
    assert done.stderr == (
        "the name of a script must have only letters, digits, - and _, and begin with a letter or a digit, "
        "such as evening-breath, not 'mine.yaml'; write mine\n"
    )


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
@pytest.mark.parametrize("source", [(), ("--from", "box-breathing"), ("--from", "pmr-release-only")])
def test_what_is_new_checks_clean_with_a_real_voice(run: Run, source: tuple[str, ...]) -> None:
    run("new", "mine", *source)
    done = run("check", "mine.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("mine.yaml: fine, ")


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_warnings_have_a_position_and_a_remedy_and_change_no_exit_code(run: Run, tmp_path: Path) -> None:
    (tmp_path / "held.yaml").write_text(HELD)
    done = run("check", "held.yaml")
    assert (done.returncode, done.stdout) == (0, "held.yaml: fine, 0:38\n")
    assert [row.partition(";")[0] for row in done.stderr.splitlines()] == [
        "held.yaml:5:5: warning: nothing says that a session with holds is not for driving",
        "held.yaml:5:5: warning: nothing says that the holds can be left out",
        "held.yaml:5:5: warning: the hold lasts 8s, more than 7s",
    ]
    (tmp_path / "held.yaml").write_text(WITH_SAFETY.replace("8s", "7s"))
    assert run("check", "held.yaml").stderr == ""


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_a_warning_in_an_included_script_has_its_position_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "held.yaml").write_text(WITH_SAFETY)
    (tmp_path / "whole.yaml").write_text(WITH_SAFETY.partition("steps:")[0] + "steps: [{include: held}]\n")
    done = run("check", "whole.yaml")
    assert done.returncode == 0
    assert done.stderr.startswith("held.yaml:6:5: warning: the hold lasts 8s")


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_problems_still_come_alone_with_exit_code_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "held.yaml").write_text(HELD + "  - sai: Sit.\n")
    done = run("check", "held.yaml")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "did you mean 'say'" in done.stderr


class Watched:
    """``player check --watch`` running, and what it has printed so far."""

    def __init__(self, process: subprocess.Popen[bytes], printed: Path) -> None:
        self.process, self.printed = process, printed

    def lines(self) -> list[str]:
        return self.printed.read_text(encoding="utf-8").splitlines()

    def wait_for(self, text: str, number: int = 1) -> None:
        """Until a line with this text has come so often."""
        until = time.monotonic() + 60
        while sum(text in line for line in self.lines()) < number:
            assert time.monotonic() < until, self.lines()
            assert self.process.poll() is None, self.lines()
            time.sleep(0.02)


@pytest.fixture
def watch(tmp_path: Path, store_folder: Path) -> Iterator[Watched]:
    (tmp_path / "a.yaml").write_text(WITH_SAFETY.replace("8s", "7s"))
    command = [sys.executable, "-m", "player", "check", "--watch", "a.yaml"]
    environment = {**os.environ, "PLAYER_STORE": str(store_folder), "PYTHONUNBUFFERED": "1"}
    with (
        (tmp_path / "printed").open("wb") as printed,
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=printed, stderr=printed) as process,
    ):
        yield Watched(process, tmp_path / "printed")
        process.kill()


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
@pytest.mark.skipif(os.name == "nt", reason="needs a signal such as Ctrl-C sends, which Windows has not")
def test_watch_checks_again_at_each_save_until_ctrl_c(watch: Watched, tmp_path: Path) -> None:
    watch.wait_for("a.yaml: fine")
    for number, (word, told) in enumerate([("8s", "warning: the hold"), ("8", "warning: the hold"), ("x", "must be")]):
        (tmp_path / "new").write_text(WITH_SAFETY.replace("8s", word))
        (tmp_path / "new").replace(tmp_path / "a.yaml")
        watch.wait_for(told, 2 if number == 1 else 1)
    watch.process.send_signal(signal.SIGINT)
    assert watch.process.wait(20) == 130
    lines = watch.lines()
    stamps = [line for line in lines if re.fullmatch(r"\d\d:\d\d:\d\d", line)]
    assert len(stamps) == 4
    assert lines[-1] == "Stopped."
