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
    memory
        MB: the most that one of its processes held.
    memory_of_all
        MB: the most that all of them held together, what they share counted once; 0 where it was not asked for.
    """

    seconds: float
    processor: float
    memory: float
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
    with _watching(child.pid) if watched else contextlib.nullcontext([0.0]) as most:
        said = child.stderr.read() if child.stderr else b""
        _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed: {said.decode(errors='replace')[-2000:]}")
    return Spent(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, max(most))


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


@contextlib.contextmanager
def _watching(pid: int) -> Iterator[list[float]]:
    """MB of a process and its children, as often as somebody looks."""
    seen, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_EVERY_S):
            seen.append(sum(map(_proportional_kb, _family(pid))) / 1024)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(children).split():
            yield from _family(int(child))


def _proportional_kb(pid: int) -> int:
    found = re.search(r"^Pss:\s*(\d+)", _text(f"/proc/{pid}/smaps_rollup"), re.MULTILINE)
    return int(found[1]) if found else 0


def _text(path: str | Path) -> str:
    with contextlib.suppress(OSError):  # it has ended meanwhile, or this is no Linux
        return Path(path).read_text(encoding="utf-8", errors="replace")
    return ""
