"""A system call of an export fails: a read, write, open, close, rename or sync, with one of six errors.

strace is attached to the program and lets one call fail. It counts in each thread by itself, so a fault may hit one
call in each thread. An export without faults is traced first: it tells how often each call is made.

An attack is survived if the program answers within its time: with exit code 0 and the right file, or with 1 or 2, a
sentence, and the file that was there before; and if the next export makes the right file and leaves nothing else.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.adversary.exports import FORMS, Case, End, Exports, left_processes, one
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
_LATE, _DEEP = 0.3, 0.1  # of the faults
_SOONEST_S: Final = 0.02
_TRACED: Final = re.compile(r"^(\d+) +(\w+)\(", re.MULTILINE)
_HIT: Final = re.compile(r"^\d+ +(\w+)\(([^)]*).*\(INJECTED\)", re.MULTILINE)
_ENDS_WITHIN_S: Final = 60.0


@dataclass(frozen=True)
class Fault:
    """One call that fails.

    Attributes
    ----------
    call, error
        Names of the system's.
    number
        Which of them, from 1, in each thread.
    from_s
        Calls are counted from so many seconds on, so that threads that begin later are met at their first ones.
    is_deep
        Whether calls of the processes that the program starts fail, too.
    """

    call: str
    error: str
    number: int
    from_s: float = 0.0
    is_deep: bool = False

    @property
    def sooner(self) -> Fault:
        """Of half the number, and from half the time on."""
        from_s = self.from_s / 2 if self.from_s > _SOONEST_S else self.from_s
        return replace(self, number=max(1, self.number // 2), from_s=from_s)

    def __str__(self) -> str:
        where = f" from {self.from_s:.3f} s on" if self.from_s else " of all" if self.is_deep else ""
        return f"{self.error} at {self.call} {self.number}{where}"


def attacks(random: random.Random, folder: Path) -> Iterator[Attack]:
    """Faults at random places, for ever: half of them in the program alone, the others late, or in all processes."""
    if not shutil.which("strace"):
        print("needs strace: sudo apt install strace")  # noqa: T201
        return
    exports, counts = Exports(folder), dict[tuple[Case, bool], Counter[str]]()
    while True:
        case = one(random.choice(FORMS)).with_(is_warm=random.random() < 0.5, has_old=random.random() < 0.5)
        call, error, kind, place = random.choice(CALLS), random.choice(ERRORS), random.random(), random.random()
        is_deep = kind > 1 - _DEEP
        if (case, is_deep) not in counts:
            counts[case, is_deep] = _counted(exports, case, is_deep=is_deep)
        if not (most := counts[case, is_deep][call]):
            continue
        if kind < _LATE:
            yield _attack(exports, case, Fault(call, error, random.randint(1, 3), place * exports.seconds(case)))
        else:
            yield _attack(exports, case, Fault(call, error, 1 + int(place * most), is_deep=is_deep))


def every(_: random.Random, folder: Path) -> Iterator[Attack]:
    """Every fault of the program alone in turn, some 70,000, warm before cold."""
    exports = Exports(folder)
    for case in (one(form).with_(is_warm=is_warm, has_old=is_warm) for is_warm in (True, False) for form in FORMS):
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
    with _traced(pid, trace, f"trace={','.join(CALLS)}", is_deep=is_deep):
        os.kill(pid, signal.SIGUSR1)
        end = exports.end(pid, 60)
    if end.code:
        raise RuntimeError(end.said)
    found, most = Counter(_TRACED.findall(trace.read_text())), Counter[str]()
    trace.unlink()
    for (_thread, call), count in found.items():
        most[call] = max(most[call], count)
    return most


def _survive(exports: Exports, case: Case, fault: Fault, trace: Path) -> int:
    """The exit code of the attacked program if all is well, or else 3; its words and what is wrong go to stderr.

    Where no thread makes so many calls this time, one of half the number fails, and from half the time on.
    """
    end, left = _met(exports, case, fault, trace)
    while not (hits := [hit.groups() for hit in _HIT.finditer(trace.read_text())]) and fault != (first := fault.sooner):
        fault = first
        end, left = _met(exports, case, fault, trace)
    is_dumb = any(place.startswith(("1<", "2<")) for _, place in hits)
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


def _met(exports: Exports, case: Case, fault: Fault, trace: Path) -> tuple[End, str]:
    """The end of an export that meets a fault, and what it left running."""
    exports.lay(case)
    trace.write_text("")
    pid = exports.start(case, waits=not fault.from_s)
    time.sleep(fault.from_s)
    what = f"trace={fault.call}", f"inject={fault.call}:error={fault.error}:when={fault.number}"
    with _traced(pid, trace, *what, is_deep=fault.is_deep) as tracer:
        if not fault.from_s:
            os.kill(pid, signal.SIGUSR1)
        end = exports.end(pid)
        return end, left_processes(but=tracer)


@contextlib.contextmanager
def _traced(pid: int, trace: Path, *what: str, is_deep: bool) -> Iterator[int]:
    """Trace a program, and perhaps what it starts; the process of strace, which is waited for after the program."""
    options = [word for each in what for word in ("-e", each)]
    deep = () if is_deep else ("--detach-on=execve",)
    command = ("strace", "-f", "-y", "-s", "16", "-o", str(trace), *options, *deep, "-p", str(pid))
    with subprocess.Popen(command, stderr=subprocess.PIPE) as strace:
        assert strace.stderr
        said = strace.stderr.readline()
        if b"attached" not in said and not _has_ended(pid):
            raise RuntimeError(f"strace cannot trace: {said.decode()}")
        try:
            yield strace.pid
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                strace.wait(_ENDS_WITHIN_S)
            strace.kill()


def _has_ended(pid: int) -> bool:
    """Whether a child has ended; it is not waited for."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
