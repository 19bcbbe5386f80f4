"""What commands cost: seconds, the processor's time, and memory, of a command and of all that it starts.

The rule: whatever is compared is done in turn, several times, so that a busy machine slows all of it alike; ratios are
taken within a turn, and the middle one counts. Nothing large is imported here: a child begins with its parent's memory.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROOT: Final = Path(__file__).parents[2]
PLAYER: Final = (sys.executable, "-m", "player")
_LOOK_EVERY_S: Final = 0.05


class Spent(NamedTuple):
    """What a command took.

    Attributes
    ----------
    seconds
        On the clock.
    processor
        Seconds of all cores, in the program and in the system.
    memory, memory_of_child
        MB: the most that it held itself, and that one process which it started held; 0 where it was not asked for.
    memory_of_all
        MB: the most that all of them held together, what they share counted once.
    """

    seconds: float
    processor: float
    memory: float = 0.0
    memory_of_child: float = 0.0
    memory_of_all: float = 0.0


def spent(
    *command: str | Path, env: Mapping[str, str] | None = None, stdin: Path | None = None, watched: bool = False
) -> Spent:
    """What a command takes; ``watched`` looks at the memory of all its processes twenty times a second.

    Raises
    ------
    SystemExit
        With its last words, if it fails.
    """
    start = time.perf_counter()
    source = stdin.open("rb") if stdin else contextlib.nullcontext(subprocess.DEVNULL)
    with source as given:
        child = subprocess.Popen(
            command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **(env or {})}
        )
    memory = _Memory(child.pid)
    with memory if watched else contextlib.nullcontext():
        said = child.stderr.read() if child.stderr else b""
        _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed: {said.decode(errors='replace')[-2000:]}")
    return Spent(seconds, used.ru_utime + used.ru_stime, memory.own, memory.of_child, memory.of_all)


def in_turn(*actions: Callable[[], Spent], rounds: int) -> list[tuple[Spent, ...]]:
    """What each action takes, round by round."""
    return [tuple(action() for action in actions) for _ in range(rounds)]


def ratio(turns: Sequence[tuple[Spent, ...]], of: Callable[[Spent], float] = lambda each: each.seconds) -> float:
    """The middle ratio of the first action to the second."""
    return statistics.median(of(own) / of(other) for own, other, *_ in turns)


def middle(turns: Sequence[tuple[Spent, ...]], place: int = 0) -> float:
    """The middle time of an action, in seconds."""
    return statistics.median(turn[place].seconds for turn in turns)


def machine() -> str:
    """What this is measured on, and how busy it is with other things."""
    model = re.search(r"model name\s*: (.*)", _text("/proc/cpuinfo"))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    name = model[1] if model else platform.processor() or platform.machine()
    return f"{cores} cores ({name}), Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"


def memory_now(pid: int) -> tuple[float, float]:
    """MB of memory that a process holds itself, and that it holds with its children, what they share counted once."""
    own, all_kb = _kb(pid, "status", "VmRSS"), sum(_kb(each, "smaps_rollup", "Pss") for each in family(pid))
    return own / 1024, all_kb / 1024


class _Memory:
    """MB of a process and its children, as often as it looks."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self.own = self.of_child = self.of_all = 0.0

    def __enter__(self) -> None:
        self._watcher.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_EVERY_S):
            pids = list(family(self._pid))
            self.of_all = max(self.of_all, sum(_kb(pid, "smaps_rollup", "Pss") for pid in pids) / 1024)
            own, *children = (_kb(pid, "status", "VmHWM") / 1024 for pid in pids)
            self.own, self.of_child = max(self.own, own), max(self.of_child, *children, 0.0)


def family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(children).split():
            yield from family(int(child))


def _kb(pid: int, file: str, name: str) -> int:
    found = re.search(rf"^{name}:\s*(\d+)", _text(f"/proc/{pid}/{file}"), re.MULTILINE)
    return int(found[1]) if found else 0


def _text(path: str | Path) -> str:
    with contextlib.suppress(OSError):  # it has ended meanwhile, or this is no Linux
        return Path(path).read_text(encoding="utf-8", errors="replace")
    return ""
