"""How much of a core the pacer takes: half a minute of breaths and of muscles, drawn on a pseudo-terminal.

Run: ``python tests/bench/pacer.py``. It draws twenty pictures a second without waiting in between, and tells the CPU
time that they took as a share of the time that they stand for.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import sys
import termios
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from player.live.controls.keys import HELP
from player.live.observer import PlaybackState
from player.live.screen.pacer import Pacer
from player.live.screen.terminal import TerminalScreen
from tests.fakes_picture import bundled

EVERY_MS, LENGTH_MS = 50, 30_000
WINDOWS = ((20, 5), (80, 24), (120, 40), (200, 60))
MOST = 0.03


def share(name: str, start_ms: int, columns: int, rows: int) -> float:
    """The CPU time of half a minute, as a share of it; the first breath draws what later ones remember."""
    person, program = pty.openpty()
    fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    threading.Thread(target=_look, args=(person,), daemon=True).start()
    pacer = Pacer(TerminalScreen(os.fdopen(program, "w", encoding="utf-8"), is_ours=lambda: True), lambda _: None, HELP)
    pacer.begin(bundled(name)[1])
    began = time.process_time()
    for at_ms in range(start_ms, start_ms + LENGTH_MS, EVERY_MS):
        pacer.show(PlaybackState(at_ms))
    spent = time.process_time() - began
    pacer.end()
    return spent * 1000 / LENGTH_MS


def _look(person: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(person, 1 << 16):
            pass


def main() -> None:
    """Print a table; the exit code is 1 where a window takes more than three percent."""
    worst = 0.0
    for name, start_ms in (("box-breathing", 78_000), ("pmr-7", 78_000), ("grounding-54321", 60_000)):
        for columns, rows in WINDOWS:
            taken = share(name, start_ms, columns, rows)
            worst = max(worst, taken)
            print(f"{name:<16} {columns:>3} x {rows:<2}  {taken:6.2%} of a core")
    sys.exit(worst > MOST)


if __name__ == "__main__":
    main()
