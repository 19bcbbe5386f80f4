"""The runner itself: what it calls lost, and that it outlives what it runs."""

from __future__ import annotations

import signal
import sys
import time

import pytest

if sys.platform == "win32":
    pytest.skip("needs fork and wait4", allow_module_level=True)

from tests.adversary.runner import Attack, Limits, Outcome, Tally, judged, run

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
PYTHON = (sys.executable, "-S", "-c")


@pytest.mark.parametrize(
    ("code", "stdout", "stderr", "fault"),
    [
        (0, "fine\n", "", ""),
        (2, "", "a sentence", ""),
        (1, "", "", "failed without a word"),
        (3, "", "a sentence", "exit code 3"),
        (1, "", "Traceback (most recent call last):\n", "traceback"),
        (1, "", "player met what it did not expect (X)", "unexpected error"),
        (-signal.SIGSEGV, "", "", f"killed by signal {int(signal.SIGSEGV)}"),
        (0, "\x1b[2J", "", "printed U+001B"),
        (0, "", "\u202e", "printed U+202E"),
        (0, "नमस्\u200dते", "", ""),
    ],
)
def test_an_outcome_is_judged(code: int, stdout: str, stderr: str, fault: str) -> None:
    assert judged(Outcome("", code, 0.1, 10, stdout, stderr), Limits()) == fault


@pytest.mark.parametrize(("seconds", "megabytes", "fault"), [(6, 10, "too long"), (1, 301, "too much memory")])
def test_what_takes_too_much_is_lost(seconds: float, megabytes: float, fault: str) -> None:
    assert judged(Outcome("", 0, seconds, megabytes, "", ""), Limits()) == fault


def test_a_command_is_measured_and_its_output_read() -> None:
    outcome = run(Attack("", (*PYTHON, "import sys; x = bytearray(90 * 2**20); print(len(x)); sys.exit('no')")))
    assert (outcome.code, outcome.stdout, outcome.stderr) == (1, f"{90 * 2**20}\n", "no\n")
    assert outcome.fault == ""
    assert outcome.megabytes > 90


def test_a_function_is_called_in_a_child() -> None:
    kept: list[int] = []

    def act() -> int:
        print(len(kept))  # noqa: T201
        kept.append(1)
        return 2

    for _ in range(2):
        outcome = run(Attack("", act, check=lambda each: f"said {each.stdout.strip()}"))
        assert (outcome.code, outcome.fault) == (2, "failed without a word")
        assert outcome.stdout == "0\n"
    assert kept == []


def test_an_attack_may_check_an_answer_itself() -> None:
    outcome = run(Attack("", lambda: print("answer"), check=lambda each: f"said {each.stdout.strip()}"))  # noqa: T201
    assert outcome.fault == "said answer"


def test_a_child_that_hangs_is_killed() -> None:
    outcome = run(Attack("", lambda: time.sleep(60)), Limits(seconds=0.05, patience=2))
    assert (outcome.fault, outcome.code) == ("hung", -signal.SIGKILL)


def test_a_child_gets_no_more_memory_than_its_limit() -> None:
    outcome = run(Attack("", (*PYTHON, "bytearray(4 * 2**30)")))
    assert outcome.fault == "traceback"
    assert "MemoryError" in outcome.stderr


def test_a_tally_tells_what_was_lost() -> None:
    tally = Tally()
    tally.add(Outcome("good", 0, 1, 20, "", ""))
    tally.add(Outcome("bad", 1, 0.5, 30, "", "why", "hung"))
    assert str(tally).splitlines() == [
        "tried 2, survived 1, lost 1",
        "longest 1.00 s of the processor: good",
        "largest 30 MB: bad",
        "lost, hung: bad: 'why'",
    ]
