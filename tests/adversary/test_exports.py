"""The judges of attacked exports: what counts as right, what is left, and that a fault is met at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.adversary import exports
from tests.adversary.exports import Exports, left_processes, one
from tests.adversary.faults import Fault
from tests.adversary.runner import Attack, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes as Linux shows them")
ROOT = Path(__file__).parents[2]
RIGHT = {"attacked.wav": b"right"}


@pytest.mark.parametrize(
    ("content", "has_old", "code", "told"),
    [
        (b"right", False, 0, ""),
        (b"right", True, 1, ""),
        (None, False, 1, ""),
        (None, False, None, ""),
        (b"an earlier file", True, 1, ""),
        (b"an earlier file", True, 0, "attacked.wav is another one of 15 bytes after exit code 0"),
        (None, False, 0, "attacked.wav is gone after exit code 0"),
        (None, True, 1, "attacked.wav is gone after exit code 1"),
        (b"an earlier file", False, 1, "attacked.wav is another one of 15 bytes after exit code 1"),
        (b"", False, 1, "attacked.wav is empty after exit code 1"),
        (b"rig", True, -9, "attacked.wav is another one of 3 bytes after exit code -9"),
    ],
)
def test_a_file_is_right_old_or_absent(
    tmp_path: Path, content: bytes | None, has_old: bool, code: int | None, told: str
) -> None:
    made, case = Exports(tmp_path), one("wav").with_(is_warm=False, has_old=has_old)
    made._right[case.words] = RIGHT
    made.lay(case)
    target = made.trial / "out" / "attacked.wav"
    assert target.exists() == has_old
    target.unlink(missing_ok=True)
    if content is not None:
        target.write_bytes(content)
    assert made.wrong(case, code) == told


def _leaves_a_grandchild() -> int:
    exports.GONE_WITHIN_S = 0.1  # type: ignore[misc]
    exports._libc().prctl(exports._SUBREAPER, 1, 0, 0, 0)
    subprocess.run(["sh", "-c", "sleep 60 & sleep 61 & exit 0"], check=True)
    told = sorted(left_processes().split("; "))
    return 0 if told == ["sleep 60 ", "sleep 61 "] and not left_processes() else 1


def test_what_still_runs_is_told_and_killed() -> None:
    assert run(Attack("grandchildren", _leaves_a_grandchild)).code == 0


def _works_and_sleeps() -> int:
    watch = exports.Watch()
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as worker:
        while watch.seconds < 1:
            watch.idle_s()
        worked = watch.idle_s()
        worker.kill()
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        while watch.seconds < 2:
            watch.idle_s()
        slept = watch.idle_s() - worked
        sleeper.kill()
    return 0 if worked < 0.5 < slept else 1


def test_a_program_that_sleeps_is_idle_and_one_that_works_is_not() -> None:
    assert run(Attack("idle", _works_and_sleeps)).code == 0


def test_a_fault_is_sought_sooner_until_it_is_the_first() -> None:
    found = [Fault("read", "EIO", 5, 0.03)]
    while found[-1].sooner != found[-1]:
        found.append(found[-1].sooner)
    assert [(each.number, each.from_s) for each in found] == [(5, 0.03), (2, 0.015), (1, 0.015)]
    assert str(found[0]) == "EIO at read 5 from 0.030 s on"


@pytest.mark.tools
@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace: sudo apt install strace")
@pytest.mark.skipif(not find_spec("espeakng_loader"), reason="needs espeak-ng: pip install espeakng-loader")
def test_a_call_that_fails_and_a_kill_are_survived(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.adversary", "--seconds", "0", "--every", "--keep", str(tmp_path)]
    done = subprocess.run(
        [*command, "faults", "kills"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    if "cannot trace" in done.stderr and "not permitted" in done.stderr:
        pytest.skip("needs to be allowed to trace: --cap-add SYS_PTRACE")
    told = [line for line in done.stdout.splitlines() if line.startswith("tried")]
    assert (told, done.returncode) == (["tried 1, survived 1, lost 0"] * 2, 0), done.stdout + done.stderr
    assert "mp3 warm over old: EIO at " in done.stdout
