"""Runs one attack in a child process, measures it, and judges what came of it; and counts over many.

The rule: whatever the child does, it ends, and the parent goes on. A child is limited in memory by the system and in
time by being killed; what it took is what the system counted for it (`os.wait4`), and for the children it waited for.

Time is judged as processor time, because other work on the machine would lengthen that of the clock; what is not over
after ``patience`` times as long hangs. The system counts the peak memory of a child from that of its parent on, so a
parent should be small: a peak below its own is none of the child's. Linux and macOS only.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import BinaryIO

KNOWN_CODES: Final = frozenset({0, 1, 2})
"""Done, failed, and bad use or a bad script (`player.cli`); 130 would be an interruption, which nobody caused."""
_HARMLESS: Final = "\n\t\u200c\u200d"
_MEGABYTE: Final = 2**20
_MAXRSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Limits:
    """What an attack may take before it counts as lost.

    Attributes
    ----------
    seconds
        Of the processor.
    megabytes
        Of memory at its peak.
    patience
        The child is killed after so many times ``seconds`` on the clock, and gets no more than twice ``megabytes`` plus
        ``floor`` of address space; what it does until then tells how bad it is.
    floor
        Megabytes of address space that the program takes by itself, most of them never used.
    codes
        Exit codes that are an answer.
    """

    seconds: float = 5.0
    megabytes: int = 300
    patience: float = 6.0
    floor: int = 2000
    codes: frozenset[int] = KNOWN_CODES


@dataclass(frozen=True)
class Attack:
    """One attack: a command, or a function that a child calls and whose value is its exit code.

    Attributes
    ----------
    name
        Says what it is, such as ``extract id3v24-geob-bomb.mp3``.
    act
        The words of a command, or the function.
    keep
        Files that show it again; they are kept if it is lost, and else removed.
    environment
        Added to the parent's own.
    silent
        Whether it may fail without a word on stderr, as where that is closed.
    check
        What else is wrong with an outcome that is an answer, in a few words; empty if nothing is.
    """

    name: str
    act: tuple[str, ...] | Callable[[], int | None]
    keep: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Outcome], str] = lambda _: ""
    silent: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of an attack; ``fault`` is empty if it was survived."""

    name: str
    code: int
    seconds: float
    megabytes: float
    stdout: str
    stderr: str
    fault: str = ""


def run(attack: Attack, limits: Limits = Limits()) -> Outcome:
    """The outcome of one attack."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        start = _command if isinstance(attack.act, tuple) else _fork
        pid = start(attack, limits, stdout, stderr)
        status, used, hung = _waited_for(pid, limits)
        outcome = Outcome(
            attack.name,
            os.waitstatus_to_exitcode(status),
            used.ru_utime + used.ru_stime,
            used.ru_maxrss * _MAXRSS_UNIT / _MEGABYTE,
            _text(stdout),
            _text(stderr),
        )
    own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT / _MEGABYTE
    limits = replace(limits, megabytes=max(limits.megabytes, round(own_peak)))  # below it, the peak is not the child's
    return replace(outcome, fault=judged(outcome, limits, hung=hung, silent=attack.silent) or attack.check(outcome))


def judged(outcome: Outcome, limits: Limits, *, hung: bool = False, silent: bool = False) -> str:
    """What is wrong with an outcome, in a few words; empty if nothing is."""
    strange = {each for each in outcome.stdout + outcome.stderr if not (each.isprintable() or each in _HARMLESS)}
    faults = {
        "hung": hung,
        "traceback": "Traceback (most recent call last)" in outcome.stderr,
        "unexpected error": "did not expect" in outcome.stderr,
        f"killed by signal {-outcome.code}": outcome.code < 0,
        f"exit code {outcome.code}": outcome.code not in limits.codes,
        "failed without a word": outcome.code and not outcome.stderr.strip() and not silent,
        f"printed {', '.join(sorted(f'U+{ord(each):04X}' for each in strange))}": strange,
        "too long": outcome.seconds > limits.seconds,
        "too much memory": outcome.megabytes > limits.megabytes,
    }
    return next((fault for fault, met in faults.items() if met), "")


@dataclass
class Tally:
    """Counts over many outcomes."""

    tried: int = 0
    lost: list[Outcome] = field(default_factory=list)
    longest: Outcome | None = None
    largest: Outcome | None = None

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self.tried += 1
        self.lost += [outcome] if outcome.fault else []
        if self.longest is None or outcome.seconds > self.longest.seconds:
            self.longest = outcome
        if self.largest is None or outcome.megabytes > self.largest.megabytes:
            self.largest = outcome

    def __str__(self) -> str:
        lines = [f"tried {self.tried}, survived {self.tried - len(self.lost)}, lost {len(self.lost)}"]
        if self.longest and self.largest:
            lines.append(f"longest {self.longest.seconds:.2f} s of the processor: {self.longest.name}")
            lines.append(f"largest {self.largest.megabytes:.0f} MB: {self.largest.name}")
        lines += (f"lost, {each.fault}: {each.name}: {each.stderr.strip()[-200:]!r}" for each in self.lost)
        return "\n".join(lines)


def _command(attack: Attack, limits: Limits, stdout: BinaryIO, stderr: BinaryIO) -> int:
    assert isinstance(attack.act, tuple)
    process = subprocess.Popen(
        attack.act,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env={**os.environ, **attack.environment},
        start_new_session=True,
        preexec_fn=lambda: _limit(limits),  # noqa: PLW1509  (the parent has one thread)
    )
    process.returncode = 0  # it is waited for below, by wait4, which measures it
    return process.pid


def _fork(attack: Attack, limits: Limits, stdout: BinaryIO, stderr: BinaryIO) -> int:
    """Call the function in a copy of this process: that starts in milliseconds what a command imports in a second."""
    assert not isinstance(attack.act, tuple)
    sys.stdout.flush()
    sys.stderr.flush()
    if pid := os.fork():
        return pid
    code = 70
    try:
        os.setsid()
        _limit(limits)
        os.environ.update(attack.environment)
        for number, file in ((1, stdout), (2, stderr)):
            os.dup2(file.fileno(), number)
        sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115  (the child ends below)
        code = _called(attack.act)
    finally:
        os._exit(code)


def _called(function: Callable[[], int | None]) -> int:
    """Its exit code as Python itself would give it, with what it wrote flushed."""
    try:
        code = function()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001  (told to the parent, which counts it)
        sys.excepthook(*sys.exc_info())
        code = 1
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code or 0


def _limit(limits: Limits) -> None:
    space = (limits.floor + 2 * limits.megabytes) * _MEGABYTE
    with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _waited_for(pid: int, limits: Limits) -> tuple[int, resource.struct_rusage, bool]:
    """Status and use of a child, and whether it had to be killed."""
    end, pause = time.monotonic() + limits.patience * limits.seconds, 0.001
    while time.monotonic() < end:
        found, status, used = os.wait4(pid, os.WNOHANG)
        if found:
            return status, used, False
        time.sleep(pause)
        pause = min(0.05, pause * 1.5)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    return status, used, True


def _text(file: BinaryIO) -> str:
    file.seek(0)
    return file.read(_MEGABYTE).decode("utf-8", "surrogateescape")
