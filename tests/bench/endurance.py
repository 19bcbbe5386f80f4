"""Does memory stay flat for a night, and is two hours of sound without a gap while the machine is busy?

Run by hand: ``python -m tests.bench.endurance [--busy N] [--live MINUTES] [--export MINUTES]``; without options, two
busy loops, a live session of two hours, which takes as long, and an export of eight hours, some minutes of it.

Memory is looked at ten times a second in an export and twice a second in a live session. It prints, for each tenth of
the time, the most that the program held itself, the most that it held with all processes that it started, what they
share counted once, and how busy the machine was. What was heard of the live session is compared, sample for sample,
with its export as WAV.

The sound server and the recorder run with real-time priority, as a desktop's does; that needs root, and is told where
it is refused. Without it, they themselves come too late on a busy machine: at a load of 6 to 12 on two cores, of work
in many system sessions, 1 to 5 gaps of 20 to 320 ms a minute were heard. A virtual machine may also stand still as a
whole, while another has its processor; a thread of highest priority tells that.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import soundfile

from tests.bench.live import busy, told_gaps
from tests.bench.measuring import PLAYER, ROOT, family, machine, memory_now
from tests.bench.sessions import night
from tests.sound_server import Loudspeaker, prompt, sound_server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Moments = list[tuple[float, float, float]]
"""What was held at each look: MB of the program itself, and of all its processes; and the machine's load."""
PARTS: Final = 10
_LOOKS_EVERY_S: Final = 0.005
_STANDSTILL_S: Final = 0.1


def held_by(command: Sequence[str | Path], env: Mapping[str, str], every_s: float) -> Moments:
    """Run a command to its end, and look at its memory meanwhile.

    Raises
    ------
    SystemExit
        If it fails.
    """
    moments: Moments = []
    with subprocess.Popen(command, env=env, start_new_session=True, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            moments.append((*memory_now(process.pid), os.getloadavg()[0]))
            time.sleep(every_s)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return moments[:-1]  # at the last look it was perhaps over


def told(moments: Moments) -> str:
    """Three rows: the most of each tenth."""
    edges = [len(moments) * part // PARTS for part in range(PARTS + 1)]
    parts = [moments[start:end] for start, end in pairwise(edges) if end > start]
    rows = (("itself, MB", 0), ("with its processes, MB", 1), ("load", 2))
    return "\n".join(
        f"  {name:<24}" + " ".join(f"{max(moment[which] for moment in part):>6.0f}" for part in parts)
        for name, which in rows
    )


def in_real_time(*names: str) -> None:
    """Give the children of this process that have these names real-time priority."""
    for pid in family(os.getpid()):
        if Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip() not in names:
            continue
        for thread in Path(f"/proc/{pid}/task").iterdir():
            try:
                os.sched_setscheduler(int(thread.name), os.SCHED_RR, os.sched_param(5))
            except PermissionError:
                return print("the sound server has no real-time priority, so that gaps may be its own")
    return None


class Standstills:
    """How long the machine itself stood still: a thread with real-time priority wakes every 5 ms, and comes late."""

    def __init__(self) -> None:
        self.late_s: list[float] = []
        self._is_over = threading.Event()

    def end(self) -> None:
        """Stop looking."""
        self._is_over.set()

    def look(self) -> None:
        """Look until the end."""
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(threading.get_native_id(), os.SCHED_RR, os.sched_param(6))
        due = time.monotonic()
        while not self._is_over.is_set():
            time.sleep(_LOOKS_EVERY_S)
            due, before = time.monotonic(), due
            if (late := due - before - _LOOKS_EVERY_S) > _STANDSTILL_S:
                self.late_s.append(late)

    def __str__(self) -> str:
        longest = 1000 * max(self.late_s, default=0.0)
        return f"{len(self.late_s)} times for {1000 * _STANDSTILL_S:.0f} ms and more, longest {longest:.0f} ms"


def live(folder: Path, minutes: int, env: dict[str, str]) -> None:
    """Play and record a session, and tell gaps and memory, and whether the machine itself stood still."""
    script, target = night(folder, minutes), folder / "exported.wav"
    subprocess.run([*PLAYER, "export", script, "-q", "-o", target], env=env, check=True)
    ear = Loudspeaker(env)
    in_real_time("pulseaudio", "parec")
    standstills = Standstills()
    threading.Thread(target=standstills.look, daemon=True).start()
    moments = held_by([*PLAYER, "play", script], env, 0.5)
    standstills.end()
    heard = ear.recording()
    ear.stop()
    print(f"live, {minutes} min\n{told(moments)}")
    print(
        f"  gaps: {told_gaps(soundfile.read(target, dtype='int16')[0], heard)}; the machine stood still {standstills}",
        flush=True,
    )


def export(folder: Path, minutes: int, env: dict[str, str]) -> None:
    """Export a session to MP3, and tell memory."""
    script, began = night(folder, minutes), time.monotonic()
    moments = held_by([*PLAYER, "export", script, "-q", "-o", folder / "night.mp3"], env, 0.1)
    took = time.monotonic() - began
    print(f"export, {minutes} min to MP3 in {took:.0f} s\n{told(moments)}", flush=True)


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--busy", type=int, default=2, help="busy loops beside it")
    parser.add_argument("--live", type=int, default=120, help="minutes; 0 leaves it out")
    parser.add_argument("--export", type=int, default=480, help="minutes; 0 leaves it out")
    given = parser.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as name, busy(given.busy), sound_server() as patient:
        folder = Path(name)
        own = {f"PLAYER_{each}": str(folder / each.lower()) for each in ("STORE", "DIARY", "SCRIPTS")}
        asked = {name: os.environ[name] for name in ("PLAYER_LATENCY",) if name in os.environ}
        env = prompt(patient) | own | asked | {"PYTHONPATH": str(ROOT)}
        if given.export:
            export(folder, given.export, env)
        if given.live:
            live(folder, given.live, env)


if __name__ == "__main__":
    main()
