"""Exports killed at random moments: of one file in six formats, of pieces (``--split``), and of two sessions at once.

An attack is survived if each file is whole, old or absent then, if all that the program started ends by itself soon,
and if the next export makes the right files and leaves nothing else, with what the killed one left in the store.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.adversary.exports import FORMS, Case, Exports, left_processes, one
from tests.adversary.runner import Attack, Limits

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

LIMITS: Final = Limits(seconds=30, patience=20)
"""Of two programs, the killed one and the next."""
_PIECES: Final = ("../attacked.yaml", "-o", "out/attacked.mp3", "--split")
_TWO: Final = ("../attacked.yaml", "../other.yaml", "-o", "out", "--format", "mp3", "--jobs", "2")
_LATEST: Final = 1.1
"""Of the time that an export takes: some end before."""


def attacks(random: random.Random, folder: Path) -> Iterator[Attack]:
    """Kills at random moments, for ever."""
    if sys.platform != "linux":
        print("needs Linux")  # noqa: T201
        return
    exports = Exports(folder)
    kinds = [*(one(form) for form in FORMS), Case("split", _PIECES), Case("two", _TWO)]
    while True:
        case = random.choice(kinds).with_(is_warm=random.random() < 0.5, has_old=random.random() < 0.5)
        place, all_at_once = random.uniform(0, _LATEST), random.random() < 0.3
        moment = place * exports.seconds(case)
        name = f"{case}: {'with its group ' if all_at_once else ''}after {moment:.3f} s"
        yield Attack(name, partial(_survive, exports, case, moment, all_at_once=all_at_once))


def _survive(exports: Exports, case: Case, moment: float, *, all_at_once: bool) -> int:
    """0 if all is well, or else 3, and what is wrong goes to stderr."""
    exports.lay(case)
    pid = exports.start(case)
    time.sleep(moment)
    (os.killpg if all_at_once else os.kill)(pid, signal.SIGKILL)
    end = exports.end(pid)
    left = left_processes()
    wrong = f"left running: {left}" if left else exports.wrong(case, end.code) or exports.wrong_afterwards(case)
    if wrong:
        print(end.said, wrong, file=sys.stderr)  # noqa: T201
        return 3
    return 0
