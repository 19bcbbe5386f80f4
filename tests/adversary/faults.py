"""Every system call of an export fails once: reads, writes, opens, closes, renames and syncs, each with each error.

strace is attached to the program and lets one call fail. It counts in each thread by itself, so a fault may hit one
call in each thread. An export without faults is traced first: it tells how often each call is made.

An attack is survived if the program answers within its time: with exit code 0 and the right file, or with 1 or 2, a
sentence, and the file that was there before; and if the next export makes the right file and leaves nothing else.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.adversary.exports import FORMS, Case, Exports, left_processes, one, patience
from tests.adversary.runner import Attack, Limits

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

LIMITS: Final = Limits(seconds=30, patience=20)
"""Of three programs, two of which are traced; the program under attack itself has `exports.ANSWERS_WITHIN_S`."""
CALLS: Final = (
    *("read", "pread64", "write", "pwrite64", "openat", "close", "lseek", "rename", "unlink", "ftruncate"),
    *("fsync", "fdatasync", "mkdir", "getdents64", "newfstatat", "fstat", "pipe2", "utimensat"),
)
ERRORS: Final = ("EIO", "ENOSPC", "EINTR", "EPIPE", "EMFILE", "ENOMEM")
_TRACED: Final = re.compile(r"^(\d+) +(\w+)\(", re.MULTILINE)
_HIT: Final = re.compile(r"^\d+ +(\w+)\(([^)]*).*\(INJECTED\)", re.MULTILINE)
_ENDS_WITHIN_S: Final = 5.0


@dataclass(frozen=True)
class Fault:
    """One call that fails.

    Attributes
    ----------
    call, error
        Names of the system's.
    number
        Which of them, from 1, in each thread.
    is_deep
        Whether calls of the processes that the program starts fail, too.
    """

    call: str
    error: str
    number: int
    is_deep: bool = False

    def __str__(self) -> str:
        return f"{self.error} at {self.call} {self.number}{' of all' if self.is_deep else ''}"


def attacks(random: random.Random, folder: Path) -> Iterator[Attack]:
    """Faults at random places, for ever."""
    exports, counts = Exports(folder), dict[tuple[Case, bool], Counter[str]]()
    while True:
        case = one(random.choice(FORMS)).with_(is_warm=random.random() < 0.5, has_old=random.random() < 0.5)
        is_deep, place, error = random.random() < 0.2, random.random(), random.choice(ERRORS)
        call = random.choice(CALLS)
        if (case, is_deep) not in counts:
            counts[case, is_deep] = _counted(exports, case, is_deep=is_deep)
        if most := counts[case, is_deep][call]:
            yield _attack(exports, case, Fault(call, error, 1 + int(place * most), is_deep))


def every(_: random.Random, folder: Path) -> Iterator[Attack]:
    """Every fault in turn."""
    exports = Exports(folder)
    cases = [one(form).with_(is_warm=is_warm, has_old=is_warm) for is_warm in (False, True) for form in FORMS]
    for case in cases:
        for call, most in _counted(exports, case, is_deep=False).items():
            for number in range(1, most + 1):
                for error in ERRORS:
                    yield _attack(exports, case, Fault(call, error, number))


def _attack(exports: Exports, case: Case, fault: Fault) -> Attack:
    trace = exports.folder / "trace.txt"
    return Attack(f"{case}: {fault}", partial(_survive, exports, case, fault, trace), (trace,))


def _counted(exports: Exports, case: Case, *, is_deep: bool) -> Counter[str]:
    """How often a thread makes each call at most, in an export without faults."""
    exports.lay(case)
    trace = exports.folder / "trace.txt"
    pid = exports.start(case, waits=True)
    with _traced(pid, trace, ("-e", f"trace={','.join(CALLS)}", *_shallow(is_deep=is_deep))):
        end = exports.end(pid, 60)
    if end.code:
        raise RuntimeError(end.said)
    found, most = Counter(_TRACED.findall(trace.read_text())), Counter[str]()
    trace.unlink()
    for (_thread, call), count in found.items():
        most[call] = max(most[call], count)
    return most


def _survive(exports: Exports, case: Case, fault: Fault, trace: Path) -> int:
    """The exit code of the attacked program if all is well, or else 3; its words and what is wrong go to stderr."""
    exports.lay(case)
    pid = exports.start(case, waits=True)
    injected = f"inject={fault.call}:error={fault.error}:when={fault.number}"
    with _traced(pid, trace, ("-e", f"trace={fault.call}", "-e", injected, *_shallow(is_deep=fault.is_deep))) as tracer:
        end = exports.end(pid)
        left = left_processes(but=tracer)
    hits = [hit.groups() for hit in _HIT.finditer(trace.read_text())]
    is_dumb = any(call in {"write", "close", "fstat"} and place.startswith(("1", "2")) for call, place in hits)
    faults = {
        "hung": end.code is None,
        f"left running: {left}": left,
        "failed without a word": end.code and not end.said.strip() and not is_dumb,
    }
    wrong = next((fault for fault, met in faults.items() if met), "")
    wrong = wrong or exports.wrong(case, end.code) or exports.wrong_afterwards(case)
    print(end.said if end.said.strip() else "(nothing)", file=sys.stderr)  # noqa: T201
    if wrong:
        print(f"hits: {hits[:3]}; {wrong}", file=sys.stderr)  # noqa: T201
        return 3
    return end.code or 0


@contextlib.contextmanager
def _traced(pid: int, trace: Path, options: tuple[str, ...]) -> Iterator[int]:
    """Begin a waiting program under strace, and wait for strace to end after it; the process of strace."""
    command = ("strace", "-f", "-y", "-s", "16", "-o", str(trace), *options, "-p", str(pid))
    with subprocess.Popen(command, stderr=subprocess.PIPE) as strace:
        assert strace.stderr
        if b"attached" not in (said := strace.stderr.readline()):
            raise RuntimeError(f"strace cannot trace: {said.decode()}")
        os.kill(pid, signal.SIGUSR1)
        try:
            yield strace.pid
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                strace.wait(patience(_ENDS_WITHIN_S))
            strace.kill()


def _shallow(*, is_deep: bool) -> tuple[str, ...]:
    """Options that leave the processes alone that a program starts."""
    return () if is_deep else ("--detach-on=execve",)
